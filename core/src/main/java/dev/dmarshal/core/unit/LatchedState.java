package dev.dmarshal.core.unit;

import dev.dmarshal.core.unit.UnitState.Range;
import dev.dmarshal.core.unit.UnitState.TableMode;
import dev.dmarshal.core.vtd.CommandFields.Gsts;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import dev.dmarshal.core.vtd.QueueFields.Irta;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.function.Consumer;

/**
 * What commands have latched, and the {@link UnitState} that translation reads without a lock. {@link #state} may be called by any thread; the other
 * methods need the register lock.
 */
final class LatchedState {

    /**
     * The latched values.
     *
     * @param root      RTADDR at the last SRTP
     * @param interrupt IRTA at the last SIRTP
     * @param low       protected low region in force
     * @param high      protected high region in force
     */
    record Latches(long root, long interrupt, Range low, Range high) {
        static final Latches RESET = new Latches(0, 0, Range.EMPTY, Range.EMPTY);
    }

    private final RegisterBank bank;
    private final Consumer<UnitState> inForce;
    private Latches latches = Latches.RESET;
    private volatile UnitState state;

    LatchedState(RegisterBank bank, Consumer<UnitState> inForce) {
        this.bank = bank;
        this.inForce = inForce;
        publish();
    }

    UnitState state() {
        return state;
    }

    Latches latches() {
        return latches;
    }

    void latchRoot() {
        latches = new Latches(bank.get(RegisterName.RTADDR), latches.interrupt, latches.low, latches.high);
    }

    void latchInterruptTable() {
        latches = new Latches(latches.root, bank.get(RegisterName.IRTA), latches.low, latches.high);
    }

    void protect(Range low, Range high) {
        latches = new Latches(latches.root, latches.interrupt, low, high);
    }

    void restore(Latches saved) {
        latches = saved;
        publish();
    }

    /** Makes the latches and the enable bits of GSTS visible to translation, all at once. */
    void publish() {
        long status = bank.get(RegisterName.GSTS);
        state = new UnitState(Gsts.TES.isSet(status), mode(latches.root), latches.root & Rtaddr.RTA.mask(), Gsts.IRES.isSet(status),
                Gsts.CFIS.isSet(status), latches.interrupt & Irta.IRTA.mask(), 2 << Irta.S.get(latches.interrupt),
                Irta.EIME.isSet(latches.interrupt), latches.low, latches.high);
        inForce.accept(state);
    }

    static TableMode mode(long rootRegister) {
        return switch ((int) Rtaddr.TTM.get(rootRegister)) {
            case 0 -> TableMode.LEGACY;
            case 1 -> TableMode.SCALABLE;
            case 2 -> TableMode.RESERVED;
            default -> TableMode.ABORT;
        };
    }
}
