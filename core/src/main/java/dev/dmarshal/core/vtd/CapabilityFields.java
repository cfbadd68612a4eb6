package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;

/**
 * The two capability registers, CAP (08h) and ECAP (10h): what a unit can do.
 *
 * <p>One class a register, one {@link BitField} a field; bits that no field covers are reserved. Source: VT-d architecture specification, chapter
 * "Register Descriptions". Offsets, resets and access rules are in {@link RegisterLayout}.
 */
public final class CapabilityFields {

    private CapabilityFields() {
    }

    /** CAP, 08h, 64 bits, read-only. */
    public static final class Cap {
        /** Bits 2:0: number of domain-ids: {@code 2^(4 + 2 * ND)}. */
        public static final BitField ND = BitField.of("ND", 0, 3);
        /** Bit 3: advanced fault logging. */
        public static final BitField AFL = BitField.of("AFL", 3, 1);
        /** Bit 4: write buffers must be flushed by software. */
        public static final BitField RWBF = BitField.of("RWBF", 4, 1);
        /** Bit 5: protected low-memory region. */
        public static final BitField PLMR = BitField.of("PLMR", 5, 1);
        /** Bit 6: protected high-memory region. */
        public static final BitField PHMR = BitField.of("PHMR", 6, 1);
        /** Bit 7: caching mode: entries that are not present may be cached. */
        public static final BitField CM = BitField.of("CM", 7, 1);
        /** Bits 12:8: second-stage address widths: bit 1 39 bits, bit 2 48, bit 3 57. */
        public static final BitField SAGAW = BitField.of("SAGAW", 8, 5);
        /** Bits 21:16: highest guest address bit. */
        public static final BitField MGAW = BitField.of("MGAW", 16, 6);
        /** Bit 22: zero-length reads of write-only pages. */
        public static final BitField ZLR = BitField.of("ZLR", 22, 1);
        /** Bits 33:24: offset of the fault recording registers in units of 16 bytes. */
        public static final BitField FRO = BitField.of("FRO", 24, 10);
        /** Bits 37:34: second-stage large pages: bit 0 2 MiB, bit 1 1 GiB. */
        public static final BitField SSLPS = BitField.of("SSLPS", 34, 4);
        /** Bit 39: page-selective invalidation. */
        public static final BitField PSI = BitField.of("PSI", 39, 1);
        /** Bits 47:40: number of fault recording registers less one. */
        public static final BitField NFR = BitField.of("NFR", 40, 8);
        /** Bits 53:48: highest address mask of an invalidation. */
        public static final BitField MAMV = BitField.of("MAMV", 48, 6);
        /** Bit 54: writes are drained. */
        public static final BitField DWD = BitField.of("DWD", 54, 1);
        /** Bit 55: reads are drained. */
        public static final BitField DRD = BitField.of("DRD", 55, 1);
        /** Bit 56: first-stage 1 GiB pages. */
        public static final BitField FS1GP = BitField.of("FS1GP", 56, 1);
        /** Bit 59: interrupt posting. */
        public static final BitField PI = BitField.of("PI", 59, 1);
        /** Bit 60: first-stage 5-level paging. */
        public static final BitField FS5LP = BitField.of("FS5LP", 60, 1);
        /** Bit 61: enhanced commands. */
        public static final BitField ECMDS = BitField.of("ECMDS", 61, 1);
        /** Bit 62: SIRTP invalidates the interrupt entry cache. */
        public static final BitField ESIRTPS = BitField.of("ESIRTPS", 62, 1);
        /** Bit 63: SRTP invalidates the translation caches. */
        public static final BitField ESRTPS = BitField.of("ESRTPS", 63, 1);
        /** The whole register. */
        public static final FieldLayout LAYOUT = FieldLayout.of("CAP", ND, AFL, RWBF, PLMR, PHMR, CM, SAGAW, MGAW, ZLR, FRO, SSLPS, PSI, NFR, MAMV, DWD,
                DRD, FS1GP, PI, FS5LP, ECMDS, ESIRTPS, ESRTPS);

        private Cap() {
        }
    }

