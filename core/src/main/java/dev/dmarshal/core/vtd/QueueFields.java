package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;

/**
 * Registers of the invalidation queue, interrupt remapping and page requests.
 *
 * <p>One class a register, one {@link BitField} a field; bits that no field covers are reserved. Source: VT-d architecture specification, chapter
 * "Register Descriptions". Offsets, resets and access rules are in {@link RegisterLayout}.
 */
public final class QueueFields {

    private QueueFields() {
    }

    /** IQH, 80h, 64 bits, read-only. */
    public static final class Iqh {
        /** Bits 18:4: next descriptor to be fetched, in units of 16 bytes. */
        public static final BitField QH = BitField.of("QH", 4, 15);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IQH", QH);

        private Iqh() {
        }
    }

    /** IQT, 88h, 64 bits. */
    public static final class Iqt {
        /** Bits 18:4: next descriptor to be written, in units of 16 bytes. */
        public static final BitField QT = BitField.of("QT", 4, 15);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IQT", QT);

        private Iqt() {
        }
    }

    /** IQA, 90h, 64 bits. Takes effect when GCMD.QIE is set. */
    public static final class Iqa {
        /** Bits 2:0: size: {@code 2^QS} pages. */
        public static final BitField QS = BitField.of("QS", 0, 3);
        /** Bit 11: descriptors have 256 bits. */
        public static final BitField DW = BitField.of("DW", 11, 1);
        /** Bits 63:12: page of the queue. */
        public static final BitField IQA = BitField.of("IQA", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IQA", QS, DW, IQA);

        private Iqa() {
        }
    }

    /** ICS, 9Ch, 32 bits. */
    public static final class Ics {
        /** Bit 0: invalidation wait complete (write 1 clears). */
        public static final BitField IWC = BitField.of("IWC", 0, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("ICS", IWC);

        private Ics() {
        }
    }

    /** IQERCD, B0h, 64 bits, read-only. */
    public static final class Iqercd {
        /** Bits 3:0: why IQE is set. */
        public static final BitField IQEI = BitField.of("IQEI", 0, 4);
        /** Bits 47:32: source-id of a time-out. */
        public static final BitField ITESID = BitField.of("ITESID", 32, 16);
        /** Bits 63:48: source-id of a wrong completion. */
        public static final BitField ICESID = BitField.of("ICESID", 48, 16);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IQERCD", IQEI, ITESID, ICESID);

        private Iqercd() {
        }
    }

    /** IRTA, B8h, 64 bits. Takes effect through GCMD.SIRTP. */
    public static final class Irta {
        /** Bits 3:0: size: {@code 2^(S + 1)} entries. */
        public static final BitField S = BitField.of("S", 0, 4);
        /** Bit 11: x2APIC destinations. */
        public static final BitField EIME = BitField.of("EIME", 11, 1);
        /** Bits 63:12: page of the table. */
        public static final BitField IRTA = BitField.of("IRTA", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("IRTA", S, EIME, IRTA);

        private Irta() {
        }
    }

    /** PQH, C0h, 64 bits. */
    public static final class Pqh {
        /** Bits 18:5: next request that software will take, in units of 32 bytes. */
        public static final BitField PQH = BitField.of("PQH", 5, 14);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PQH", PQH);

        private Pqh() {
        }
    }

    /** PQT, C8h, 64 bits. */
    public static final class Pqt {
        /** Bits 18:5: next request that the unit will write, in units of 32 bytes. */
        public static final BitField PQT = BitField.of("PQT", 5, 14);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PQT", PQT);

        private Pqt() {
        }
    }

    /** PQA, D0h, 64 bits. */
    public static final class Pqa {
        /** Bits 2:0: size: {@code 2^PQS} pages. */
        public static final BitField PQS = BitField.of("PQS", 0, 3);
        /** Bits 63:12: page of the queue. */
        public static final BitField PQA = BitField.of("PQA", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PQA", PQS, PQA);

        private Pqa() {
        }
    }

    /** PRS, DCh, 32 bits. */
    public static final class Prs {
        /** Bit 0: page requests are pending (write 1 clears). */
        public static final BitField PPR = BitField.of("PPR", 0, 1);
        /** Bit 1: page request queue overflow (write 1 clears). */
        public static final BitField PRO = BitField.of("PRO", 1, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PRS", PPR, PRO);

        private Prs() {
        }
    }

    /** MTRRCAP, 100h, 64 bits, read-only. */
    public static final class Mtrrcap {
        /** Bits 7:0: number of variable ranges. */
        public static final BitField VCNT = BitField.of("VCNT", 0, 8);
        /** Bit 8: fixed ranges. */
        public static final BitField FIX = BitField.of("FIX", 8, 1);
        /** Bit 10: write-combining. */
        public static final BitField WC = BitField.of("WC", 10, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("MTRRCAP", VCNT, FIX, WC);

        private Mtrrcap() {
        }
    }

    /** MTRRDEF, 108h, 64 bits. */
    public static final class Mtrrdef {
        /** Bits 7:0: default memory type. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 8);
        /** Bit 10: fixed ranges enabled. */
        public static final BitField FE = BitField.of("FE", 10, 1);
        /** Bit 11: ranges enabled. */
        public static final BitField E = BitField.of("E", 11, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("MTRRDEF", TYPE, FE, E);

        private Mtrrdef() {
        }
    }

    /** MTRR_FIX64K_00000 120h and the ten that follow, 64 bits. */
    public static final class MtrrFixed {
        /** Bits 63:0: eight memory types, a byte each. */
        public static final BitField TYPES = BitField.of("TYPES", 0, 64);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("MTRRFIXED", TYPES);

        private MtrrFixed() {
        }
    }

    /** MTRR_PHYSBASE0 180h to 9, 64 bits. */
    public static final class MtrrBase {
        /** Bits 7:0: memory type. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 8);
        /** Bits 63:12: page. */
        public static final BitField BASE = BitField.of("BASE", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("MTRRBASE", TYPE, BASE);

        private MtrrBase() {
        }
    }

    /** MTRR_PHYSMASK0 188h to 9, 64 bits. */
    public static final class MtrrMask {
        /** Bit 11: range is valid. */
        public static final BitField V = BitField.of("V", 11, 1);
        /** Bits 63:12: page mask. */
        public static final BitField MASK = BitField.of("MASK", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("MTRRMASK", V, MASK);

        private MtrrMask() {
        }
    }
}
