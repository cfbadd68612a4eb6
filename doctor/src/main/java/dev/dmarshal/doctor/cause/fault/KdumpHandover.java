package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A crash kernel takes over while devices still run: their requests meet tables that are new and empty, or a copy that went wrong.
 *
 * <p>Before Linux 4.2 the crash kernel turned translation off and on again with empty tables; since then (commit 091d42e43d21) it copies the old ones.
 */
public final class KdumpHandover implements Cause {

    static final String LABEL = "kdump-handover";

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        boolean spokenOf = Trail.first(symptoms, Clue.CRASH_KERNEL).isPresent();
        if (!symptoms.host().crashKernel() && !spokenOf && !allTablesGone(symptoms)) {
            return List.of();
        }
        List<FaultGroup> faults = symptoms.faults().stream().filter(group -> group.kind() != FaultKind.UNIT).toList();
        boolean copyFailed = symptoms.has(MessageKind.KDUMP_COPY_FAILED, MessageKind.KDUMP_IR_COPY_FAILED, MessageKind.AMD_COMPLETION_TIMEOUT);
        if (faults.isEmpty() && !copyFailed) {
            return List.of();
        }
        boolean old = symptoms.kernelBefore(4, 2) && !symptoms.has(MessageKind.KDUMP_TABLES_COPIED);
        FindingBuilder finding = new FindingBuilder(LABEL, old ? "The crash kernel is too old to keep translation alive: devices of the crashed kernel run"
                + " into empty tables"
                : "Devices of the crashed kernel fault in the crash kernel although it takes over the old tables").blame(Blame.KERNEL)
                .confidence(symptoms.kernel().isPresent() || copyFailed || symptoms.has(MessageKind.KDUMP_TABLES_COPIED) ? Confidence.LIKELY
                : Confidence.POSSIBLE)
                .why(why(symptoms, old));
        symptoms.host().commandLine().ifPresent(line -> finding.evidence(Evidence.that("This is a crash kernel: its command line has "
                + String.join(", ", Stream.of("elfcorehdr", "reset_devices", "irqpoll").filter(symptoms.host()::given).toList()) + ".")));
        symptoms.first(MessageKind.KDUMP_TABLES_COPIED).ifPresent(line -> finding.evidence(Seen.line("It copied the crashed kernel's tables.", line)));
        symptoms.each(MessageKind.KDUMP_COPY_FAILED, MessageKind.KDUMP_IR_COPY_FAILED).findFirst()
                .ifPresent(line -> finding.evidence(Seen.line("It could not copy the crashed kernel's tables.", line)));
        faults.stream().limit(4).forEach(group -> finding.evidence(Seen.faults(meaning(group), group)));
        finding.counter("The same faults in an ordinary boot: then the crash has nothing to do with them.");
        for (String label : List.of("crash-kernel-drivers", "crash-kernel-newer", "crash-kernel-iommu-off")) {
            if (!label.equals("crash-kernel-iommu-off") || old) {
                finding.fix(Remedies.table().fix(label, Map.of()));
            }
        }
        if (!old) {
            finding.next("The crashed kernel's version and command line: tables are copied only if both kernels run the units in the same mode (legacy or"
                    + " scalable).");
        }
        return List.of(new Claim(finding.build(), new ArrayList<>(faults)));
    }

    /** DMA without tables and interrupts without entries at the same time: both tables of the unit were exchanged under devices that ran. */
    private static boolean allTablesGone(Symptoms symptoms) {
        boolean interrupts = symptoms.faults().stream().anyMatch(group -> group.kind() == FaultKind.INTERRUPT && group.reasonIs(FaultReason.IR_NOT_PRESENT));
        boolean memory = symptoms.faults().stream().anyMatch(group -> group.kind() == FaultKind.DMA && group.dialect().vtd() && Dma.tablesMissing(group));
        return interrupts && memory && !symptoms.has(MessageKind.NOT_KDUMP_TRANSLATION);
    }

    private static String meaning(FaultGroup group) {
        if (group.kind() == FaultKind.INTERRUPT) {
            return "A device still raises interrupts through an entry of the old kernel's interrupt table; in the new one it is not there.";
        }
        return group.reasonIs(FaultReason.LRT_2, FaultReason.LCT_2, FaultReason.SRT_2, FaultReason.SCT_2)
                ? "A device goes on with the old kernel's DMA; the new kernel's tables know nothing of it yet."
                : "A device uses a mapping that the old kernel made and the tables now in force do not have.";
    }

    private static String why(Symptoms symptoms, boolean old) {
        if (old) {
            return "Devices that were busy when the kernel crashed go on: nobody stopped them. A crash kernel before Linux 4.2 switches translation off,"
                    + " makes new empty tables and switches it on again, so"
                    + " whatever a device does in between goes to physical memory untranslated (wrong data, or a PCI system error), and afterwards faults:"
                    + " DMA with reason 01h or 02h, interrupts with 22h"
                    + " (decimal 34). The series that ends this (in Linux 4.2) keeps translation on and the old tables in use until each device's driver"
                    + " maps its first buffer. It does not make drivers cope"
                    + " that do not: hpsa is the one that the series itself warns of.";
        }
        return "Since Linux 4.2 a crash kernel keeps translation on and copies root, context and interrupt tables; each device keeps its old mappings until"
                + " its driver maps a first buffer. Faults that remain come"
                + " from tables that could not be copied, from a device whose driver attached before the device was quiet, or from a defect in the copy"
                + (symptoms.kernelBefore(6, 0) ? "; before Linux 6.0 the copy failed on units in scalable mode (commit 0c5f6c0d8201)." : ".");
    }
}
