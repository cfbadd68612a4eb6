package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.FaultRecord;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares what two engines saw in one scenario, field by field. */
public final class Comparison {

    private final Scenario scenario;
    private final List<Difference> differences = new ArrayList<>();

    private Comparison(Scenario scenario) {
        this.scenario = scenario;
    }

    /** All fields that differ; both lists are of this scenario, one observation for each observed step. */
    public static List<Difference> compare(Scenario scenario, List<Observation> qemu, List<Observation> other) {
        if (qemu.size() != other.size()) {
            throw new IllegalArgumentException("not of one scenario: " + qemu.size() + " and " + other.size() + " observations");
        }
        Comparison comparison = new Comparison(scenario);
        for (int i = 0; i < qemu.size(); i++) {
            comparison.compare(qemu.get(i), other.get(i));
        }
        return List.copyOf(comparison.differences);
    }

    private void compare(Observation qemu, Observation other) {
        int step = qemu.step();
        if (step != other.step()) {
            throw new IllegalArgumentException("steps " + step + " and " + other.step() + " compared");
        }
        switch (qemu) {
            case Observation.Value value when other instanceof Observation.Value otherValue -> values(step, value.value(), otherValue.value());
            case Observation.Dma dma when other instanceof Observation.Dma otherDma -> {
                transfer(step, "read", dma.read(), otherDma.read());
                transfer(step, "write", dma.write(), otherDma.write());
                faults(step, dma.faults(), otherDma.faults());
            }
            case Observation.Copied copied when other instanceof Observation.Copied otherCopied -> {
                transfer(step, "read", copied.read(), otherCopied.read());
                transfer(step, "write", copied.write(), otherCopied.write());
                field(step, "carried", copied.carried(), otherCopied.carried());
                faults(step, copied.faults(), otherCopied.faults());
            }
            case Observation.Signal signal when other instanceof Observation.Signal otherSignal -> {
                delivery(step, signal.outcome(), otherSignal.outcome());
                faults(step, signal.faults(), otherSignal.faults());
            }
            default -> throw new IllegalArgumentException("two kinds of observation at step " + step + ": " + qemu + " and " + other);
        }
    }

    /** The fields in which two values of one register or memory word differ. */
    static List<Difference> values(Scenario scenario, int step, long qemu, long other) {
        Comparison comparison = new Comparison(scenario);
        comparison.values(step, qemu, other);
        return comparison.differences;
    }

    /** The fields in which two outcomes of one direction differ. */
    static List<Difference> transfers(Scenario scenario, int step, String direction, Transfer qemu, Transfer other) {
        Comparison comparison = new Comparison(scenario);
        comparison.transfer(step, direction, qemu, other);
        return comparison.differences;
    }

    /** The fields in which two outcomes of one interrupt differ. */
    static List<Difference> deliveries(Scenario scenario, int step, Delivery qemu, Delivery other) {
        Comparison comparison = new Comparison(scenario);
        comparison.delivery(step, qemu, other);
        return comparison.differences;
    }

    /** The fields in which two states of the fault registers differ. */
    static List<Difference> faults(Scenario scenario, int step, FaultStatus qemu, FaultStatus other) {
        Comparison comparison = new Comparison(scenario);
        comparison.faults(step, qemu, other);
        return comparison.differences;
    }

    private void values(int step, long qemu, long other) {
        if (scenario.steps().get(step) instanceof Step.Read read) {
            Map<String, Long> others = RegisterFields.of(read.offset(), other);
            RegisterFields.of(read.offset(), qemu).forEach((name, value) -> field(step, name, hex(value), hex(others.get(name))));
        } else {
            field(step, "memory", hex(qemu), hex(other));
        }
    }

    private void transfer(int step, String direction, Transfer qemu, Transfer other) {
        if (qemu instanceof Transfer.Blocked blocked && other instanceof Transfer.Blocked otherBlocked) {
            field(step, direction + ".reason", reason(blocked.reason()), reason(otherBlocked.reason()));
            field(step, direction + ".address", hex(blocked.address()), hex(otherBlocked.address()));
        } else {
            field(step, direction, qemu, other);
        }
    }

    private void delivery(int step, Delivery qemu, Delivery other) {
        if (qemu instanceof Delivery.Remapped remapped && other instanceof Delivery.Remapped otherRemapped) {
            field(step, "interrupt.vector", remapped.vector(), otherRemapped.vector());
            field(step, "interrupt.deliveryMode", remapped.deliveryMode(), otherRemapped.deliveryMode());
            field(step, "interrupt.logical", remapped.logical(), otherRemapped.logical());
            field(step, "interrupt.redirectionHint", remapped.redirectionHint(), otherRemapped.redirectionHint());
            field(step, "interrupt.level", remapped.level(), otherRemapped.level());
            field(step, "interrupt.destination", remapped.destination(), otherRemapped.destination());
        } else {
            field(step, "interrupt", qemu, other);
        }
    }

    private void faults(int step, FaultStatus qemu, FaultStatus other) {
        field(step, "faults.overflow", qemu.overflow(), other.overflow());
        field(step, "faults.pending", qemu.pending(), other.pending());
        field(step, "faults.queueError", qemu.queueError(), other.queueError());
        field(step, "faults.completionError", qemu.completionError(), other.completionError());
        field(step, "faults.timeoutError", qemu.timeoutError(), other.timeoutError());
        field(step, "faults.recordIndex", qemu.recordIndex(), other.recordIndex());
        field(step, "faults.recorded", qemu.record().isPresent(), other.record().isPresent());
        if (qemu.record().isPresent() && other.record().isPresent()) {
            record(step, qemu.record().get(), other.record().get());
        }
    }

    /** QEMU leaves all ones in the PASID field of requests without PASID, so the field counts only where one side says that there is a PASID. */
    private void record(int step, FaultRecord qemu, FaultRecord other) {
        field(step, "faults.record.reason", reason(qemu.reason()), reason(other.reason()));
        field(step, "faults.record.sourceId", hex(qemu.sourceId()), hex(other.sourceId()));
        field(step, "faults.record.type", qemu.type(), other.type());
        field(step, "faults.record.addressType", qemu.addressType(), other.addressType());
        field(step, "faults.record.info", hex(qemu.info()), hex(other.info()));
        field(step, "faults.record.pasidPresent", qemu.pasidPresent(), other.pasidPresent());
        field(step, "faults.record.execute", qemu.execute(), other.execute());
        field(step, "faults.record.privileged", qemu.privileged(), other.privileged());
        if (qemu.pasidPresent() && other.pasidPresent()) {
            field(step, "faults.record.pasid", hex(qemu.pasid()), hex(other.pasid()));
        }
    }

    private void field(int step, String name, Object qemu, Object other) {
        if (!qemu.equals(other)) {
            differences.add(new Difference(step, name, qemu.toString(), other.toString()));
        }
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String reason(int code) {
        return "%02xh".formatted(code);
    }
}
