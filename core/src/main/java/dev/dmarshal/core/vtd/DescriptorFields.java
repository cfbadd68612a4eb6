package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;

/**
 * Descriptors of the invalidation queue (128 or 256 bits) and of the page request queue (256 bits).
 *
 * <p>One class a descriptor, one {@link BitField} a field of one of its four 64-bit words; bits that no field covers are reserved. A 128-bit descriptor is the
 * lower two words. Source: VT-d architecture specification, sections "Queued Invalidation Interface" and "Page Request Queue"; Linux
 * {@code drivers/iommu/intel/iommu.h} and {@code prq.c} agree.
 */
public final class DescriptorFields {

    private DescriptorFields() {
    }

    /** Type 1, context-cache invalidate. */
    public static final class ContextCache {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bits 5:4: granularity: 1 global, 2 domain, 3 device. */
        public static final BitField G = BitField.of("G", 4, 2);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 31:16: domain-id. */
        public static final BitField DID = BitField.of("DID", 16, 16);
        /** Bits 47:32: source-id. */
        public static final BitField SID = BitField.of("SID", 32, 16);
        /** Bits 49:48: function mask. */
        public static final BitField FM = BitField.of("FM", 48, 2);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("ContextCache", TYPE, G, TYPE_HIGH, DID, SID, FM)
                .then().then().then();

        private ContextCache() {
        }
    }

    /** Type 2, IOTLB invalidate. */
    public static final class Iotlb {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bits 5:4: granularity: 1 global, 2 domain, 3 pages. */
        public static final BitField G = BitField.of("G", 4, 2);
        /** Bit 6: drain writes. */
        public static final BitField DW = BitField.of("DW", 6, 1);
        /** Bit 7: drain reads. */
        public static final BitField DR = BitField.of("DR", 7, 1);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 31:16: domain-id. */
        public static final BitField DID = BitField.of("DID", 16, 16);
        /** Bits 69:64: address mask: {@code 2^AM} pages. */
        public static final BitField AM = BitField.of("AM", 0, 6);
        /** Bit 70: only leaf entries changed. */
        public static final BitField IH = BitField.of("IH", 6, 1);
        /** Bits 127:76: page. */
        public static final BitField ADDR = BitField.of("ADDR", 12, 52);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("Iotlb", TYPE, G, DW, DR, TYPE_HIGH, DID)
                .then(AM, IH, ADDR).then().then();

        private Iotlb() {
        }
    }

    /** Type 3, device-TLB invalidate. */
    public static final class DeviceTlb {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 15:12: physical function's source-id 3:0. */
        public static final BitField PFSID_LOW = BitField.of("PFSID_LOW", 12, 4);
        /** Bits 20:16: invalidations that may be pending. */
        public static final BitField MIP = BitField.of("MIP", 16, 5);
        /** Bits 47:32: source-id. */
        public static final BitField SID = BitField.of("SID", 32, 16);
        /** Bits 63:52: physical function's source-id 15:4. */
        public static final BitField PFSID_HIGH = BitField.of("PFSID_HIGH", 52, 12);
        /** Bit 64: several pages: the lowest zero bit of ADDR tells how many. */
        public static final BitField S = BitField.of("S", 0, 1);
        /** Bits 127:76: page. */
        public static final BitField ADDR = BitField.of("ADDR", 12, 52);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("DeviceTlb", TYPE, TYPE_HIGH, PFSID_LOW, MIP, SID, PFSID_HIGH)
                .then(S, ADDR).then().then();

        private DeviceTlb() {
        }
    }

    /** Type 4, interrupt entry cache invalidate. */
    public static final class InterruptEntry {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bit 4: granularity: 0 global, 1 by index. */
        public static final BitField G = BitField.of("G", 4, 1);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 31:27: index mask: {@code 2^IM} entries. */
        public static final BitField IM = BitField.of("IM", 27, 5);
        /** Bits 47:32: index. */
        public static final BitField IIDX = BitField.of("IIDX", 32, 16);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("InterruptEntry", TYPE, G, TYPE_HIGH, IM, IIDX)
                .then().then().then();

