package dev.dmarshal.core.unit;

/**
 * Where the translation side reports faults that are to be recorded, that is after qualification by fault-processing disable (FPD). Implemented by the
 * fault-recording registers; called from any thread that translates.
 */
interface FaultSink {
    /** Flag: the request was a read (T1 = 1, T2 = 0). */
    int READ = 1;
    /** Flag: the request was an AtomicOp (T1 = 1, T2 = 1); a page request has neither (T1 = 0, T2 = 1 is {@link #PAGE_REQUEST}). */
    int ATOMIC = 1 << 1;
    /** Flag: a page request. */
    int PAGE_REQUEST = 1 << 2;
    /** Flag: the request asked for execution (EXE). */
    int EXECUTE = 1 << 3;
    /** Flag: the request was privileged (PRIV). */
    int PRIVILEGED = 1 << 4;
    /** Flag: the request carried a PASID (PP); without it the PASID argument means nothing. */
    int PASID = 1 << 5;
    /** Shift of the two AT bits: 0 untranslated, 1 translation request, 2 translated. */
    int ADDRESS_TYPE_SHIFT = 6;

    /**
     * Records a fault.
     *
     * @param reasonCode   the 8-bit fault reason
     * @param sourceId     requester, 16 bits
     * @param faultInfo    for address translation the page address (bits 63:12), for interrupts the index in bits 63:48
     * @param requestFlags what the request was, from the constants of this interface
     * @param pasid        its PASID, 20 bits, if {@link #PASID} is set
     */
    void record(int reasonCode, int sourceId, long faultInfo, int requestFlags, int pasid);
}