    /** ECAP, 10h, 64 bits, read-only. */
    public static final class Ecap {
        /** Bit 0: page-walk coherency. */
        public static final BitField C = BitField.of("C", 0, 1);
        /** Bit 1: queued invalidation. */
        public static final BitField QI = BitField.of("QI", 1, 1);
        /** Bit 2: device-TLBs. */
        public static final BitField DT = BitField.of("DT", 2, 1);
        /** Bit 3: interrupt remapping. */
        public static final BitField IR = BitField.of("IR", 3, 1);
        /** Bit 4: x2APIC destinations. */
        public static final BitField EIM = BitField.of("EIM", 4, 1);
        /** Bit 6: pass-through. */
        public static final BitField PT = BitField.of("PT", 6, 1);
        /** Bit 7: snoop control. */
        public static final BitField SC = BitField.of("SC", 7, 1);
        /** Bits 17:8: offset of IVA and IOTLB in units of 16 bytes. */
        public static final BitField IRO = BitField.of("IRO", 8, 10);
        /** Bits 23:20: highest handle mask of an interrupt entry cache invalidation. */
        public static final BitField MHMV = BitField.of("MHMV", 20, 4);
        /** Bit 25: memory types. */
        public static final BitField MTS = BitField.of("MTS", 25, 1);
        /** Bit 26: nested translation. */
        public static final BitField NEST = BitField.of("NEST", 26, 1);
        /** Bit 29: page requests. */
        public static final BitField PRS = BitField.of("PRS", 29, 1);
        /** Bit 30: execute requests. */
        public static final BitField ERS = BitField.of("ERS", 30, 1);
        /** Bit 31: supervisor requests. */
        public static final BitField SRS = BitField.of("SRS", 31, 1);
        /** Bit 33: no-write flag of translation requests. */
        public static final BitField NWFS = BitField.of("NWFS", 33, 1);
        /** Bit 34: extended accessed flag. */
        public static final BitField EAFS = BitField.of("EAFS", 34, 1);
        /** Bits 39:35: PASID bits less one. */
        public static final BitField PSS = BitField.of("PSS", 35, 5);
        /** Bit 40: requests with PASID. */
        public static final BitField PASID = BitField.of("PASID", 40, 1);
        /** Bit 41: device-TLB invalidation throttling. */
        public static final BitField DIT = BitField.of("DIT", 41, 1);
        /** Bit 42: page-request draining. */
        public static final BitField PDS = BitField.of("PDS", 42, 1);
        /** Bit 43: scalable mode. */
        public static final BitField SMTS = BitField.of("SMTS", 43, 1);
        /** Bit 44: virtual commands. */
        public static final BitField VCS = BitField.of("VCS", 44, 1);
        /** Bit 45: second-stage accessed and dirty bits. */
        public static final BitField SSADS = BitField.of("SSADS", 45, 1);
        /** Bit 46: second-stage translation in scalable mode. */
        public static final BitField SSTS = BitField.of("SSTS", 46, 1);
        /** Bit 47: first-stage translation. */
        public static final BitField FSTS = BitField.of("FSTS", 47, 1);
        /** Bit 48: scalable-mode page-walk coherency. */
        public static final BitField SMPWCS = BitField.of("SMPWCS", 48, 1);
        /** Bit 49: RID_PASID. */
        public static final BitField RPS = BitField.of("RPS", 49, 1);
        /** Bit 52: abort-DMA mode. */
        public static final BitField ADMS = BitField.of("ADMS", 52, 1);
        /** Bit 53: RID_PRIV. */
        public static final BitField RPRIVS = BitField.of("RPRIVS", 53, 1);
        /** The whole register. */
        public static final FieldLayout LAYOUT = FieldLayout.of("ECAP", C, QI, DT, IR, EIM, PT, SC, IRO, MHMV, MTS, NEST, PRS, ERS, SRS, NWFS, EAFS, PSS,
                PASID, DIT, PDS, SMTS, VCS, SSADS, SSTS, FSTS, SMPWCS, RPS, ADMS, RPRIVS);

        private Ecap() {
        }
    }
}
