package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.vtd.FaultFields;
import dev.dmarshal.core.vtd.FaultReason;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the hardware did with one act.
 *
 * @param act     what was done
 * @param passed  whether it went on
 * @param reaches physical address that it went on to, for memory requests that passed
 * @param fsts    fault status register afterwards
 * @param low     bits 63:0 of the first fault record
 * @param high    bits 127:64 of it
 */
public record Played(Act act, boolean passed, OptionalLong reaches, int fsts, long low, long high) {

    /** Whether a fault was recorded. */
    public boolean faulted() {
        return FaultFields.FrcdHigh.F.isSet(high);
    }

    /** Reason of the recorded fault. */
    public Optional<FaultReason> reason() {
        return faulted() ? FaultReason.of((int) FaultFields.FrcdHigh.FR.get(high)) : Optional.empty();
    }

    /** Requester of the recorded fault. */
    public int sourceId() {
        return (int) FaultFields.FrcdHigh.SID.get(high);
    }

    /** Page of the recorded fault; for an interrupt its index is in bits 63:48. */
    public long information() {
        return low & FaultFields.FrcdLow.FI.mask();
    }

    /** Whether the recorded request was a read (T1); of no meaning for interrupts. */
    public boolean read() {
        return FaultFields.FrcdHigh.T1.isSet(high);
    }

    /** One line for people. */
    public String inWords() {
        if (passed) {
            return act + " goes on" + (reaches.isPresent() ? " to physical 0x" + Long.toHexString(reaches.getAsLong()) : "");
        }
        return act + " is refused" + reason().map(reason -> ": reason %02Xh, FSTS %08x, FRCD %016x:%016x".formatted(reason.code(), fsts, high, low))
                .orElse(", no fault recorded");
    }
}
