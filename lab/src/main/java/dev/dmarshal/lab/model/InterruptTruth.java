package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.lab.compare.EntryUse;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Step;
import java.util.Optional;

/** What the interrupt-remapping table says to one interrupt request, and what by the rules that QEMU has instead of the architecture's. */
final class InterruptTruth {

    private static final int SET_TABLE = 1 << 24;
    private static final int ENABLE = 1 << 25;
    private static final int SUBHANDLE_VALID = 1 << 3;
    private static final long POSTED = 1L << 15;
    private static final long MODE = 7L << 5;
    /** Destination bits that only the extended mode has. */
    private static final long OTHER_DESTINATION = -1L << 32 & ~(0xffL << 40);
    /** IRTA.EIME. */
    private static final int EXTENDED = 1 << 11;
    private static final long SOURCE_ID = 0xffff;

    private final RemappingUnit unit;
    private final ChosenMemory memory;
    private final Step.Interrupt sent;
    private final long pointer;
    private final boolean enabled;

    /** {@code unit} has no caches and reads {@code memory}; {@code pointer} is IRTA. */
    InterruptTruth(RemappingUnit unit, ChosenMemory memory, Step.Interrupt sent, long pointer, boolean enabled) {
        this.unit = unit;
        this.memory = memory;
        this.sent = sent;
        this.pointer = pointer;
        this.enabled = enabled;
    }

    /** What memory, as it is chosen now, says. */
    EntryUse use() {
        return use(sent.address(), sent.data(), 0, false);
    }

    /** {@code mode} is the delivery mode that was taken out of the entry, if it is not 0; {@code swapped} that the bounds of the bus range have been. */
    private EntryUse use(int address, int data, int mode, boolean swapped) {
        unit.reset();
        unit.write64(Registers.IRTA, pointer);
        unit.write32(Registers.GCMD, SET_TABLE);
        unit.write32(Registers.GCMD, enabled ? ENABLE : 0);
        RemappedInterrupt out = new RemappedInterrupt();
        unit.remap(sent.requester().sourceId().value(), Integer.toUnsignedLong(address), data, out);
        long entry = (pointer & ~0xfffL) + 16L * (out.hasIndex() ? out.index() : 0);
        boolean there = out.hasIndex() && memory.contains(entry, 16);
        int fault = out.outcome() == RemappedInterrupt.Outcome.BLOCKED ? out.faultCode() : 0;
        long low = there ? memory.read64(entry) : 0;
        long high = there ? memory.read64(entry + 8) : 0;
        Optional<EntryUse.Relaxed> relaxed = fault == 0x21 && wraps() && address == sent.address()
                ? Optional.of(new EntryUse.Relaxed("interrupt-index-wraps", use(wrapped(), 0, mode, swapped)))
                : there ? relaxed(entry, fault, address, data, mode, swapped) : Optional.empty();
        return new EntryUse(withMode(TableTruth.delivery(out), mode), fault, low, high, relaxed);
    }

    private Optional<EntryUse.Relaxed> relaxed(long entry, int fault, int address, int data, int mode, boolean swapped) {
        long low = memory.read64(entry);
        long high = memory.read64(entry + 8);
        int taken = (int) (low & MODE) >>> 5;
        if (fault == 0x24 && (low & POSTED) != 0) {
            memory.write64(entry, low & ~POSTED);
            return Optional.of(new EntryUse.Relaxed("interrupt-posted-format", use(address, data, mode, swapped)));
        }
        if (fault == 0x24 && (low & OTHER_DESTINATION) != 0 && (pointer & EXTENDED) == 0) {
            memory.write64(entry, low & ~OTHER_DESTINATION);
            return Optional.of(new EntryUse.Relaxed("interrupt-destination-bits", use(address, data, mode, swapped)));
        }
        if (fault == 0x24 && (taken == 3 || taken == 6)) {
            memory.write64(entry, low & ~MODE);
            return Optional.of(new EntryUse.Relaxed("interrupt-delivery-mode", use(address, data, taken, swapped)));
        }
        if ((fault == 0 || fault == 0x26) && (high >>> 18 & 3) == 2 && !swapped) {
            memory.write64(entry + 8, high & ~SOURCE_ID | high << 8 & 0xff00 | high >>> 8 & 0xff);
            return Optional.of(new EntryUse.Relaxed("interrupt-svt-bus-range", use(address, data, mode, true)));
        }
        return Optional.empty();
    }

    private boolean wraps() {
        return (sent.address() & SUBHANDLE_VALID) != 0 && handle() + sent.data() > 0xffff;
    }

    private int handle() {
        return sent.address() >>> 5 & 0x7fff | (sent.address() & 4) << 13;
    }

    /** The address of a message whose handle alone is the sum without its carry. */
    private int wrapped() {
        int index = handle() + sent.data() & 0xffff;
        return sent.address() & 0xfff0_0018 | (index & 0x7fff) << 5 | index >>> 13 & 4;
    }

    private static Delivery withMode(Delivery delivery, int mode) {
        return mode != 0 && delivery instanceof Delivery.Remapped out
                ? new Delivery.Remapped(out.vector(), mode, out.logical(), out.redirectionHint(), out.level(), out.destination()) : delivery;
    }
}
