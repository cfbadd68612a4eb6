package dev.dmarshal.lab.scenario;

/**
 * The fields of a fault recording register whose F bit is set (VT-d specification, Fault Recording Registers).
 *
 * @param reason      FR, bits 103:96
 * @param sourceId    SID, bits 79:64
 * @param type        T2 as bit 0 and T1 as bit 1: 0 write, 1 page request, 2 read, 3 atomic
 * @param addressType AT, bits 125:124
 * @param info        FI, bits 63:12 in place: the address, or an interrupt's index in 63:48
 * @param pasid       PV, bits 123:104
 * @param pasidPresent PP, bit 95
 * @param execute     EXE, bit 94
 * @param privileged  PRIV, bit 93
 */
public record FaultRecord(int reason, int sourceId, int type, int addressType, long info, int pasid, boolean pasidPresent, boolean execute,
        boolean privileged) {

    /** Takes the two halves of the register apart. */
    public static FaultRecord of(long low, long high) {
        return new FaultRecord((int) (high >>> 32) & 0xff, (int) high & 0xffff, (int) (high >>> 62 & 1) << 1 | (int) (high >>> 28 & 1),
                (int) (high >>> 60 & 3), low & ~0xfffL, (int) (high >>> 40) & 0xfffff, (high >>> 31 & 1) != 0, (high >>> 30 & 1) != 0, (high >>> 29 & 1) != 0);
    }

    /** Whether the high half's F bit is set. */
    public static boolean holds(long high) {
        return high < 0;
    }
}
