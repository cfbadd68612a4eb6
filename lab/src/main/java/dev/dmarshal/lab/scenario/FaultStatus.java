package dev.dmarshal.lab.scenario;

import java.util.Optional;

/**
 * What the fault registers say after a request.
 *
 * @param overflow     FSTS.PFO
 * @param pending      FSTS.PPF
 * @param queueError   FSTS.IQE
 * @param completionError FSTS.ICE
 * @param timeoutError FSTS.ITE
 * @param recordIndex  FSTS.FRI
 * @param record       the fault record, if its F bit is set
 */
public record FaultStatus(boolean overflow, boolean pending, boolean queueError, boolean completionError, boolean timeoutError, int recordIndex,
        Optional<FaultRecord> record) {

    /** Takes FSTS and the halves of the record register at hand apart. */
    public static FaultStatus of(int status, long low, long high) {
        return new FaultStatus((status & 1) != 0, (status & 2) != 0, (status & 1 << 4) != 0, (status & 1 << 5) != 0, (status & 1 << 6) != 0,
                status >>> 8 & 0xff, FaultRecord.holds(high) ? Optional.of(FaultRecord.of(low, high)) : Optional.empty());
    }
}