        private InterruptEntry() {
        }
    }

    /** Type 5, invalidation wait. */
    public static final class Wait {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bit 4: interrupt when complete. */
        public static final BitField IF = BitField.of("IF", 4, 1);
        /** Bit 5: status write when complete. */
        public static final BitField SW = BitField.of("SW", 5, 1);
        /** Bit 6: fence: later descriptors wait. */
        public static final BitField FN = BitField.of("FN", 6, 1);
        /** Bit 7: drain page requests. */
        public static final BitField PD = BitField.of("PD", 7, 1);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 63:32: status to write. */
        public static final BitField STATUS = BitField.of("STATUS", 32, 32);
        /** Bits 127:66: address of the status word, bits 63:2. */
        public static final BitField ADDR = BitField.of("ADDR", 2, 62);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("Wait", TYPE, IF, SW, FN, PD, TYPE_HIGH, STATUS)
                .then(ADDR).then().then();

        private Wait() {
        }
    }

    /** Type 6, PASID-based IOTLB invalidate. */
    public static final class PasidIotlb {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bits 5:4: granularity: 2 PASID, 3 pages. */
        public static final BitField G = BitField.of("G", 4, 2);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 31:16: domain-id. */
        public static final BitField DID = BitField.of("DID", 16, 16);
        /** Bits 51:32: PASID. */
        public static final BitField PASID = BitField.of("PASID", 32, 20);
        /** Bits 69:64: address mask: {@code 2^AM} pages. */
        public static final BitField AM = BitField.of("AM", 0, 6);
        /** Bit 70: only leaf entries changed. */
        public static final BitField IH = BitField.of("IH", 6, 1);
        /** Bits 127:76: page. */
        public static final BitField ADDR = BitField.of("ADDR", 12, 52);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PasidIotlb", TYPE, G, TYPE_HIGH, DID, PASID)
                .then(AM, IH, ADDR).then().then();

        private PasidIotlb() {
        }
    }

    /** Type 7, PASID-cache invalidate. */
    public static final class PasidCache {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bits 5:4: granularity: 0 domain, 1 PASID, 3 global. */
        public static final BitField G = BitField.of("G", 4, 2);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 31:16: domain-id. */
        public static final BitField DID = BitField.of("DID", 16, 16);
        /** Bits 51:32: PASID. */
        public static final BitField PASID = BitField.of("PASID", 32, 20);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PasidCache", TYPE, G, TYPE_HIGH, DID, PASID)
                .then().then().then();

        private PasidCache() {
        }
    }

    /** Type 8, PASID-based device-TLB invalidate. */
    public static final class PasidDeviceTlb {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bits 8:4: invalidations that may be pending. */
        public static final BitField MIP = BitField.of("MIP", 4, 5);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 15:12: physical function's source-id 3:0. */
        public static final BitField PFSID_LOW = BitField.of("PFSID_LOW", 12, 4);
        /** Bits 31:16: source-id. */
        public static final BitField SID = BitField.of("SID", 16, 16);
        /** Bits 51:32: PASID. */
        public static final BitField PASID = BitField.of("PASID", 32, 20);
        /** Bits 63:52: physical function's source-id 15:4. */
        public static final BitField PFSID_HIGH = BitField.of("PFSID_HIGH", 52, 12);
        /** Bit 64: all PASIDs. */
        public static final BitField G = BitField.of("G", 0, 1);
        /** Bit 75: several pages: the lowest zero bit of ADDR tells how many. */
        public static final BitField S = BitField.of("S", 11, 1);
        /** Bits 127:76: page. */
        public static final BitField ADDR = BitField.of("ADDR", 12, 52);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PasidDeviceTlb", TYPE, MIP, TYPE_HIGH, PFSID_LOW, SID, PASID, PFSID_HIGH)
                .then(G, S, ADDR).then().then();

