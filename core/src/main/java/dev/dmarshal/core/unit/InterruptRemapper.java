package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.unit.MessageSink.Origin;
import dev.dmarshal.core.unit.RemappedInterrupt.Outcome;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.PostedDescriptor;
import dev.dmarshal.core.vtd.RegisterLayout;

/**
 * Interrupt remapping: takes a request (a 32-bit write to FEEx_xxxxh), gives the message that goes to a processor, posts it, or blocks it.
 *
 * <p>The rules are tried in this order: format (25h, 20h), index (21h), entry readable (23h), present (22h), reserved bits (24h), source (26h), then for
 * posted entries descriptor readable (27h) and its reserved bits (28h). Faults 22h, 24h and 26h to 28h are not recorded if the entry's FPD is set,
 * present or not. Source: VT-d architecture specification, chapter "Interrupt Remapping", section "Interrupt Posting Hardware Operation".
 *
 * <p>Safe for concurrent callers, each with its own result. A request sees the latched state as it was at one moment. A posted vector's PIR bit is set
 * before ON, each by compare-and-set, so whoever sees ON sees the vector. An entry is read from memory as two 64-bit words, lower first: software that
 * changes both halves of a present entry may be met half-way. Nothing is allocated.
 */
final class InterruptRemapper {

    private static final long DLM_RESERVED = 1L << 3 | 1L << 6;
    private static final int SVT_RESERVED = 3;
    private static final long REMAPPED_LOW = Irte.REMAPPED.reservedMask(0);
    private static final long XAPIC_LOW = Irte.REMAPPED_XAPIC.reservedMask(0);
    private static final long REMAPPED_HIGH = Irte.REMAPPED.reservedMask(1);
    private static final long POSTED_LOW = Irte.POSTED.reservedMask(0);
    private static final long POSTED_HIGH = Irte.POSTED.reservedMask(1);
    private static final long CONTROL_RESERVED = PostedDescriptor.LAYOUT.reservedMask(4);
    private static final long CONTROL_RESERVED_XAPIC = PostedDescriptor.LAYOUT_XAPIC.reservedMask(4);

    private final LatchedState latched;
    private final FaultSink faults;
    private final PhysicalMemory memory;
    private final MessageSink messages;
    private final InterruptEntryCache cache = new InterruptEntryCache();
    private final boolean posting;
    private final boolean cachesAbsent;

    InterruptRemapper(RegisterLayout layout, LatchedState latched, FaultSink faults, Peers peers) {
        this.latched = latched;
        this.faults = faults;
        this.memory = peers.memory();
        this.messages = peers.messages();
        this.posting = Capability.POSTED_INTERRUPTS.isSet(layout.cap());
        this.cachesAbsent = Capability.CACHING_MODE.isSet(layout.cap());
    }

    InterruptEntryCache cache() {
        return cache;
    }

    /**
     * Remaps a request and says what came of it; a posted interrupt is posted, a fault is recorded, but no message is sent.
     *
     * @param sourceId 16-bit source-id of the write
     * @param address  its address, which {@link InterruptMessage#isInterrupt} must admit
     * @param value    the word written
     * @param out      takes the result
     * @throws IllegalArgumentException if the address is no interrupt request's
     */
    public void remap(int sourceId, long address, int value, RemappedInterrupt out) {
        if (!InterruptMessage.isInterrupt(address)) {
            throw new IllegalArgumentException("not in the interrupt address range: 0x" + Long.toHexString(address));
        }
        out.start();
        // Before the state: an invalidation that follows a new table pointer must undo what is read through the old one.
        out.generation = cache.generation();
        UnitState state = latched.state();
        if (!state.interruptsEnabled()) {
            out.sends(Outcome.PASSED, address, value);
        } else if (InterruptMessage.FORMAT.isSet(address)) {
            remapEntry(state, sourceId, address, value, out);
        } else if (state.compatibilityPasses() && !state.extendedInterrupts()) {
            out.sends(Outcome.PASSED, address, value);
        } else {
            block(FaultReason.IR_COMPATIBILITY, sourceId, 0, out);
        }
    }

    /** As {@link #remap}, and sends the message, if there is one, to the unit's message sink. */
    public void deliver(int sourceId, long address, int value, RemappedInterrupt out) {
        remap(sourceId, address, value, out);
        if (out.hasMessage()) {
            messages.send(out.outcome() == Outcome.POSTED ? Origin.NOTIFICATION : Origin.INTERRUPT, out.address(), out.value());
        }
    }

    /** A request to the interrupt address range that is no 32-bit write: a read, an atomic, another length. Blocked with 29h while remapping is on. */
    public void refuse(int sourceId, RemappedInterrupt out) {
        out.start();
        if (latched.state().interruptsEnabled()) {
            block(FaultReason.IR_PASID, sourceId, 0, out);
        }
    }

    private void remapEntry(UnitState state, int sourceId, long address, int value, RemappedInterrupt out) {
        int index = InterruptMessage.handle(address);
        boolean sub = InterruptMessage.SHV.isSet(address);
        if (sub) {
            index += value & 0xffff;
        }
        out.named(index);
        if (sub && InterruptMessage.SUBHANDLE_RESERVED.isSet(value)) {
            block(FaultReason.IR_RESERVED_REQUEST, sourceId, 0, out);
        } else if (index >= state.interruptEntries()) {
            block(FaultReason.IR_INDEX, sourceId, 0, out);
        } else if (!fetch(state, index, out)) {
            block(FaultReason.IR_UNREADABLE, sourceId, 0, out);
        } else {
            apply(state, sourceId, out);
        }
    }

