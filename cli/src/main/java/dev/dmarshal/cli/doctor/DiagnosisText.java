package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.LookUp;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SourceQuality;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.doctor.twin.Proof;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A diagnosis as text for people. */
public final class DiagnosisText {

    private static final int GROUPS_SHOWN = 12;

    private final Page page;
    private final Set<String> told = new HashSet<>();

    private final List<Proof> proofs;

    /** @param proofs one for each finding, or none */
    public DiagnosisText(Page page, List<Proof> proofs) {
        this.page = page;
        this.proofs = proofs;
    }

    public Page write(Diagnosis diagnosis) {
        summary(diagnosis.symptoms());
        faults(diagnosis);
        int number = 0;
        for (Finding finding : diagnosis.findings()) {
            finding(++number, finding, number <= proofs.size() ? Optional.of(proofs.get(number - 1)) : Optional.empty());
        }
        if (diagnosis.findings().isEmpty() && diagnosis.symptoms().faults().isEmpty()) {
            page.blank().paragraph(0, diagnosis.unmeasured() ? "There is nothing here to judge by: no line of a kernel's or hypervisor's log. That is no"
                    + " clean bill of health."
                    : "Nothing in these sources speaks of a remapping or passthrough problem.");
        }
        for (String missing : diagnosis.symptoms().quality().missing()) {
            page.blank().labelled(0, "missing", missing);
        }
        return page;
    }

    private void summary(Symptoms symptoms) {
        SourceQuality quality = symptoms.quality();
        StringBuilder line = new StringBuilder();
        line.append(quality.sources().isEmpty() ? "no log" : String.join(", ", quality.sources())).append(": ").append(count(quality.lines(), "line"))
                .append(", ")
                .append(quality.lowerBounds() ? "at least " : "").append(count(quality.faults(), "fault"));
        symptoms.kernel().ifPresent(version -> line.append(", Linux ").append(version.text()));
        symptoms.xenVersion().ifPresent(version -> line.append(", Xen ").append(version.text()));
        symptoms.host().machine().ifPresent(machine -> line.append(", ").append(machine));
        page.paragraph(0, line.toString());
        if (quality.suppressed() > 0) {
            page.paragraph(2, "The kernel says that it left out " + quality.suppressed() + " lines: counts are lower bounds.");
        }
        if (quality.dropped() > 0) {
            page.paragraph(2, "The log says that it lost " + quality.dropped() + " messages: counts are lower bounds.");
        }
        if (quality.binaryBytes() > 0) {
            page.paragraph(2, count(quality.binaryBytes(), "byte") + " are no text; the log may be damaged.");
        }
    }

    private void faults(Diagnosis diagnosis) {
        List<FaultGroup> groups = diagnosis.symptoms().faults();
        if (groups.isEmpty()) {
            return;
        }
        page.blank().heading("What happened");
        for (FaultGroup group : groups.subList(0, Math.min(GROUPS_SHOWN, groups.size()))) {
            page.paragraph(2, group.says() + (group.lowest().isPresent() ? " (" + group.pattern().words() + ")" : ""));
            when(group).ifPresent(times -> page.paragraph(4, times));
            LookUp.of(group).steps().forEach(this::step);
        }
        if (groups.size() > GROUPS_SHOWN) {
            page.paragraph(2, "and " + (groups.size() - GROUPS_SHOWN) + " more groups of faults; --json has them all");
        }
        long unexplained = diagnosis.unexplained().size();
        if (unexplained > 0) {
            page.paragraph(2, unexplained == groups.size() ? "No cause is named for these faults: the evidence is not enough."
                    : "No cause is named for " + count(unexplained, "group") + " of them.");
        }
    }

    private static Optional<String> when(FaultGroup group) {
        return group.first().time().map(first -> {
            String last = group.last().map(LogTime::toString).orElse(first.toString());
            return last.equals(first.toString()) ? first.toString() : "first " + first + ", last " + last;
        });
    }

