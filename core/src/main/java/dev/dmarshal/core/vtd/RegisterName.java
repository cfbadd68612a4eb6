package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.EntryLayout;
/** The registers of a remapping unit; those that come in numbers (FRCD, MTRRs) once for all of them. Layouts are in the {@code …Fields} classes. */
public enum RegisterName {
    /** Version. */
    VER(0x00, 32, CommandFields.Ver.LAYOUT),
    /** Capabilities. */
    CAP(0x08, 64, Capability.LAYOUT),
    /** Extended capabilities. */
    ECAP(0x10, 64, ExtendedCapability.LAYOUT),
    /** Global command. */
    GCMD(0x18, 32, CommandFields.Gcmd.LAYOUT),
    /** Global status. */
    GSTS(0x1C, 32, CommandFields.Gsts.LAYOUT),
    /** Root table address. */
    RTADDR(0x20, 64, CommandFields.Rtaddr.LAYOUT),
    /** Context command. */
    CCMD(0x28, 64, CommandFields.Ccmd.LAYOUT),
    /** Fault status. */
    FSTS(0x34, 32, FaultFields.Fsts.LAYOUT),
    /** Fault event control. */
    FECTL(0x38, 32, FaultFields.Control.LAYOUT),
    /** Fault event message. */
    FEDATA(0x3C, 32, FaultFields.EventMessage.LAYOUT),
    /** Fault event address. */
    FEADDR(0x40, 32, FaultFields.EventAddress.LAYOUT),
    /** Fault event upper address. */
    FEUADDR(0x44, 32, FaultFields.EventUpperAddress.LAYOUT),
    /** Advanced fault log. */
    AFLOG(0x58, 64, FaultFields.Aflog.LAYOUT),
    /** Protected memory enable. */
    PMEN(0x64, 32, CommandFields.Pmen.LAYOUT),
    /** Protected low-memory base. */
    PLMBASE(0x68, 32, CommandFields.Plmbase.LAYOUT),
    /** Protected low-memory limit. */
    PLMLIMIT(0x6C, 32, CommandFields.Plmlimit.LAYOUT),
    /** Protected high-memory base. */
    PHMBASE(0x70, 64, CommandFields.Phmbase.LAYOUT),
    /** Protected high-memory limit. */
    PHMLIMIT(0x78, 64, CommandFields.Phmlimit.LAYOUT),
    /** Invalidation queue head. */
    IQH(0x80, 64, QueueFields.Iqh.LAYOUT),
    /** Invalidation queue tail. */
    IQT(0x88, 64, QueueFields.Iqt.LAYOUT),
    /** Invalidation queue address. */
    IQA(0x90, 64, QueueFields.Iqa.LAYOUT),
    /** Invalidation completion status. */
    ICS(0x9C, 32, QueueFields.Ics.LAYOUT),
    /** Invalidation event control. */
    IECTL(0xA0, 32, FaultFields.Control.LAYOUT),
    /** Invalidation event message. */
    IEDATA(0xA4, 32, FaultFields.EventMessage.LAYOUT),
    /** Invalidation event address. */
    IEADDR(0xA8, 32, FaultFields.EventAddress.LAYOUT),
    /** Invalidation event upper address. */
    IEUADDR(0xAC, 32, FaultFields.EventUpperAddress.LAYOUT),
    /** Invalidation queue error record. */
    IQERCD(0xB0, 64, QueueFields.Iqercd.LAYOUT),
    /** Interrupt remapping table address. */
    IRTA(0xB8, 64, QueueFields.Irta.LAYOUT),
    /** Page request queue head. */
    PQH(0xC0, 64, QueueFields.Pqh.LAYOUT),
    /** Page request queue tail. */
    PQT(0xC8, 64, QueueFields.Pqt.LAYOUT),
    /** Page request queue address. */
    PQA(0xD0, 64, QueueFields.Pqa.LAYOUT),
    /** Page request status. */
    PRS(0xDC, 32, QueueFields.Prs.LAYOUT),
    /** Page request event control. */
    PECTL(0xE0, 32, FaultFields.Control.LAYOUT),
    /** Page request event message. */
    PEDATA(0xE4, 32, FaultFields.EventMessage.LAYOUT),
    /** Page request event address. */
    PEADDR(0xE8, 32, FaultFields.EventAddress.LAYOUT),
    /** Page request event upper address. */
    PEUADDR(0xEC, 32, FaultFields.EventUpperAddress.LAYOUT),
    /** Memory type capabilities. */
    MTRRCAP(0x100, 64, QueueFields.Mtrrcap.LAYOUT),
    /** Default memory type. */
    MTRRDEF(0x108, 64, QueueFields.Mtrrdef.LAYOUT),
    /** Fixed-range memory types, 0 to 10. */
    MTRR_FIX(0x120, 64, QueueFields.MtrrFixed.LAYOUT),
    /** Variable-range base, 0 to 9. */
    MTRR_PHYSBASE(0x180, 64, QueueFields.MtrrBase.LAYOUT),
    /** Variable-range mask, 0 to 9. */
    MTRR_PHYSMASK(0x188, 64, QueueFields.MtrrMask.LAYOUT),
    /** Invalidation address. */
    IVA(0x00, 64, CommandFields.Iva.LAYOUT),
    /** IOTLB invalidation. */
    IOTLB(0x08, 64, CommandFields.Iotlb.LAYOUT),
    /** Lower half of a fault recording register. */
    FRCD_LOW(0x00, 64, FaultFields.FrcdLow.LAYOUT),
    /** Upper half of a fault recording register. */
    FRCD_HIGH(0x08, 64, FaultFields.FrcdHigh.LAYOUT);

    private final int offset;
    private final int bits;
    private final EntryLayout fields;

    RegisterName(int offset, int bits, EntryLayout fields) {
        this.offset = offset;
        this.bits = bits;
        this.fields = fields;
    }

    /** Bytes from the start of the window to the first register of this name; of IVA and IOTLB from where ECAP.IRO says, of FRCD from where CAP.FRO says. */
    public int offset() {
        return offset;
    }

    /** Width: 32 or 64. */
    public int bits() {
        return bits;
    }

    /** Fields; those of a 32-bit register lie in the lower half of the word. */
    public EntryLayout fields() {
        return fields;
    }

    /** Register and value for people, such as {@code GSTS{TES=1}}. */
    public String describe(long value) {
        return name() + fields.describeSet(value).substring(fields.name().length());
    }
}
