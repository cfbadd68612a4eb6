package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;

/**
 * Registers by which software commands a unit: version, global command and status, table pointers, register invalidation, protected memory.
 *
 * <p>One class a register, one {@link BitField} a field; bits that no field covers are reserved. Source: VT-d architecture specification, chapter
 * "Register Descriptions". Offsets, resets and access rules are in {@link RegisterLayout}.
 */
public final class CommandFields {

    private CommandFields() {
    }

    /** VER, 00h, 32 bits, read-only. */
    public static final class Ver {
        /** Bits 3:0: minor version. */
        public static final BitField MIN = BitField.of("MIN", 0, 4);
        /** Bits 7:4: major version. */
        public static final BitField MAX = BitField.of("MAX", 4, 4);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("VER", MIN, MAX);

        private Ver() {
        }
    }

    /** GCMD, 18h, 32 bits, write-only. */
    public static final class Gcmd {
        /** Bit 23: compatibility-format interrupts pass. */
        public static final BitField CFI = BitField.of("CFI", 23, 1);
        /** Bit 24: set interrupt remap table pointer (one-shot). */
        public static final BitField SIRTP = BitField.of("SIRTP", 24, 1);
        /** Bit 25: interrupt remapping enable. */
        public static final BitField IRE = BitField.of("IRE", 25, 1);
        /** Bit 26: queued invalidation enable. */
        public static final BitField QIE = BitField.of("QIE", 26, 1);
        /** Bit 27: write buffer flush (one-shot). */
        public static final BitField WBF = BitField.of("WBF", 27, 1);
        /** Bit 28: enable advanced fault logging. */
        public static final BitField EAFL = BitField.of("EAFL", 28, 1);
        /** Bit 29: set fault log (one-shot). */
        public static final BitField SFL = BitField.of("SFL", 29, 1);
        /** Bit 30: set root table pointer (one-shot). */
        public static final BitField SRTP = BitField.of("SRTP", 30, 1);
        /** Bit 31: translation enable. */
        public static final BitField TE = BitField.of("TE", 31, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("GCMD", CFI, SIRTP, IRE, QIE, WBF, EAFL, SFL, SRTP, TE);

        private Gcmd() {
        }
    }

    /** GSTS, 1Ch, 32 bits, read-only. */
    public static final class Gsts {
        /** Bit 23: compatibility-format interrupts pass. */
        public static final BitField CFIS = BitField.of("CFIS", 23, 1);
        /** Bit 24: interrupt remap table pointer has been set. */
        public static final BitField IRTPS = BitField.of("IRTPS", 24, 1);
        /** Bit 25: interrupt remapping is on. */
        public static final BitField IRES = BitField.of("IRES", 25, 1);
        /** Bit 26: queued invalidation is on. */
        public static final BitField QIES = BitField.of("QIES", 26, 1);
        /** Bit 27: write buffer flush is under way. */
        public static final BitField WBFS = BitField.of("WBFS", 27, 1);
        /** Bit 28: advanced fault logging is on. */
        public static final BitField AFLS = BitField.of("AFLS", 28, 1);
        /** Bit 29: fault log has been set. */
        public static final BitField FLS = BitField.of("FLS", 29, 1);
        /** Bit 30: root table pointer has been set. */
        public static final BitField RTPS = BitField.of("RTPS", 30, 1);
        /** Bit 31: translation is on. */
        public static final BitField TES = BitField.of("TES", 31, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("GSTS", CFIS, IRTPS, IRES, QIES, WBFS, AFLS, FLS, RTPS, TES);

        private Gsts() {
        }
    }

    /** RTADDR, 20h, 64 bits. Takes effect through GCMD.SRTP. */
    public static final class Rtaddr {
        /** Bits 11:10: translation table mode: 0 legacy, 1 scalable, 3 abort. */
        public static final BitField TTM = BitField.of("TTM", 10, 2);
        /** Bits 63:12: page of the root table. */
        public static final BitField RTA = BitField.of("RTA", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("RTADDR", TTM, RTA);

        private Rtaddr() {
        }
    }

