package dev.dmarshal.doctor;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FaultStage;
import dev.dmarshal.doctor.symptom.FaultGroup;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The steps that the hardware took for a refused request, and where it stopped: root, context, tables, page for DMA; table entry and message for interrupts.
 *
 * @param steps in order
 */
public record LookUp(List<Step> steps) {

    /** How a step went. */
    public enum Outcome {
        /** The hardware went on from here. */
        PASSED,
        /** The hardware stopped here. */
        STOPPED,
        /** The hardware never came here. */
        NOT_REACHED
    }

    /**
     * One step.
     *
     * @param what    which structure
     * @param where   which entry of it
     * @param outcome how it went
     * @param says    what was wrong with it, where it stopped; otherwise empty
     */
    public record Step(String what, String where, Outcome outcome, String says) {
    }

    /** The look-up of a group of VT-d faults; no steps where the log gives no reason that the specification defines. */
    public static LookUp of(FaultGroup group) {
        if (group.reason().isEmpty() || group.source().isEmpty() || !group.dialect().vtd()) {
            return new LookUp(List.of());
        }
        FaultReason reason = group.reason().get();
        return new LookUp(group.kind() == FaultKind.INTERRUPT ? interrupt(group, reason) : memory(group, reason));
    }

    private static List<Step> memory(FaultGroup group, FaultReason reason) {
        SourceId id = group.source().orElseThrow();
        List<Stage> path = new ArrayList<>();
        path.add(new Stage("root table", "bus " + hex(id.bus(), 2), FaultStage.ROOT_REGISTER, FaultStage.ROOT_ENTRY));
        path.add(new Stage("context table", "device " + hex(id.device(), 2) + " function "
                + id.function(), FaultStage.CONTEXT_ENTRY, FaultStage.CONTEXT_ENTRY));
        if (reason.scalable()) {
            path.add(new Stage("PASID tables", group.first().pasid().isPresent() ? "PASID " + group.first().pasid().getAsInt() : "the device's own PASID",
                    FaultStage.PASID_DIRECTORY, FaultStage.PASID_ENTRY));
        }
        path.add(new Stage("page table", group.lowest().isPresent() ? "address 0x" + Long.toHexString(group.lowest().getAsLong()) : "",
                FaultStage.INPUT_ADDRESS, FaultStage.SECOND_STAGE));
        path.add(new Stage("memory", "", FaultStage.OUTPUT_ADDRESS, FaultStage.OUTPUT_ADDRESS));
        return walk(path, reason);
    }

    private static List<Step> interrupt(FaultGroup group, FaultReason reason) {
        String index = group.indexes().isEmpty() ? "" : "index 0x" + Integer.toHexString(group.indexes().getFirst());
        return walk(List.of(new Stage("interrupt request", "from " + group.source().orElseThrow(), FaultStage.INTERRUPT_REQUEST, FaultStage.INTERRUPT_REQUEST),
                new Stage("interrupt table", index, FaultStage.INTERRUPT_ENTRY, FaultStage.INTERRUPT_ENTRY),
                new Stage("processor", "", FaultStage.POSTED_DESCRIPTOR, FaultStage.POSTED_DESCRIPTOR)), reason);
    }

    private record Stage(String what, String where, FaultStage from, FaultStage to) {
    }

    private static List<Step> walk(List<Stage> path, FaultReason reason) {
        List<Step> steps = new ArrayList<>();
        for (Stage stage : path) {
            boolean before = reason.stage().compareTo(stage.from) < 0;
            boolean here = !before && reason.stage().compareTo(stage.to) <= 0;
            steps.add(new Step(stage.what, stage.where, before ? Outcome.NOT_REACHED : here ? Outcome.STOPPED : Outcome.PASSED, here ? reason.meaning() : ""));
        }
        return steps;
    }

    private static String hex(int value, int digits) {
        // Not String.format: the formatter's first use costs milliseconds, and this runs at every start.
        return HexFormat.of().toHexDigits(value, digits);
    }
}
