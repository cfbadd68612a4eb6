package dev.dmarshal.cli.kdump;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.kdump.BusyDevice;
import dev.dmarshal.doctor.kdump.CrashAnalysis;
import dev.dmarshal.doctor.kdump.CrashScene;
import dev.dmarshal.doctor.kdump.HandoverReport;
import dev.dmarshal.doctor.kdump.Moment;
import dev.dmarshal.doctor.kdump.Outcome;
import dev.dmarshal.doctor.kdump.Readiness;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.HostCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code dmarshal kdump} says to people. */
public final class KdumpText {

    private final Page page;

    KdumpText(Page page) {
        this.page = page;
    }

    Page write(Readiness readiness, String source) {
        long bad = readiness.checks().stream().filter(check -> check.answer() == Answer.FAIL).count();
        page.heading("A dump with VT-d on: " + source).blank();
        checks(readiness.checks());
        page.blank().paragraph(0, bad > 0 ? "Not ready: " + bad + (bad == 1 ? " check fails." : " checks fail.") : readiness.any(Answer.UNMEASURED)
                ? "Nothing is known to be wrong, but not everything could be measured." : "Ready.");
        return page;
    }

    private void checks(List<HostCheck> checks) {
        for (HostCheck check : checks) {
            page.labelled(2, switch (check.answer()) {
                case PASS -> "ok";
                case FAIL -> "NO";
                case UNMEASURED -> "unknown";
            }, check.says() + " [" + check.label() + (check.evidence().isEmpty() ? "" : "; " + String.join(", ", check.evidence())) + "]");
        }
    }

    Page write(CrashScene scene, List<HandoverReport> reports) {
        page.heading("A crash of " + scene.name()).blank();
        scene.assumptions().forEach(line -> page.paragraph(2, line));
        page.paragraph(2, "Units are in " + (scene.scalable() ? "scalable" : "legacy") + " mode; the crash kernel has " + scene.crashKernel() + ".").blank();
        for (BusyDevice device : scene.devices()) {
            page.paragraph(2, device.address() + "  " + device.name() + (device.passThrough() ? ", in an identity domain" : "") + (device.reserved().isEmpty()
                    ? "" : ", reserved memory " + device.reserved().getFirst()) + "; " + device.driver().words());
        }
        for (HandoverReport report : reports) {
            page.blank().heading(report.behaviour().words() + " [" + report.behaviour().source() + "]");
            report.notes().forEach(note -> page.paragraph(2, note));
            if (report.sum().harmless()) {
                page.paragraph(2, "Every request ends as if nothing had happened.");
            }
            for (HandoverReport.Line line : report.lines()) {
                for (Map.Entry<Moment, Outcome> at : line.outcomes().entrySet()) {
                    if (!at.getValue().harmless()) {
                        page.row(4, "  " + line.device().address() + " " + at.getKey().words() + ": " + words(at.getValue()), "");
                    }
                }
            }
        }
        return page;
    }

    private static String words(Outcome outcome) {
        List<String> parts = new ArrayList<>();
        outcome.faults().forEach((reason, count) -> parts.add(count + (count == 1 ? " DMA fault, reason "
                : " DMA faults, reason ") + code(reason) + " (" + reason.meaning() + ")"));
        add(parts, outcome.aborts(), outcome.aborts() == 1 ? " request to where no memory is: a PCI error, maybe SERR"
                : " requests to where no memory is: PCI errors, maybe SERR");
        add(parts, outcome.wroteCrashKernel(), " bytes WRITTEN INTO THE CRASH KERNEL");
        add(parts, outcome.wroteElsewhere(), " bytes WRITTEN TO THE WRONG PLACE in the crashed kernel's memory");
        add(parts, outcome.readElsewhere(), " bytes read from the wrong place");
        add(parts, outcome.straySignals(), outcome.straySignals() == 1 ? " write taken for an interrupt" : " writes taken for interrupts");
        outcome.interruptsBlocked().forEach((reason, count) -> parts.add(count
                + (count == 1 ? " interrupt" : " interrupts") + " blocked, reason " + code(reason) + " (" + reason.meaning() + ")"));
        add(parts, outcome.interruptsAstray(), (outcome.interruptsAstray() == 1 ? " interrupt" : " interrupts") + " unremapped, to a wrong vector");
        add(parts, outcome.asBefore(), outcome.asBefore() == 1 ? " request to its old page" : " requests to their old pages");
        return String.join("; ", parts);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + what);
        }
    }

    private static String code(FaultReason reason) {
        return (reason.code() < 0x10 ? "0" : "") + Integer.toHexString(reason.code()) + "h";
    }

    Page write(CrashAnalysis analysis, String source) {
        page.heading("Hand-over in " + source).blank();
        checks(analysis.checks());
        if (!analysis.faults().isEmpty()) {
            page.blank().heading("Faults after the hand-over").blank();
            for (CrashAnalysis.Judged judged : analysis.faults()) {
                FaultGroup faults = judged.faults();
                page.row(4, "  " + faults.says(), "").paragraph(4, judged.meaning());
            }
        }
        page.blank().paragraph(0, analysis.behaviour().map(one -> "This is how " + one.words() + " does it.").orElse("Which kind of crash kernel this is"
                + " cannot be told from the log."));
        return page;
    }

    Page tables(List<String> lines) {
        page.blank().heading("Tables in memory").blank();
        lines.forEach(line -> page.row(4, "  " + line, ""));
        return page;
    }
}
