package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.cli.page.Screen;
import dev.dmarshal.doctor.assign.Answer;
import dev.dmarshal.doctor.assign.Assignability;
import dev.dmarshal.doctor.assign.Overall;
import dev.dmarshal.doctor.assign.Reason;
import dev.dmarshal.doctor.assign.Subject;
import dev.dmarshal.doctor.assign.Weight;
import dev.dmarshal.host.names.PciNames;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Made;
import java.util.List;

/** Verdicts for people: the answer, then every reason, those against first. */
public final class AssignableText {

    private final HostSurvey survey;
    private final Page page;
    private final PciNames names;
    private final boolean all;

    /**
     * Prepares a page.
     *
     * @param all whether to tell passed checks and evidence too
     */
    AssignableText(HostSurvey survey, Screen screen, PciNames names, boolean all) {
        this.names = names;
        this.survey = survey;
        this.page = new Page(screen.width(), screen.colour());
        this.all = all;
    }

    Page write(List<Assignability> verdicts) {
        List<Reason> shared = verdicts.size() < 2 ? List.of() : verdicts.getFirst().reasons().stream()
                .filter(reason -> verdicts.stream().allMatch(verdict -> verdict.reasons().stream().anyMatch(other -> alike(reason, other)))).toList();
        if (shared.stream().anyMatch(reason -> all || reason.answer() != Answer.PASS)) {
            page.heading("All of the devices below");
            reasons(shared);
            page.blank();
        }
        for (Assignability verdict : verdicts) {
            FunctionFacts facts = survey.function(verdict.device()).orElseThrow();
            page.heading(verdict.device() + " " + ClassWord.of(facts.made().classCode()) + name(facts.made()) + ": " + overall(verdict));
            reasons(verdict.reasons().stream().filter(reason -> shared.stream().noneMatch(other -> alike(reason, other))).toList());
            page.blank();
        }
        advise(verdicts);
        return page;
    }

    /** Evidence names the device's own files, so it differs where the words do not. */
    private static boolean alike(Reason left, Reason right) {
        return left.subject() == right.subject() && left.answer() == right.answer() && left.weight() == right.weight() && left.words().equals(right.words());
    }

    private String name(Made made) {
        if (made.vendor().isEmpty() || made.device().isEmpty()) {
            return "";
        }
        String ids = made.ids().orElse("");
        return names.device(made.vendor().getAsInt(), made.device().getAsInt()).map(name -> " " + name + " [" + ids + "]").orElse(" " + ids);
    }

    private void reasons(List<Reason> reasons) {
        some(reasons, Answer.FAIL, Weight.BLOCKS, "against");
        some(reasons, Answer.UNMEASURED, Weight.BLOCKS, "unknown");
        some(reasons, Answer.FAIL, Weight.COSTS, "cost");
        some(reasons, Answer.UNMEASURED, Weight.COSTS, "unknown");
        some(reasons, Answer.FAIL, Weight.NOTES, "note");
        some(reasons, Answer.UNMEASURED, Weight.NOTES, "unknown");
        if (all) {
            some(reasons, Answer.PASS, Weight.NOTES, "pass");
        }
    }

    /** What to do about an IOMMU that is off, and about what was not measured. */
    private void advise(List<Assignability> verdicts) {
        List<Reason> reasons = verdicts.stream().flatMap(verdict -> verdict.reasons().stream()).toList();
        if (reasons.stream().anyMatch(reason -> reason.subject() == Subject.IOMMU && reason.answer() == Answer.FAIL)) {
            page.paragraph(0, "Why the IOMMU is off: dmarshal check.");
        }
        if (verdicts.stream().anyMatch(verdict -> verdict.overall() == Overall.UNMEASURED)) {
            page.paragraph(0, "What is unknown here a capture made as root on the machine itself would tell: dmarshal capture -o FILE.");
        }
    }

    private static String overall(Assignability verdict) {
        return switch (verdict.overall()) {
            case ASSIGNABLE -> "assignable";
            case AT_A_COST -> "assignable, at a cost";
            case UNMEASURED -> "could not be measured in full";
            case REFUSED -> "not as things are";
            case NEVER -> "never";
        };
    }

    private void some(List<Reason> reasons, Answer answer, Weight weight, String label) {
        for (Reason reason : reasons) {
            if (reason.answer() == answer && reason.weight() == weight) {
                page.labelled(2, label, reason.subject().word() + ": " + reason.words() + (all ? " [" + reason.evidence() + "]" : ""));
            }
        }
    }
}