        private PasidDeviceTlb() {
        }
    }

    /** Type 9, page group response. */
    public static final class PageGroup {
        /** Bits 3:0: type, low bits. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 4);
        /** Bit 4: the requests had a PASID. */
        public static final BitField PP = BitField.of("PP", 4, 1);
        /** Bit 5: private bits are present. */
        public static final BitField PDP = BitField.of("PDP", 5, 1);
        /** Bits 11:9: type, high bits. */
        public static final BitField TYPE_HIGH = BitField.of("TYPE_HIGH", 9, 3);
        /** Bits 15:12: response: 0 success, 1 invalid request, 15 failure. */
        public static final BitField RC = BitField.of("RC", 12, 4);
        /** Bits 31:16: requester-id. */
        public static final BitField RID = BitField.of("RID", 16, 16);
        /** Bits 51:32: PASID. */
        public static final BitField PASID = BitField.of("PASID", 32, 20);
        /** Bit 66: the response is to the last request of its group. */
        public static final BitField LPIG = BitField.of("LPIG", 2, 1);
        /** Bits 75:67: page request group index. */
        public static final BitField PRGI = BitField.of("PRGI", 3, 9);
        /** Bits 191:128: private bits 63:0. */
        public static final BitField PRIVATE_LOW = BitField.of("PRIVATE_LOW", 0, 64);
        /** Bits 255:192: private bits 127:64. */
        public static final BitField PRIVATE_HIGH = BitField.of("PRIVATE_HIGH", 0, 64);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PageGroup", TYPE, PP, PDP, TYPE_HIGH, RC, RID, PASID)
                .then(LPIG, PRGI).then(PRIVATE_LOW).then(PRIVATE_HIGH);

        private PageGroup() {
        }
    }

    /** Descriptor of the page request queue, type 1. */
    public static final class PageRequest {
        /** Bits 7:0: type: 1. */
        public static final BitField TYPE = BitField.of("TYPE", 0, 8);
        /** Bit 8: the request has a PASID. */
        public static final BitField PP = BitField.of("PP", 8, 1);
        /** Bit 9: private bits are present. */
        public static final BitField PDP = BitField.of("PDP", 9, 1);
        /** Bits 31:16: requester-id. */
        public static final BitField RID = BitField.of("RID", 16, 16);
        /** Bits 51:32: PASID. */
        public static final BitField PASID = BitField.of("PASID", 32, 20);
        /** Bit 52: execute is asked for. */
        public static final BitField EXE = BitField.of("EXE", 52, 1);
        /** Bit 53: supervisor privilege is asked for. */
        public static final BitField PRIV = BitField.of("PRIV", 53, 1);
        /** Bit 64: read is asked for. */
        public static final BitField RD = BitField.of("RD", 0, 1);
        /** Bit 65: write is asked for. */
        public static final BitField WR = BitField.of("WR", 1, 1);
        /** Bit 66: last page request of its group. */
        public static final BitField LPIG = BitField.of("LPIG", 2, 1);
        /** Bits 75:67: page request group index. */
        public static final BitField PRGI = BitField.of("PRGI", 3, 9);
        /** Bits 127:76: page. */
        public static final BitField ADDR = BitField.of("ADDR", 12, 52);
        /** Bits 191:128: private bits 63:0. */
        public static final BitField PRIVATE_LOW = BitField.of("PRIVATE_LOW", 0, 64);
        /** Bits 255:192: private bits 127:64. */
        public static final BitField PRIVATE_HIGH = BitField.of("PRIVATE_HIGH", 0, 64);
        /** All four words. */
        public static final EntryLayout LAYOUT = EntryLayout.of("PageRequest", TYPE, PP, PDP, RID, PASID, EXE, PRIV)
                .then(RD, WR, LPIG, PRGI, ADDR).then(PRIVATE_LOW).then(PRIVATE_HIGH);

        private PageRequest() {
        }
    }
}
