package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.host.boot.BootFinding;
import dev.dmarshal.host.boot.BootLine;
import dev.dmarshal.host.boot.BootReview;
import dev.dmarshal.host.boot.BootSetup;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.HardwareNote;
import dev.dmarshal.host.iommu.HostCheck;
import dev.dmarshal.host.iommu.KnownHardware;
import dev.dmarshal.host.params.CommandLine;
import java.util.List;
import java.util.Optional;

/** A check for people. */
public final class CheckText {

    private final Page page;

    CheckText(Page page) {
        this.page = page;
    }

    Page write(CheckReport report) {
        report.remarks().forEach(remark -> page.paragraph(0, report.source() + ": " + remark));
        page.heading("IOMMU").blank();
        check(report.standing().remapping());
        check(report.standing().interrupts());
        if (report.standing().remapping().answer() != Answer.PASS) {
            page.blank().paragraph(2, report.standing().reason().map(why -> "Why: " + why.says())
                    .orElse("Why is not known: nothing that was looked for is known to be wrong."));
            page.blank();
            report.standing().causes().forEach(this::check);
        }
        hardware(report.hardware());
        page.blank().heading("What guests need beside it").blank();
        report.prerequisites().forEach(this::check);
        boot(report);
        if (!report.parameters().isEmpty()) {
            page.blank().heading("What the parameters in force do").blank();
            for (CheckReport.Parameter parameter : report.parameters()) {
                page.paragraph(2, (parameter.reader().equals("xen") ? "Xen's " : "") + parameter.word() + (parameter.verdict().equals("does") ? ": "
                        : " (" + parameter.verdict() + "): ") + parameter.says());
            }
        }
        return page;
    }

    private void hardware(KnownHardware hardware) {
        if (hardware.board().isEmpty() && hardware.notes().isEmpty()) {
            return;
        }
        page.blank().heading("Board, chipset, processor").blank();
        hardware.board().ifPresent(board -> page.labelled(2, "this is", board.described() + " [" + board.evidence() + "]"));
        hardware.notes().forEach(note -> page.labelled(2, word(note.standing()), note.about() + ": " + note.says() + " [" + note.source() + "]"));
        if (hardware.notes().isEmpty()) {
            page.labelled(2, "known", "Nothing, neither good nor bad: what firmware and kernel say decides.");
        }
    }

    private static String word(HardwareNote.Standing standing) {
        return switch (standing) {
            case WORKS -> "works";
            case FIRMWARE_DECIDES -> "depends";
            case NEEDS -> "needs";
            case FLAWED -> "flawed";
            case LACKS -> "lacks";
        };
    }

    private void check(HostCheck check) {
        page.labelled(2, switch (check.answer()) {
            case PASS -> "ok";
            case FAIL -> "NO";
            case UNMEASURED -> "unknown";
        }, check.says() + " [" + check.label() + "; " + String.join(", ", check.evidence()) + "]");
    }

    private void boot(CheckReport report) {
        BootSetup boot = report.boot();
        page.blank().heading("Boot loader: " + boot.loader().map(loader -> loader.words()).orElse("not known")).blank();
        boot.evidence().forEach(line -> page.labelled(2, "because", line));
        page.labelled(2, "now", line(boot.inForce()));
        page.labelled(2, "set", boot.configured().map(set -> line(Optional.of(set.linux())) + " [" + set.path() + "]").orElse("not known"));
        page.labelled(2, "next", boot.afterReboot().map(next -> line(Optional.of(next.linux())) + " [" + next.path()
                + next.entry().map(entry -> ", " + entry).orElse("") + "]").orElse("not known"));
        boot.configured().flatMap(BootLine::xen).ifPresent(xen -> page.labelled(2, "Xen set", line(Optional.of(xen))));
        boot.afterReboot().flatMap(BootLine::xen).ifPresent(xen -> page.labelled(2, "Xen next", line(Optional.of(xen))));
        boot.unmeasured().forEach(line -> page.labelled(2, "unknown", line));
        for (BootFinding finding : report.bootFindings()) {
            page.blank().paragraph(2, finding.title() + " [" + finding.label() + "]").paragraph(4, finding.why());
            if (!finding.remedy().isEmpty()) {
                page.paragraph(4, finding.remedy());
            }
        }
    }

    /** The words that bear on passthrough; the others are nobody's question here. */
    private static String line(Optional<CommandLine> line) {
        if (line.isEmpty()) {
            return "not known";
        }
        List<String> words = BootReview.bearing(line.get());
        return words.isEmpty() ? "nothing that bears on passthrough" : String.join(" ", words);
    }
}