    private void step(LookUp.Step step) {
        String mark = switch (step.outcome()) {
            case PASSED -> " |  ";
            case STOPPED -> " X  ";
            case NOT_REACHED -> " .  ";
        };
        String says = switch (step.outcome()) {
            case PASSED -> "found";
            case STOPPED -> "STOPPED HERE: " + step.says();
            case NOT_REACHED -> "not reached";
        };
        if (page.narrow()) {
            page.row(12, "      " + mark + step.what() + (step.where().isEmpty() ? "" : ", " + step.where()) + ": " + says, "");
        } else {
            page.line(6, mark + padded(step.what(), 18) + padded(step.where(), 27) + says);
        }
    }

    private void finding(int number, Finding finding, Optional<Proof> proof) {
        String sort = finding.severity() == Severity.PROBLEM ? "" : finding.severity().name().toLowerCase(Locale.ROOT) + ", ";
        page.blank().heading(number + ". " + finding.title()).paragraph(3, "[" + finding.label() + "] " + sort + finding.confidence().name()
                .toLowerCase(Locale.ROOT)
                + "; " + blame(finding.blame()));
        page.blank().paragraph(3, finding.why());
        list("Evidence", finding.evidence());
        list("What would speak against it", finding.counter());
        proof.ifPresent(this::proof);
        if (!finding.fixes().isEmpty()) {
            page.blank().line(3, "Ways out, narrowest first");
            finding.fixes().forEach(fix -> fix(fix, proof.flatMap(one -> one.of(fix.label()))));
        }
        if (!finding.next().isEmpty()) {
            page.blank();
            finding.next().forEach(next -> page.labelled(3, "Next", next));
        }
    }

    private void list(String title, List<Evidence> all) {
        if (all.isEmpty()) {
            return;
        }
        page.blank().line(3, title);
        for (Evidence evidence : all) {
            page.paragraph(5, "- " + evidence.says());
            evidence.line().ifPresent(line -> page.paragraph(9, (evidence.at().map(at -> at + ": ").orElse("")) + line));
        }
    }

    private void proof(Proof proof) {
        page.blank().line(3, switch (proof.cause()) {
            case REPRODUCED -> "Proved on the model";
            case PARTLY -> "Proved in part on the model";
            case CONTRADICTED -> "The model contradicts this";
            case NOT_MODELLED -> "Not proved";
        });
        page.paragraph(5, proof.words());
        proof.fixes().stream().filter(one -> one.fix() == Proof.Fix.REFUTED)
                .forEach(one -> page.paragraph(5, "Left out: " + one.label() + " does not help. " + one.words()));
    }

    private static Optional<String> model(Proof.FixProof proof) {
        return switch (proof.fix()) {
            case GONE -> Optional.of("the fault is gone. " + proof.words());
            case PARTLY -> Optional.of("some faults are gone. " + proof.words());
            case REFUTED -> Optional.of("it does not help. " + proof.words());
            case NOT_MODELLED -> Optional.of("not tried: this is not about the tables");
        };
    }

    private void fix(Fix fix, Optional<Proof.FixProof> proof) {
        if (!told.add(fix.label() + '\n' + fix.what() + '\n' + fix.commands())) {
            page.blank().paragraph(3, "* " + fix.label() + " (" + fix.scope().words() + "): as told above");
            return;
        }
        page.blank().paragraph(3, "* " + fix.label() + " (" + fix.scope().words() + ")").paragraph(5, fix.what());
        fix.commands().forEach(command -> page.line(7, command.startsWith("#") ? command : "$ " + command));
        proof.flatMap(DiagnosisText::model).ifPresent(words -> page.labelled(5, "model", words.strip()));
        page.labelled(5, "exists", fix.exists()).labelled(5, "risk", fix.risk()).labelled(5, "verify", fix.verify()).labelled(5, "undo", fix.undo());
    }

    private static String blame(Blame blame) {
        return switch (blame) {
            case FIRMWARE -> "the fault is in the firmware, not in kernel, driver or device";
            case KERNEL -> "the fault is in the kernel or hypervisor";
            case DEVICE -> "the fault is in the device or its driver, not in the board's firmware";
            case CONFIGURATION -> "it is a matter of settings";
            case HARDWARE -> "the fault is in the hardware itself";
            case OPEN -> "whose fault it is cannot be told from this";
            case NOBODY -> "nothing is at fault";
        };
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    private static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
