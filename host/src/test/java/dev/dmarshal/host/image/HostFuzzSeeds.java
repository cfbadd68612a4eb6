package dev.dmarshal.host.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the fuzzer starts from: texts in the forms of their sources, and type descriptions that are in order. */
public final class HostFuzzSeeds {
    private static final List<String> REGISTERS = List.of("""
            IOMMU: dmar0 Register Base Address: fed90000
            CAP             \t0x08\t\t0x01d2008c222f0606
            ECAP            \t0x10\t\t0x0000880000f00f4a
            RTADDR          \t0x20\t\t0x0000000012345400
            IRTA            \t0xb8\t\t0x000000000680000f
            """, """
            IOMMU dmar0: Root Table Address: 0x104ab000
            00:02.0\t0x0000000000000000:0x00000000104ac001\t0x0000000000000102:0x00000000104ad001\t-1    \t0x0:0x0:0x0
            00:04.0\t0x0:0x204ac001\t0x0:0x204ad401\t0     \t0x204ae000:0x2:0x49
            """, """
            Remapped Interrupt supported on IOMMU: dmar1
             IR table address:106800000
            """, """
            [    0.1] DMAR: Host address width 39
            [    0.2] DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap 1c0000c40660462 ecap 19e2ff0505e
            """, """
            (XEN)  drhd->address = fed90000
            (XEN)  CAP = 1d2008c222f0606
            (XEN)  ECAP = f00f5a
            (XEN)  RTADDR = 7ff47000
            """);
    private static final List<String> ENTRIES = List.of("""
            DMAR: [DMA Read NO_PASID] Request device [3a:02.0] fault addr 0x1f000 [fault reason 0x06]
            DMAR: Dump dmar1 table entries for IOVA 0x1f000
            DMAR: root entry: 0x0000000123456001
            """, """
            DMAR: [DMA Write PASID 0x5] Request device [0000:00:1f.0] fault addr 0x1f000
            DMAR: Dump dmar0 table entries for IOVA 0x1f000
            DMAR: scalable mode root entry: hi 0x0000000104112001, low 0x0000000104111001
            """, """
            (XEN) print_vtd_entries: iommu #2 dev 0000:01:00.0 gmfn 3
            (XEN)     root_entry[01] = 7ff4a001
            """, """
            (XEN) iommu 0: nr_pt_levels = 3.
            (XEN)        SVT  SQ   SID      DST  V  AVL DLM TM RH DM FPD P
            (XEN)   0000:  1   0  f0f8 00000001 f0    0   1  0  1  1   0 1
            """, """
            (XEN)  iommu 1: nr_pt_levels = 3.
            (XEN) R:       SVT  SQ   SID  V  AVL FPD      DST DLM TM RH DM P
            (XEN) P:       SVT  SQ   SID  V  AVL FPD              PDA  URG P
            (XEN) R:  0000:  1   0  f0f8 f0    0   0 00000001   1  0  1  1 1
            (XEN) P:  0011:  1   1  0300 38    0   0 0000000123456780    0 1
            """);

    private HostFuzzSeeds() {
    }

    /** Writes the seeds of a target: its name, and the folder. */
    public static void main(String[] arguments) throws IOException {
        int count = 0;
        for (byte[] seed : of(HostFuzz.Target.valueOf(arguments[0].toUpperCase(Locale.ROOT)))) {
            Files.write(Path.of(arguments[1], "seed-" + count++), seed);
        }
    }

    static List<byte[]> of(HostFuzz.Target target) {
        return switch (target) {
            case REGISTERS -> bytes(REGISTERS);
            case ENTRIES -> bytes(ENTRIES);
            case BTF -> List.of(KernelImage.types());
            case KERNEL -> List.of(new byte[1], new byte[] {4, 20, 7, 'f', 'f', 'f', 'f', 'f', 'f', 'f', 'f'}, new byte[] {13, 2, 3, 0, 0, 3, 0});
        };
    }

    private static List<byte[]> bytes(List<String> texts) {
        List<byte[]> seeds = new ArrayList<>();
        texts.forEach(text -> seeds.add(text.getBytes(StandardCharsets.ISO_8859_1)));
        seeds.add(String.join("", texts).getBytes(StandardCharsets.ISO_8859_1));
        return seeds;
    }
}
