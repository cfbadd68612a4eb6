package dev.dmarshal.lab.scenario;

/**
 * Register offsets of the unit as QEMU builds it: those of the VT-d specification chapter 10, with the IOTLB registers and the single fault record
 * where its ECAP.IRO (0Fh) and CAP.FRO (22h) put them.
 */
public final class Registers {

    /** Where the window lies in a q35 machine of QEMU. */
    public static final long BASE = 0xfed9_0000L;
    /** Capability. */
    public static final int CAP = 0x08;
    /** Extended capability. */
    public static final int ECAP = 0x10;
    /** Global command. */
    public static final int GCMD = 0x18;
    /** Global status. */
    public static final int GSTS = 0x1c;
    /** Root table address. */
    public static final int RTADDR = 0x20;
    /** Context command. */
    public static final int CCMD = 0x28;
    /** Fault status. */
    public static final int FSTS = 0x34;
    /** Fault event control. */
    public static final int FECTL = 0x38;
    /** Invalidation queue head. */
    public static final int IQH = 0x80;
    /** Invalidation queue tail. */
    public static final int IQT = 0x88;
    /** Invalidation queue address. */
    public static final int IQA = 0x90;
    /** Invalidation completion status. */
    public static final int ICS = 0x9c;
    /** Interrupt remapping table address. */
    public static final int IRTA = 0xb8;
    /** Invalidate address. */
    public static final int IVA = 0xf0;
    /** IOTLB invalidate. */
    public static final int IOTLB = 0xf8;
    /** Fault record, low half. */
    public static final int FRCD_LOW = 0x220;
    /** Fault record, high half. */
    public static final int FRCD_HIGH = 0x228;

    private Registers() {
    }
}
