package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;

/**
 * An interrupt-remapping table entry: 128 bits, for a remapped or (IM=1) a posted interrupt.
 * <pre>
 * remapped  63:32 DST  23:16 V  15 IM=0  11:8 AVAIL  7:5 DLM  4 TM  3 RH  2 DM  1 FPD  0 P
 * posted    63:38 PDA[31:6]  23:16 V  15 IM=1  14 URG  11:8 AVAIL  1 FPD  0 P
 * upper     [127:96 PDA[63:32], posted only]  83:82 SVT  81:80 SQ  79:64 SID
 * </pre>
 * Source: VT-d architecture specification, sections "Interrupt Remapping Table Entry (IRTE) for Remapped Interrupts" and "… for Posted Interrupts".
 *
 * @param low  bits 63:0
 * @param high bits 127:64
 */
public record Irte(long low, long high) {

    /** Bytes of an entry. */
    public static final int SIZE_BYTES = 16;
    /** Bit 0: present. */
    public static final BitField P = BitField.of("P", 0, 1);
    /** Bit 1: fault processing disable. */
    public static final BitField FPD = BitField.of("FPD", 1, 1);
    /** Bit 2: destination mode, 1 logical. */
    public static final BitField DM = BitField.of("DM", 2, 1);
    /** Bit 3: redirection hint. */
    public static final BitField RH = BitField.of("RH", 3, 1);
    /** Bit 4: trigger mode, 1 level. */
    public static final BitField TM = BitField.of("TM", 4, 1);
    /** Bits 7:5: delivery mode: 0 fixed, 1 lowest priority, 2 SMI, 4 NMI, 5 INIT, 7 ExtINT; 3 and 6 are reserved. */
    public static final BitField DLM = BitField.of("DLM", 5, 3);
    /** Bits 11:8: for software. */
    public static final BitField AVAIL = BitField.of("AVAIL", 8, 4);
    /** Bit 14, posted: urgent. */
    public static final BitField URG = BitField.of("URG", 14, 1);
    /** Bit 15: mode, 1 posted. */
    public static final BitField IM = BitField.of("IM", 15, 1);
    /** Bits 23:16: vector. */
    public static final BitField V = BitField.of("V", 16, 8);
    /** Bits 63:32: destination; in xAPIC mode the APIC id is in bits 47:40 and the others are reserved. */
    public static final BitField DST = BitField.of("DST", 32, 32);
    /** Bits 47:40: destination in xAPIC mode. */
    public static final BitField DST_XAPIC = BitField.of("DST", 40, 8);
    /** Bits 63:38, posted: address 31:6 of the posted-interrupt descriptor. */
    public static final BitField PDAL = BitField.of("PDAL", 38, 26);
    /** Bits 79:64: source-id. */
    public static final BitField SID = BitField.of("SID", 0, 16);
    /** Bits 81:80: source-id qualifier: which function bits SVT=1 ignores. */
    public static final BitField SQ = BitField.of("SQ", 16, 2);
    /** Bits 83:82: source validation: 0 none, 1 SID with SQ, 2 bus range SID[15:8] to SID[7:0]; 3 is reserved. */
    public static final BitField SVT = BitField.of("SVT", 18, 2);
    /** Bits 127:96, posted: address 63:32 of the posted-interrupt descriptor. */
    public static final BitField PDAH = BitField.of("PDAH", 32, 32);

    /** A remapped entry with x2APIC destinations (IRTA.EIME=1). */
    public static final EntryLayout REMAPPED = EntryLayout.of("Irte", P, FPD, DM, RH, TM, DLM, AVAIL, IM, V, DST).then(SID, SQ, SVT);
    /** A remapped entry with xAPIC destinations (IRTA.EIME=0). */
    public static final EntryLayout REMAPPED_XAPIC = EntryLayout.of("Irte", P, FPD, DM, RH, TM, DLM, AVAIL, IM, V, DST_XAPIC).then(SID, SQ, SVT);
    /** A posted entry. */
    public static final EntryLayout POSTED = EntryLayout.of("IrtePosted", P, FPD, AVAIL, URG, IM, V, PDAL).then(SID, SQ, SVT, PDAH);

    /** A present remapped entry: fixed delivery, edge, physical destination, no source validation. {@code apicId} is in xAPIC place, 8 bits. */
    public static Irte xapic(int vector, int apicId) {
        return new Irte(DST_XAPIC.set(V.set(P.mask(), vector), apicId), 0);
    }

    /** As {@link #xapic}, with a 32-bit destination. */
    public static Irte x2apic(int vector, int apicId) {
        return new Irte(DST.set(V.set(P.mask(), vector), Integer.toUnsignedLong(apicId)), 0);
    }

    /** A present posted entry; {@code descriptor} is the address of the posted-interrupt descriptor, a multiple of 64. */
    public static Irte posted(int vector, long descriptor, boolean urgent) {
        if ((descriptor & 63) != 0) {
            throw new IllegalArgumentException("a posted-interrupt descriptor is aligned to 64 bytes: 0x" + Long.toHexString(descriptor));
        }
        long low = URG.set(IM.set(V.set(P.mask(), vector), 1), urgent ? 1 : 0);
        return new Irte(PDAL.set(low, descriptor >>> 6 & 0x3ff_ffff), PDAH.set(0, descriptor >>> 32));
    }

    /** This entry with a field of its lower word replaced. */
    public Irte withLow(BitField field, long value) {
        return new Irte(field.set(low, value), high);
    }

    /** This entry with a field of its upper word replaced. */
    public Irte withHigh(BitField field, long value) {
        return new Irte(low, field.set(high, value));
    }

    /** This entry with SVT, SQ and SID replaced. */
    public Irte from(int validation, int qualifier, int sourceId) {
        return withHigh(SVT, validation).withHigh(SQ, qualifier).withHigh(SID, sourceId);
    }

    /** Address of a posted entry's descriptor. */
    public static long descriptorAddress(long low, long high) {
        return PDAH.get(high) << 32 | PDAL.get(low) << 6;
    }

    /** Whether SVT, SQ and SID of an entry's upper word admit a 16-bit source-id; SVT=3 admits none. */
    public static boolean admits(long high, int sourceId) {
        int sid = (int) SID.get(high);
        return switch ((int) SVT.get(high)) {
            case 0 -> true;
            case 1 -> ((sid ^ sourceId) & qualifierMask((int) SQ.get(high))) == 0;
            case 2 -> sourceId >>> 8 >= sid >>> 8 && sourceId >>> 8 <= (sid & 0xff);
            default -> false;
        };
    }

    /** Bits of the source-id that SQ compares: 0 all, 1 all but bit 2, 2 all but 2:1, 3 all but 2:0. */
    private static int qualifierMask(int qualifier) {
        return switch (qualifier) {
            case 0 -> 0xffff;
            case 1 -> 0xfffb;
            case 2 -> 0xfff9;
            default -> 0xfff8;
        };
    }

    /** For people; the destination is printed as 32 bits. */
    @Override
    public String toString() {
        return (IM.isSet(low) ? POSTED : REMAPPED).describeSet(low, high);
    }
}
