package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.vtd.FaultReason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of a device's requests. A request is a read or write within one page, or an interrupt.
 *
 * @param asBefore           memory requests that reached the page that the crashed kernel meant
 * @param faults             memory requests that were refused, by reason
 * @param aborts             memory requests to addresses where no memory is: Unsupported Request, which firmware may turn into PCI SERR and an NMI
 * @param aborted            bytes of them
 * @param wroteCrashKernel   bytes written to the crash kernel's own memory
 * @param wroteElsewhere     bytes written to memory of the crashed kernel that was not meant: the dump has them
 * @param readElsewhere      bytes read from memory that was not meant
 * @param straySignals       writes of data that were taken for interrupts
 * @param interruptsAsBefore interrupts that arrived with the vector that the crashed kernel chose
 * @param interruptsBlocked  interrupts that were refused, by reason
 * @param interruptsAstray   interrupts that went out unremapped: to whatever processor and vector their handle spells
 */
public record Outcome(long asBefore, Map<FaultReason, Long> faults, long aborts, long aborted, long wroteCrashKernel, long wroteElsewhere,
        long readElsewhere, long straySignals, long interruptsAsBefore, Map<FaultReason, Long> interruptsBlocked, long interruptsAstray) {

    /** Nothing happened. */
    public static final Outcome NOTHING = new Outcome(0, Map.of(), 0, 0, 0, 0, 0, 0, 0, Map.of(), 0);

    /** Keeps its own copies. */
    public Outcome {
        faults = copy(faults);
        interruptsBlocked = copy(interruptsBlocked);
    }

    private static Map<FaultReason, Long> copy(Map<FaultReason, Long> map) {
        Map<FaultReason, Long> copy = new EnumMap<>(FaultReason.class);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }

    /** Bytes written where they do harm. */
    public long misplaced() {
        return wroteCrashKernel + wroteElsewhere;
    }

    /** Whether every request ended as it would have without a crash. */
    public boolean harmless() {
        return faults.isEmpty() && aborts == 0 && misplaced() == 0 && readElsewhere == 0 && straySignals == 0 && interruptsBlocked.isEmpty()
                && interruptsAstray == 0;
    }

    /** Both together. */
    public Outcome plus(Outcome other) {
        return new Outcome(asBefore + other.asBefore, sum(faults, other.faults), aborts + other.aborts, aborted + other.aborted,
                wroteCrashKernel + other.wroteCrashKernel, wroteElsewhere + other.wroteElsewhere, readElsewhere + other.readElsewhere,
                straySignals + other.straySignals, interruptsAsBefore + other.interruptsAsBefore, sum(interruptsBlocked, other.interruptsBlocked),
                interruptsAstray + other.interruptsAstray);
    }

    private static Map<FaultReason, Long> sum(Map<FaultReason, Long> a, Map<FaultReason, Long> b) {
        Map<FaultReason, Long> sum = new EnumMap<>(FaultReason.class);
        sum.putAll(a);
        b.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return sum;
    }

    /** A memory request that reached what was meant. */
    static Outcome reached() {
        return new Outcome(1, Map.of(), 0, 0, 0, 0, 0, 0, 0, Map.of(), 0);
    }

    static Outcome fault(FaultReason reason) {
        return new Outcome(0, Map.of(reason, 1L), 0, 0, 0, 0, 0, 0, 0, Map.of(), 0);
    }

    static Outcome abort(long bytes) {
        return new Outcome(0, Map.of(), 1, bytes, 0, 0, 0, 0, 0, Map.of(), 0);
    }

    static Outcome misplaced(long bytes, boolean write, boolean crashKernel) {
        return new Outcome(0, Map.of(), 0, 0, write && crashKernel ? bytes : 0, write && !crashKernel ? bytes : 0, write ? 0 : bytes, 0, 0, Map.of(), 0);
    }

    static Outcome straySignal() {
        return new Outcome(0, Map.of(), 0, 0, 0, 0, 0, 1, 0, Map.of(), 0);
    }

    static Outcome interruptAsBefore() {
        return new Outcome(0, Map.of(), 0, 0, 0, 0, 0, 0, 1, Map.of(), 0);
    }

    static Outcome interruptBlocked(FaultReason reason) {
        return new Outcome(0, Map.of(), 0, 0, 0, 0, 0, 0, 0, Map.of(reason, 1L), 0);
    }

    static Outcome interruptAstray() {
        return new Outcome(0, Map.of(), 0, 0, 0, 0, 0, 0, 0, Map.of(), 1);
    }
}
