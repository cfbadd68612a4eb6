package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;

/**
 * Registers of fault reporting.
 *
 * <p>One class a register, one {@link BitField} a field; bits that no field covers are reserved. Source: VT-d architecture specification, chapter
 * "Register Descriptions". Offsets, resets and access rules are in {@link RegisterLayout}.
 */
public final class FaultFields {

    private FaultFields() {
    }

    /** FSTS, 34h, 32 bits. */
    public static final class Fsts {
        /** Bit 0: primary fault overflow (write 1 clears). */
        public static final BitField PFO = BitField.of("PFO", 0, 1);
        /** Bit 1: primary pending fault: some FRCD.F is set (read-only). */
        public static final BitField PPF = BitField.of("PPF", 1, 1);
        /** Bit 2: advanced fault overflow (write 1 clears). */
        public static final BitField AFO = BitField.of("AFO", 2, 1);
        /** Bit 3: advanced pending fault (write 1 clears). */
        public static final BitField APF = BitField.of("APF", 3, 1);
        /** Bit 4: invalidation queue error (write 1 clears). */
        public static final BitField IQE = BitField.of("IQE", 4, 1);
        /** Bit 5: invalidation completion error (write 1 clears). */
        public static final BitField ICE = BitField.of("ICE", 5, 1);
        /** Bit 6: invalidation time-out error (write 1 clears). */
        public static final BitField ITE = BitField.of("ITE", 6, 1);
        /** Bits 15:8: recording register of the first pending fault (read-only). */
        public static final BitField FRI = BitField.of("FRI", 8, 8);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("FSTS", PFO, PPF, AFO, APF, IQE, ICE, ITE, FRI);

        private Fsts() {
        }
    }

    /** FECTL 38h, IECTL A0h, PECTL E0h, 32 bits: control of an event interrupt. */
    public static final class Control {
        /** Bit 30: interrupt pending (read-only). */
        public static final BitField IP = BitField.of("IP", 30, 1);
        /** Bit 31: interrupt mask. */
        public static final BitField IM = BitField.of("IM", 31, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("CONTROL", IP, IM);

        private Control() {
        }
    }

    /** FEDATA 3Ch, IEDATA A4h, PEDATA E4h, 32 bits. */
    public static final class EventMessage {
        /** Bits 15:0: message data. */
        public static final BitField IMD = BitField.of("IMD", 0, 16);
        /** Bits 31:16: upper message data. */
        public static final BitField EIMD = BitField.of("EIMD", 16, 16);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("EVENTMESSAGE", IMD, EIMD);

        private EventMessage() {
        }
    }

    /** FEADDR 40h, IEADDR A8h, PEADDR E8h, 32 bits. */
    public static final class EventAddress {
        /** Bits 31:2: message address 31:2. */
        public static final BitField MA = BitField.of("MA", 2, 30);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("EVENTADDRESS", MA);

        private EventAddress() {
        }
    }

    /** FEUADDR 44h, IEUADDR ACh, PEUADDR ECh, 32 bits. */
    public static final class EventUpperAddress {
        /** Bits 31:0: message address 63:32. */
        public static final BitField MUA = BitField.of("MUA", 0, 32);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("EVENTUPPERADDRESS", MUA);

        private EventUpperAddress() {
        }
    }

    /** AFLOG, 58h, 64 bits. Takes effect through GCMD.SFL. */
    public static final class Aflog {
        /** Bits 11:9: size: {@code 2^FLS} pages. */
        public static final BitField FLS = BitField.of("FLS", 9, 3);
        /** Bits 63:12: page of the fault log. */
        public static final BitField FLA = BitField.of("FLA", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("AFLOG", FLS, FLA);

        private Aflog() {
        }
    }

    /** FRCD bits 63:0. */
    public static final class FrcdLow {
        /** Bits 63:12: page of the address; for interrupts the index is in 63:48. */
        public static final BitField FI = BitField.of("FI", 12, 52);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("FRCDLOW", FI);

        private FrcdLow() {
        }
    }

    /** FRCD bits 127:64. */
    public static final class FrcdHigh {
        /** Bits 15:0: source-id. */
        public static final BitField SID = BitField.of("SID", 0, 16);
        /** Bit 28: type bit 2. */
        public static final BitField T2 = BitField.of("T2", 28, 1);
        /** Bit 29: supervisor privilege was asked for. */
        public static final BitField PRIV = BitField.of("PRIV", 29, 1);
        /** Bit 30: execute was asked for. */
        public static final BitField EXE = BitField.of("EXE", 30, 1);
        /** Bit 31: the request had a PASID. */
        public static final BitField PP = BitField.of("PP", 31, 1);
        /** Bits 39:32: fault reason. */
        public static final BitField FR = BitField.of("FR", 32, 8);
        /** Bits 59:40: PASID. */
        public static final BitField PASID = BitField.of("PASID", 40, 20);
        /** Bits 61:60: address type: 0 untranslated, 1 translation, 2 translated. */
        public static final BitField AT = BitField.of("AT", 60, 2);
        /** Bit 62: type bit 1: T1 T2 = 00 write, 10 read, 01 page request, 11 atomic. */
        public static final BitField T1 = BitField.of("T1", 62, 1);
        /** Bit 63: fault is recorded (write 1 clears). */
        public static final BitField F = BitField.of("F", 63, 1);
        /** The whole register. */
        public static final EntryLayout LAYOUT = EntryLayout.of("FRCDHIGH", SID, T2, PRIV, EXE, PP, FR, PASID, AT, T1, F);

        private FrcdHigh() {
        }
    }
}