    /** Puts the entry into {@code out}, from the cache or from memory; false if it cannot be read. */
    private boolean fetch(UnitState state, int index, RemappedInterrupt out) {
        if (cache.find(index, out)) {
            return true;
        }
        long table = state.interruptTable();
        long at = table + (long) Irte.SIZE_BYTES * index;
        if (!memory.contains(at, Irte.SIZE_BYTES)) {
            return false;
        }
        out.entryLow = memory.read64(at);
        out.entryHigh = memory.read64(at + 8);
        if (cachesAbsent || Irte.P.isSet(out.entryLow) && !reserved(state, out)) {
            cache.fill(index, out.entryLow, out.entryHigh, out.generation);
        }
        return true;
    }

    private void apply(UnitState state, int sourceId, RemappedInterrupt out) {
        long low = out.entryLow;
        if (!Irte.P.isSet(low)) {
            block(FaultReason.IR_NOT_PRESENT, sourceId, low, out);
        } else if (reserved(state, out)) {
            block(FaultReason.IR_RESERVED_ENTRY, sourceId, low, out);
        } else if (!Irte.admits(out.entryHigh, sourceId)) {
            block(FaultReason.IR_SOURCE, sourceId, low, out);
        } else if (Irte.IM.isSet(low)) {
            post(state, sourceId, out);
        } else {
            BitField place = state.extendedInterrupts() ? Irte.DST : Irte.DST_XAPIC;
            long trigger = Irte.TM.get(low);
            long word = Irte.V.get(low) | Irte.DLM.get(low) << 8 | trigger << 14 | trigger << 15;
            send(Outcome.REMAPPED, place.get(low), Irte.RH.get(low) << 3 | Irte.DM.get(low) << 2, word, out);
        }
    }

    /** Reserved bits, reserved encodings, and posting where the unit cannot post. */
    private boolean reserved(UnitState state, RemappedInterrupt entry) {
        long low = entry.entryLow;
        long high = entry.entryHigh;
        if (Irte.SVT.get(high) == SVT_RESERVED) {
            return true;
        }
        if (Irte.IM.isSet(low)) {
            return !posting || (low & POSTED_LOW) != 0 || (high & POSTED_HIGH) != 0;
        }
        long mask = state.extendedInterrupts() ? REMAPPED_LOW : XAPIC_LOW;
        return (low & mask) != 0 || (high & REMAPPED_HIGH) != 0 || (DLM_RESERVED >>> Irte.DLM.get(low) & 1) != 0;
    }

    private void post(UnitState state, int sourceId, RemappedInterrupt out) {
        long low = out.entryLow;
        long descriptor = Irte.descriptorAddress(low, out.entryHigh);
        if (!memory.contains(descriptor, PostedDescriptor.SIZE_BYTES)) {
            block(FaultReason.IR_POSTED_UNREADABLE, sourceId, low, out);
            return;
        }
        long controlAt = descriptor + PostedDescriptor.CONTROL;
        long mask = state.extendedInterrupts() ? CONTROL_RESERVED : CONTROL_RESERVED_XAPIC;
        long rest = memory.read64(controlAt + 8) | memory.read64(controlAt + 16) | memory.read64(controlAt + 24);
        if ((memory.read64(controlAt) & mask) != 0 || rest != 0) {
            block(FaultReason.IR_POSTED_RESERVED, sourceId, low, out);
            return;
        }
        int vector = (int) Irte.V.get(low);
        setBits(descriptor + (vector >>> 6) * 8L, 1L << vector);
        out.ends(Outcome.POSTED);
        notify(state, controlAt, Irte.URG.isSet(low), out);
    }

    /** Sets ON if it is clear and the interrupt is urgent or not suppressed; whoever sets it sends the notification. */
    private void notify(UnitState state, long controlAt, boolean urgent, RemappedInterrupt out) {
        while (true) {
            long control = memory.read64(controlAt);
            if (PostedDescriptor.ON.isSet(control) || PostedDescriptor.SN.isSet(control) && !urgent) {
                return;
            }
            if (memory.compareAndSet64(controlAt, control, control | PostedDescriptor.ON.mask())) {
                BitField place = state.extendedInterrupts() ? PostedDescriptor.NDST : PostedDescriptor.NDST_XAPIC;
                send(Outcome.POSTED, place.get(control), 0, PostedDescriptor.NV.get(control), out);
                return;
            }
        }
    }

    private void setBits(long at, long bits) {
        long old;
        do {
            old = memory.read64(at);
        } while ((old & bits) == 0 && !memory.compareAndSet64(at, old, old | bits));
    }

    private static void send(Outcome how, long destination, long addressBits, long word, RemappedInterrupt out) {
        out.sends(how, destination >>> 8 << 40 | InterruptMessage.RANGE_FIRST | (destination & 0xff) << 12 | addressBits, (int) word);
    }

    /** {@code entry} is the lower word of the entry for faults that its FPD qualifies, else 0. */
    private void block(FaultReason reason, int sourceId, long entry, RemappedInterrupt out) {
        boolean recorded = !(reason.qualified() && Irte.FPD.isSet(entry));
        out.blocked(reason.code(), recorded);
        if (recorded) {
            faults.record(reason.code(), sourceId, out.hasIndex() ? (long) out.index() << 48 : 0, 0, 0);
        }
    }
}
