package dev.dmarshal.doctor.kdump;

import static dev.dmarshal.doctor.kdump.Readiness.fail;
import static dev.dmarshal.doctor.kdump.Readiness.pass;
import static dev.dmarshal.doctor.kdump.Readiness.unmeasured;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FaultStage;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.iommu.HostCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a crash kernel's log says of the hand-over.
 *
 * @param checks    step by step
 * @param faults    faults of the crash kernel's time, with what they mean
 * @param behaviour which kind of crash kernel it is, if the log tells
 */
public record CrashAnalysis(List<HostCheck> checks, List<Judged> faults, Optional<Behaviour> behaviour) {

    /** Keeps its own copies. */
    public CrashAnalysis {
        checks = List.copyOf(checks);
        faults = List.copyOf(faults);
    }

    /**
     * Faults with their meaning.
     *
     * @param faults  the same but for addresses and times
     * @param meaning in a sentence
     */
    public record Judged(FaultGroup faults, String meaning) {
    }

    /** Judges the boot of a crash kernel; {@code crashed} is the boot before it, if the log has that. */
    static CrashAnalysis of(Symptoms log, Optional<Symptoms> crashed) {
        List<HostCheck> checks = new ArrayList<>();
        Optional<Behaviour> behaviour = behaviour(log);
        checks.add(crashKernel(log));
        checks.add(translation(log, behaviour));
        checks.add(interrupts(log));
        crashed.filter(before -> before.has(MessageKind.OOPS)).ifPresent(before -> checks.add(pass("crash", "The kernel before it crashed.",
                before.first(MessageKind.OOPS).orElseThrow().text())));
        List<Judged> faults = log.faults().stream().filter(group -> group.kind() != FaultKind.UNIT).map(group -> new Judged(group, meaning(group, log)))
                .toList();
        long count = faults.stream().mapToLong(judged -> judged.faults().count()).sum();
        checks.add(faults.isEmpty() ? pass("faults", "No device faulted after the hand-over.") : fail("faults", count + (log.quality().lowerBounds()
                ? " faults or more" : count == 1 ? " fault" : " faults") + " after the hand-over."));
        if (log.has(MessageKind.NMI)) {
            checks.add(fail("nmi", "There was an NMI, such as a PCI system error raises.", log.first(MessageKind.NMI).orElseThrow().text()));
        }
        return new CrashAnalysis(checks, faults, behaviour);
    }

    private static HostCheck crashKernel(Symptoms log) {
        boolean said = log.host().given("elfcorehdr");
        if (said || log.has(MessageKind.KDUMP_TRANSLATION_ENABLED, MessageKind.KDUMP_TABLES_COPIED, MessageKind.KDUMP_IR_COPIED,
                MessageKind.KDUMP_COPY_FAILED, MessageKind.KDUMP_IR_COPY_FAILED)) {
            return pass("crash-kernel", "This is a crash kernel" + log.kernel().map(version -> ", Linux " + version.text()).orElse("") + ".",
                    said ? "elfcorehdr= on its command line" : "it copies tables, as only a crash kernel does");
        }
        if (log.has(MessageKind.NOT_KDUMP_TRANSLATION, MessageKind.NOT_KDUMP_IR)) {
            return fail("crash-kernel", "This kernel was started by kexec without a crash: it finds translation on and switches it off.",
                    texts(log, MessageKind.NOT_KDUMP_TRANSLATION, MessageKind.NOT_KDUMP_IR));
        }
        return log.host().commandLine().isPresent() ? fail("crash-kernel", "This is no crash kernel: elfcorehdr= is not on its command line.",
                log.host().commandLine().get().render()) : unmeasured("crash-kernel", "Whether this is a crash kernel is not in the log.");
    }

    private static Optional<Behaviour> behaviour(Symptoms log) {
        if (off(log) && log.kernel().isPresent() && !log.kernelBefore(4, 14)) {
            return Optional.of(Behaviour.IOMMU_OFF);
        }
        if (log.has(MessageKind.KDUMP_TABLES_COPIED, MessageKind.KDUMP_TRANSLATION_ENABLED, MessageKind.KDUMP_COPY_FAILED)) {
            return log.kernel().map(kernel -> log.kernelBefore(6, 0) ? Behaviour.COPY_MARKED : Behaviour.COPY);
        }
        return log.host().given("elfcorehdr") && log.kernelBefore(4, 2) ? Optional.of(Behaviour.OFF_AND_ON) : Optional.empty();
    }

    private static boolean off(Symptoms log) {
        return log.has(MessageKind.IOMMU_DISABLED) || log.host().commandLine().filter(line -> new CrashCommandLine(line, true).iommuOff()).isPresent();
    }

