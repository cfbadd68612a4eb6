package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.FaultFields.Aflog;
import dev.dmarshal.core.vtd.FaultFields.FrcdHigh;
import dev.dmarshal.core.vtd.FaultFields.FrcdLow;
import dev.dmarshal.core.vtd.FaultFields.Fsts;
import dev.dmarshal.core.vtd.CommandFields.Gsts;
import dev.dmarshal.core.vtd.RegisterName;

/**
 * Fault recording: primary, into the FRCD registers in rotation, or advanced, into a log in memory; and the fault event for both and for errors of the
 * invalidation queue. Source: VT-d architecture specification, sections "Primary Fault Logging", "Advanced Fault Logging", "Fault Event".
 *
 * <p>{@link #record} takes the register lock itself; the other methods need it held.
 */
final class FaultRecorder implements FaultSink {

    /** Bytes of a record, in a register as in the log. */
    static final int RECORD_BYTES = 16;

    private final RegisterBank bank;
    private final PhysicalMemory memory;
    private final EventInterrupt event;
    private final boolean compress;
    private Position position = Position.START;

    /**
     * Where the next fault goes.
     *
     * @param next    next recording register
     * @param log     address of the latched log
     * @param entries records that fit in it
     * @param logged  records written to it since it was latched
     */
    record Position(int next, long log, int entries, int logged) {
        static final Position START = new Position(0, 0, 0, 0);
    }

    FaultRecorder(RegisterBank bank, PhysicalMemory memory, EventInterrupt event, boolean compress) {
        this.bank = bank;
        this.memory = memory;
        this.event = event;
        this.compress = compress;
    }

    @Override
    public void record(int reasonCode, int sourceId, long faultInfo, int requestFlags, int pasid) {
        long low = faultInfo & FrcdLow.FI.mask();
        long high = high(reasonCode, sourceId, requestFlags, pasid);
        bank.lock().lock();
        try {
            if (bank.isSet(RegisterName.GSTS, Gsts.AFLS)) {
                log(low, high);
            } else {
                recordPrimary(low, high);
            }
        } finally {
            bank.lock().unlock();
        }
    }

    private static long high(int reasonCode, int sourceId, int flags, int pasid) {
        long word = FrcdHigh.F.mask();
        word = FrcdHigh.FR.set(FrcdHigh.SID.set(word, sourceId), reasonCode);
        word = FrcdHigh.T1.set(word, (flags & (READ | ATOMIC)) != 0 ? 1 : 0);
        word = FrcdHigh.T2.set(word, (flags & (PAGE_REQUEST | ATOMIC)) != 0 ? 1 : 0);
        word = FrcdHigh.AT.set(word, flags >>> ADDRESS_TYPE_SHIFT & 3);
        if ((flags & PASID) != 0) {
            word = FrcdHigh.PASID.set(FrcdHigh.PP.set(word, 1), pasid);
            word = FrcdHigh.EXE.set(word, (flags & EXECUTE) != 0 ? 1 : 0);
            word = FrcdHigh.PRIV.set(word, (flags & PRIVILEGED) != 0 ? 1 : 0);
        }
        return word;
    }

    private void recordPrimary(long low, long high) {
        if (bank.isSet(RegisterName.FSTS, Fsts.PFO) || compress && pendingFrom(FrcdHigh.SID.get(high))) {
            return;
        }
        int index = position.next;
        if (FrcdHigh.F.isSet(bank.get(RegisterName.FRCD_HIGH, index))) {
            bank.put(RegisterName.FSTS, Fsts.PFO, 1);
            return;
        }
        bank.set(RegisterName.FRCD_LOW, index, low);
        bank.set(RegisterName.FRCD_HIGH, index, high);
        position = new Position((index + 1) % bank.layout.faultRecords(), position.log, position.entries, position.logged);
        if (!bank.isSet(RegisterName.FSTS, Fsts.PPF)) {
            bank.put(RegisterName.FSTS, Fsts.FRI, index);
            raise(Fsts.PPF.mask());
        }
    }

    private boolean pendingFrom(long sourceId) {
        for (int i = 0; i < bank.layout.faultRecords(); i++) {
            long high = bank.get(RegisterName.FRCD_HIGH, i);
            if (FrcdHigh.F.isSet(high) && FrcdHigh.SID.get(high) == sourceId) {
                return true;
            }
        }
        return false;
    }

    private void log(long low, long high) {
        if (bank.isSet(RegisterName.FSTS, Fsts.AFO)) {
            return;
        }
        long address = position.log + (long) RECORD_BYTES * position.logged;
        if (position.logged == position.entries || !memory.contains(address, RECORD_BYTES)) {
            raise(Fsts.AFO.mask());
            return;
        }
        memory.write64(address, low);
        memory.write64(address + 8, high);
        position = new Position(position.next, position.log, position.entries, position.logged + 1);
        if (position.logged == 1) {
            raise(Fsts.APF.mask());
        }
    }

    /** Sets a status bit of FSTS; if it is the first that is set, a fault event is due. */
    void raise(long statusBit) {
        long status = bank.get(RegisterName.FSTS);
        bank.set(RegisterName.FSTS, status | statusBit);
        if ((status & ~Fsts.FRI.mask()) == 0) {
            event.raise();
        }
    }

    /** GCMD.SFL: takes over AFLOG and starts at its first record. */
    void latchLog() {
        long register = bank.get(RegisterName.AFLOG);
        int entries = 4096 / RECORD_BYTES << Aflog.FLS.get(register);
        position = new Position(position.next, register & Aflog.FLA.mask(), entries, 0);
    }

    /** Translation and interrupt remapping are both off: rotation starts over. */
    void restartRotation() {
        position = new Position(0, position.log, position.entries, position.logged);
    }

    /** After a write to FSTS or to a recording register: derives PPF, and forgets a pending event that has no cause left. */
    void statusWritten() {
        boolean pending = false;
        for (int i = 0; i < bank.layout.faultRecords(); i++) {
            pending |= FrcdHigh.F.isSet(bank.get(RegisterName.FRCD_HIGH, i));
        }
        long status = Fsts.PPF.set(bank.get(RegisterName.FSTS), pending ? 1 : 0);
        bank.set(RegisterName.FSTS, status);
        if ((status & ~Fsts.FRI.mask()) == 0) {
            event.serviced();
        }
    }

    Position position() {
        return position;
    }

    void restore(Position saved) {
        position = saved;
    }
}
