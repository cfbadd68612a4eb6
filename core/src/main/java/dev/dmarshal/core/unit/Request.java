package dev.dmarshal.core.unit;

/**
 * What a device asks for: flags of {@link RemappingUnit#translate}. One of READ, WRITE and ATOMIC is set, and at most one of TRANSLATION and TRANSLATED;
 * a request with neither is untranslated. The bits that a fault record keeps lie where {@link FaultSink} has them.
 */
public final class Request {
    /** A read; a translation request is one too. */
    public static final int READ = 1;
    /** An AtomicOp: needs read and write permission. */
    public static final int ATOMIC = 1 << 1;
    /** Execution is asked for (needs a PASID). */
    public static final int EXECUTE = 1 << 3;
    /** Privileged mode is asked for (needs a PASID). */
    public static final int PRIVILEGED = 1 << 4;
    /** The request carries a PASID. */
    public static final int PASID = 1 << 5;
    /** Address type 01b: a translation request of a device-TLB (ATS). */
    public static final int TRANSLATION = 1 << 6;
    /** Address type 10b: the address is translated already. */
    public static final int TRANSLATED = 1 << 7;
    /** Translation request that wants no write permission (NW). */
    public static final int NO_WRITE = 1 << 8;
    /** Read of zero length. */
    public static final int ZERO_LENGTH = 1 << 9;
    /** A write. */
    public static final int WRITE = 1 << 10;

    /** The bits that go into a fault record. */
    static final int RECORDED = READ | ATOMIC | EXECUTE | PRIVILEGED | PASID | TRANSLATION | TRANSLATED;

    private Request() {
    }
}