    private static HostCheck translation(Symptoms log, Optional<Behaviour> behaviour) {
        if (off(log)) {
            return fail("translation", "VT-d is off in the crash kernel: translation that was on ended under running devices, and what they went on with"
                    + " reached"
                    + " physical addresses. That leaves no fault in the log.", texts(log, MessageKind.IOMMU_DISABLED));
        }
        if (log.has(MessageKind.KDUMP_COPY_FAILED)) {
            return fail("translation", "The old tables of " + units(log, MessageKind.KDUMP_COPY_FAILED) + " could not be copied: translation was switched off"
                    + " and begun anew.", texts(log, MessageKind.KDUMP_COPY_FAILED));
        }
        if (log.has(MessageKind.KDUMP_TABLES_COPIED)) {
            return pass("translation", "Translation was on and stayed on; the tables of " + units(log, MessageKind.KDUMP_TABLES_COPIED) + " were copied.",
                    texts(log, MessageKind.KDUMP_TRANSLATION_ENABLED, MessageKind.KDUMP_TABLES_COPIED));
        }
        if (behaviour.filter(one -> one == Behaviour.OFF_AND_ON).isPresent()) {
            return fail("translation", "A kernel older than 4.2 switches translation off and on again.");
        }
        return log.has(MessageKind.KDUMP_TRANSLATION_ENABLED) ? unmeasured("translation", "Translation was on; what came of the copy is not in the log.",
                texts(log, MessageKind.KDUMP_TRANSLATION_ENABLED)) : unmeasured("translation", "The log does not say whether translation was on.");
    }

    private static HostCheck interrupts(Symptoms log) {
        if (log.has(MessageKind.KDUMP_IR_COPY_FAILED)) {
            return fail("interrupts", "The interrupt table of " + units(log, MessageKind.KDUMP_IR_COPY_FAILED) + " could not be copied: interrupts of devices"
                    + " that went on are refused (reason 22h).", texts(log, MessageKind.KDUMP_IR_COPY_FAILED));
        }
        return log.has(MessageKind.KDUMP_IR_COPIED) ? pass("interrupts", "The interrupt table of " + units(log, MessageKind.KDUMP_IR_COPIED) + " was copied.",
                texts(log, MessageKind.KDUMP_IR_COPIED)) : unmeasured("interrupts", "The log does not speak of an interrupt table to copy: interrupts were not"
                        + " remapped, or those lines are missing.");
    }

    private static String units(Symptoms log, MessageKind kind) {
        String names = log.all(kind).stream().flatMap(line -> line.field("unit").stream()).distinct().collect(Collectors.joining(", "));
        return names.isEmpty() ? "a unit" : names;
    }

    private static String[] texts(Symptoms log, MessageKind... kinds) {
        return log.each(kinds).map(LogMessage::text).limit(4).toArray(String[]::new);
    }

    private static String meaning(FaultGroup group, Symptoms log) {
        boolean copied = log.has(MessageKind.KDUMP_TABLES_COPIED);
        Optional<FaultReason> reason = group.reason();
        if (group.kind() == FaultKind.INTERRUPT) {
            return group.reasonIs(FaultReason.IR_NOT_PRESENT) ? "The entry is not in the table now in force: the old table was not copied, or the entry was"
                    + " made"
                    + " by nobody." : "The interrupt's entry does not allow it.";
        }
        if (group.reasonIs(FaultReason.SRT_2)) {
            return copied ? "All devices of that bus lie from 10.0 on, and the copy put their table in the wrong half of the root entry: a defect of all"
                    + " versions until a fix posted in 2026." : "The bus has no table.";
        }
        if (group.reasonIs(FaultReason.SPT_2) && copied && log.kernelBefore(6, 0)) {
            return "The copy marked its entries in RID_PASID: a defect of Linux before 6.0 in scalable mode (commit 0c5f6c0d8201).";
        }
        if (reason.isPresent() && (reason.get().stage() == FaultStage.ROOT_ENTRY || reason.get().stage() == FaultStage.CONTEXT_ENTRY)) {
            return copied ? "The requester had no entry in the crashed kernel's tables either, or its copy is wrong." : "The tables are new, and the device"
                    + " has no entry yet: it goes on with what the crashed kernel told it.";
        }
        return copied ? "The device has a new domain, since its driver mapped a buffer, but still uses an address of the crashed kernel: it was not stopped"
                + " first."
                + " Or it used that address without a mapping before the crash." : "The address is not mapped in the crash kernel's tables.";
    }
}
