package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Registers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of a register that software may rely on; what a register merely echoes of a one-shot command is left out.
 * Bit positions: VT-d specification chapter 10.
 */
final class RegisterFields {

    private RegisterFields() {
    }

    /** Field names and values of what a read of this register brought. */
    static Map<String, Long> of(int offset, long value) {
        return switch (offset) {
            case Registers.ECAP -> Map.of("ECAP.SMPWCS", value >>> 48 & 1, "ECAP.RPS", value >>> 49 & 1, "ECAP, the rest", value & ~(3L << 48));
            case Registers.GSTS -> fields(value, "GSTS.CFIS", 23, 1, "GSTS.IRTPS", 24, 1, "GSTS.IRES", 25, 1, "GSTS.QIES", 26, 1, "GSTS.WBFS", 27, 1,
                    "GSTS.AFLS", 28, 1, "GSTS.FLS", 29, 1, "GSTS.RTPS", 30, 1, "GSTS.TES", 31, 1);
            case Registers.FSTS -> fields(value, "FSTS.PFO", 0, 1, "FSTS.PPF", 1, 1, "FSTS.AFO", 2, 1, "FSTS.APF", 3, 1, "FSTS.IQE", 4, 1,
                    "FSTS.ICE", 5, 1, "FSTS.ITE", 6, 1, "FSTS.FRI", 8, 8);
            case Registers.FECTL -> fields(value, "FECTL.IP", 30, 1, "FECTL.IM", 31, 1);
            case Registers.CCMD -> fields(value, "CCMD.CAIG", 59, 2, "CCMD.ICC", 63, 1);
            case Registers.IOTLB -> fields(value, "IOTLB.IAIG", 57, 2, "IOTLB.IVT", 63, 1);
            case Registers.IQH -> fields(value, "IQH.QH", 4, 15);
            case Registers.ICS -> fields(value, "ICS.IWC", 0, 1);
            default -> Map.of("register 0x" + Integer.toHexString(offset), value);
        };
    }

    /** Triples of name, lowest bit and width. */
    private static Map<String, Long> fields(long value, Object... triples) {
        Map<String, Long> fields = new LinkedHashMap<>();
        for (int i = 0; i < triples.length; i += 3) {
            int low = (Integer) triples[i + 1];
            int width = (Integer) triples[i + 2];
            fields.put((String) triples[i], value >>> low & (1L << width) - 1);
        }
        return fields;
    }
}
