package dev.dmarshal.cli.host;

import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;

/** A word or two for a PCI class code (PCI Code and ID Assignment Specification, section 1). */
public final class ClassWord {

    private static final Map<Integer, String> SUBCLASSES = Map.ofEntries(Map.entry(0x0101, "IDE"), Map.entry(0x0104, "RAID"), Map.entry(0x0106, "SATA"),
            Map.entry(0x0107, "SAS"), Map.entry(0x0108, "NVMe"), Map.entry(0x0200, "Ethernet"), Map.entry(0x0207, "InfiniBand"), Map.entry(0x0280, "network"),
            Map.entry(0x0300, "VGA"), Map.entry(0x0302, "3D"), Map.entry(0x0380, "display"), Map.entry(0x0401, "audio"), Map.entry(0x0403, "audio"),
            Map.entry(0x0500, "memory"), Map.entry(0x0580, "memory"), Map.entry(0x0600, "host bridge"), Map.entry(0x0601, "ISA bridge"),
            Map.entry(0x0604, "PCI bridge"), Map.entry(0x0607, "CardBus bridge"), Map.entry(0x0680, "bridge"), Map.entry(0x0700, "serial"),
            Map.entry(0x0780, "communication"), Map.entry(0x0806, "IOMMU"), Map.entry(0x0c00, "FireWire"), Map.entry(0x0c03, "USB"), Map.entry(0x0c05, "SMBus"),
            Map.entry(0x0c80, "serial bus"), Map.entry(0x1180, "signal processing"));
    private static final Map<Integer, String> CLASSES = Map.ofEntries(Map.entry(0x01, "storage"), Map.entry(0x02, "network"), Map.entry(0x03, "display"),
            Map.entry(0x04, "multimedia"), Map.entry(0x05, "memory"), Map.entry(0x06, "bridge"), Map.entry(0x07, "communication"), Map.entry(0x08, "system"),
            Map.entry(0x09, "input"),
            Map.entry(0x0c, "serial bus"), Map.entry(0x0d, "wireless"), Map.entry(0x10, "encryption"), Map.entry(0x11, "signal processing"),
            Map.entry(0x12, "accelerator"), Map.entry(0x13, "filler"));

    private ClassWord() {
    }

    static String of(OptionalInt classCode) {
        if (classCode.isEmpty()) {
            return "class not known";
        }
        int code = classCode.getAsInt();
        String word = SUBCLASSES.get(code >>> 8);
        return word != null ? word : CLASSES.getOrDefault(code >>> 16, "class " + HexFormat.of().toHexDigits(code, 6));
    }
}