    /** CCMD, 28h, 64 bits: context-cache invalidation by register. */
    public static final class Ccmd {
        /** Bits 15:0: domain-id. */
        public static final BitField DID = BitField.of("DID", 0, 16);
        /** Bits 31:16: source-id. */
        public static final BitField SID = BitField.of("SID", 16, 16);
        /** Bits 33:32: function mask. */
        public static final BitField FM = BitField.of("FM", 32, 2);
        /** Bits 60:59: granularity that was done (read-only). */
        public static final BitField CAIG = BitField.of("CAIG", 59, 2);
        /** Bits 62:61: granularity asked for: 1 global, 2 domain, 3 device. */
        public static final BitField CIRG = BitField.of("CIRG", 61, 2);
        /** Bit 63: invalidate; reads as 1 until done. */
        public static final BitField ICC = BitField.of("ICC", 63, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("CCMD", DID, SID, FM, CAIG, CIRG, ICC);

        private Ccmd() {
        }
    }

    /** IVA, at ECAP.IRO, 64 bits, write-only: address of a page-selective invalidation. */
    public static final class Iva {
        /** Bits 5:0: address mask: {@code 2^AM} pages. */
        public static final BitField AM = BitField.of("AM", 0, 6);
        /** Bit 6: only leaf entries changed. */
        public static final BitField IH = BitField.of("IH", 6, 1);
        /** Bits 63:12: page. */
        public static final BitField ADDR = BitField.of("ADDR", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IVA", AM, IH, ADDR);

        private Iva() {
        }
    }

    /** IOTLB, 8 bytes after IVA, 64 bits: IOTLB invalidation by register. */
    public static final class Iotlb {
        /** Bits 47:32: domain-id. */
        public static final BitField DID = BitField.of("DID", 32, 16);
        /** Bit 48: drain writes. */
        public static final BitField DW = BitField.of("DW", 48, 1);
        /** Bit 49: drain reads. */
        public static final BitField DR = BitField.of("DR", 49, 1);
        /** Bits 58:57: granularity that was done (read-only). */
        public static final BitField IAIG = BitField.of("IAIG", 57, 2);
        /** Bits 61:60: granularity asked for: 1 global, 2 domain, 3 page. */
        public static final BitField IIRG = BitField.of("IIRG", 60, 2);
        /** Bit 63: invalidate; reads as 1 until done. */
        public static final BitField IVT = BitField.of("IVT", 63, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IOTLB", DID, DW, DR, IAIG, IIRG, IVT);

        private Iotlb() {
        }
    }

    /** PMEN, 64h, 32 bits: protected memory enable. */
    public static final class Pmen {
        /** Bit 0: protection is on (read-only). */
        public static final BitField PRS = BitField.of("PRS", 0, 1);
        /** Bit 31: enable protection. */
        public static final BitField EPM = BitField.of("EPM", 31, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PMEN", PRS, EPM);

        private Pmen() {
        }
    }

    /** PLMBASE, 68h, 32 bits. */
    public static final class Plmbase {
        /** Bits 31:21: first 2 MiB block of the low region. */
        public static final BitField BASE = BitField.of("BASE", 21, 11);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PLMBASE", BASE);

        private Plmbase() {
        }
    }

    /** PLMLIMIT, 6Ch, 32 bits. */
    public static final class Plmlimit {
        /** Bits 31:21: last 2 MiB block of the low region. */
        public static final BitField LIMIT = BitField.of("LIMIT", 21, 11);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PLMLIMIT", LIMIT);

        private Plmlimit() {
        }
    }

    /** PHMBASE, 70h, 64 bits. */
    public static final class Phmbase {
        /** Bits 63:21: first 2 MiB block of the high region. */
        public static final BitField BASE = BitField.of("BASE", 21, 43);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PHMBASE", BASE);

        private Phmbase() {
        }
    }

    /** PHMLIMIT, 78h, 64 bits. */
    public static final class Phmlimit {
        /** Bits 63:21: last 2 MiB block of the high region. */
        public static final BitField LIMIT = BitField.of("LIMIT", 21, 43);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PHMLIMIT", LIMIT);

        private Phmlimit() {
        }
    }
}
