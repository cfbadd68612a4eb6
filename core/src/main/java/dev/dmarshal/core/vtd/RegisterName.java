package dev.dmarshal.core.vtd;

/** The registers of a remapping unit; those that come in numbers (FRCD, MTRRs) once for all of them. Layouts are in the {@code …Fields} classes. */
public enum RegisterName {
    /** Version. */
    VER(32, CommandFields.Ver.LAYOUT),
    /** Capabilities. */
    CAP(64, CapabilityFields.Cap.LAYOUT),
    /** Extended capabilities. */
    ECAP(64, CapabilityFields.Ecap.LAYOUT),
    /** Global command. */
    GCMD(32, CommandFields.Gcmd.LAYOUT),
    /** Global status. */
    GSTS(32, CommandFields.Gsts.LAYOUT),
    /** Root table address. */
    RTADDR(64, CommandFields.Rtaddr.LAYOUT),
    /** Context command. */
    CCMD(64, CommandFields.Ccmd.LAYOUT),
    /** Fault status. */
    FSTS(32, FaultFields.Fsts.LAYOUT),
    /** Fault event control. */
    FECTL(32, FaultFields.Control.LAYOUT),
    /** Fault event message. */
    FEDATA(32, FaultFields.EventMessage.LAYOUT),
    /** Fault event address. */
    FEADDR(32, FaultFields.EventAddress.LAYOUT),
    /** Fault event upper address. */
    FEUADDR(32, FaultFields.EventUpperAddress.LAYOUT),
    /** Advanced fault log. */
    AFLOG(64, FaultFields.Aflog.LAYOUT),
    /** Protected memory enable. */
    PMEN(32, CommandFields.Pmen.LAYOUT),
    /** Protected low-memory base. */
    PLMBASE(32, CommandFields.Plmbase.LAYOUT),
    /** Protected low-memory limit. */
    PLMLIMIT(32, CommandFields.Plmlimit.LAYOUT),
    /** Protected high-memory base. */
    PHMBASE(64, CommandFields.Phmbase.LAYOUT),
    /** Protected high-memory limit. */
    PHMLIMIT(64, CommandFields.Phmlimit.LAYOUT),
    /** Invalidation queue head. */
    IQH(64, QueueFields.Iqh.LAYOUT),
    /** Invalidation queue tail. */
    IQT(64, QueueFields.Iqt.LAYOUT),
    /** Invalidation queue address. */
    IQA(64, QueueFields.Iqa.LAYOUT),
    /** Invalidation completion status. */
    ICS(32, QueueFields.Ics.LAYOUT),
    /** Invalidation event control. */
    IECTL(32, FaultFields.Control.LAYOUT),
    /** Invalidation event message. */
    IEDATA(32, FaultFields.EventMessage.LAYOUT),
    /** Invalidation event address. */
    IEADDR(32, FaultFields.EventAddress.LAYOUT),
    /** Invalidation event upper address. */
    IEUADDR(32, FaultFields.EventUpperAddress.LAYOUT),
    /** Invalidation queue error record. */
    IQERCD(64, QueueFields.Iqercd.LAYOUT),
    /** Interrupt remapping table address. */
    IRTA(64, QueueFields.Irta.LAYOUT),
    /** Page request queue head. */
    PQH(64, QueueFields.Pqh.LAYOUT),
    /** Page request queue tail. */
    PQT(64, QueueFields.Pqt.LAYOUT),
    /** Page request queue address. */
    PQA(64, QueueFields.Pqa.LAYOUT),
    /** Page request status. */
    PRS(32, QueueFields.Prs.LAYOUT),
    /** Page request event control. */
    PECTL(32, FaultFields.Control.LAYOUT),
    /** Page request event message. */
    PEDATA(32, FaultFields.EventMessage.LAYOUT),
    /** Page request event address. */
    PEADDR(32, FaultFields.EventAddress.LAYOUT),
    /** Page request event upper address. */
    PEUADDR(32, FaultFields.EventUpperAddress.LAYOUT),
    /** Memory type capabilities. */
    MTRRCAP(64, QueueFields.Mtrrcap.LAYOUT),
    /** Default memory type. */
    MTRRDEF(64, QueueFields.Mtrrdef.LAYOUT),
    /** Fixed-range memory types, 0 to 10. */
    MTRR_FIX(64, QueueFields.MtrrFixed.LAYOUT),
    /** Variable-range base, 0 to 9. */
    MTRR_PHYSBASE(64, QueueFields.MtrrBase.LAYOUT),
    /** Variable-range mask, 0 to 9. */
    MTRR_PHYSMASK(64, QueueFields.MtrrMask.LAYOUT),
    /** Invalidation address. */
    IVA(64, CommandFields.Iva.LAYOUT),
    /** IOTLB invalidation. */
    IOTLB(64, CommandFields.Iotlb.LAYOUT),
    /** Lower half of a fault recording register. */
    FRCD_LOW(64, FaultFields.FrcdLow.LAYOUT),
    /** Upper half of a fault recording register. */
    FRCD_HIGH(64, FaultFields.FrcdHigh.LAYOUT);

    private final int bits;
    private final FieldLayout fields;

    RegisterName(int bits, FieldLayout fields) {
        this.bits = bits;
        this.fields = fields;
    }

    /** Width: 32 or 64. */
    public int bits() {
        return bits;
    }

    /** Fields; those of a 32-bit register lie in the lower half of the word. */
    public FieldLayout fields() {
        return fields;
    }

    /** Register and value for people, such as {@code GSTS{TES=0x1}}. */
    public String describe(long value) {
        return name() + fields.describe(value).substring(fields.name().length());
    }
}
