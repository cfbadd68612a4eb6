package dev.dmarshal.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.host.image.SeenEntries.SeenInterrupt;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Entries that logs show, in the forms of their sources, and the tables that are known again by them. */
class EntryTextTest {

    @Test
    void whatLinuxPrintsAfterAFault() {
        List<SeenEntries> seen = EntryText.read("""
                [    9.1] DMAR: DRHD: handling fault status reg 2
                [    9.1] DMAR: [DMA Read NO_PASID] Request device [3a:02.0] fault addr 0x1f000 [fault reason 0x06] PTE Read access is not set
                [    9.1] DMAR: Dump dmar1 table entries for IOVA 0x1f000
                [    9.1] DMAR: root entry: 0x0000000123456001
                [    9.1] DMAR: context entry: hi 0x0000000000000302, low 0x0000000123457001
                [    9.1] DMAR: pte level: 4, pte value: 0x0000000000000000
                [    9.1] DMAR: page table not present at level 3
                [    9.2] DMAR: [DMA Write PASID 0x5] Request device [0000:00:1f.0] fault addr 0x1f000 [fault reason 0x71] SM: Present
                [    9.2] DMAR: Dump dmar0 table entries for IOVA 0x1f000
                [    9.2] DMAR: scalable mode root entry: hi 0x0000000104112001, low 0x0000000104111001
                [    9.2] DMAR: pasid dir entry: 0x0000000104113001
                """);
        assertThat(seen).containsExactly(new SeenEntries("dmar1", false, Map.of(0x74, 0x1_2345_6001L), Map.of()),
                new SeenEntries("dmar0", true, Map.of(0, 0x1_0411_1001L, 1, 0x1_0411_2001L), Map.of()));
    }

    /** In the form that Linux 6.12 has on the console, where it has no time: trials/src/build/dmar-debug.play. */
    @Test
    void whatLinuxPrintsInScalableMode() {
        String entries = IntStream.range(3, 8).mapToObj("DMAR: pasid table entry[%d]: 0x0000000000000000%n"::formatted).collect(Collectors.joining());
        List<SeenEntries> seen = EntryText.read("""
                DMAR: DRHD: handling fault status reg 2
                DMAR: [DMA Read PASID 0x0] Request device [1c:05.1] fault addr 0xfeffe000 [fault reason 0x71] SM: Present bit in first-level paging entry is clear
                DMAR: Dump dmar2 table entries for IOVA 0xfeffe000
                DMAR: scalable mode root entry: hi 0x0000000002afb001, low 0x0000000002af5001
                DMAR: context entry: hi 0x0000000000000000, low 0x0000000002af9401
                DMAR: pasid dir entry: 0x0000000002b0a001
                DMAR: pasid table entry[0]: 0x0000000000000049
                DMAR: pasid table entry[1]: 0x0000000000000004
                DMAR: pasid table entry[2]: 0x0000000002b08000
                %sDMAR: pte level: 4, pte value: 0x0000000002cf7027
                DMAR: pte level: 3, pte value: 0x0000000002cf8027
                DMAR: pte level: 2, pte value: 0x0000000002cf9027
                DMAR: pte level: 1, pte value: 0x0000000000000000
                DMAR: page table not present at level 0
                DMAR: DRHD: handling fault status reg 2
                dmar_fault: 5 callbacks suppressed
                DMAR: DRHD: handling fault status reg 2
                DMAR: [DMA Write NO_PASID] Request device [1d:00.0] fault addr 0x7000 [fault reason 0x02] Present bit in context entry is clear
                DMAR: Dump dmar2 table entries for IOVA 0x7000
                DMAR: scalable mode root entry: hi 0x0000000000000000, low 0x0000000002b31001
                DMAR: context entry: hi 0x0000000000000000, low 0x0000000000000000
                DMAR: pasid directory table is not present
                """.formatted(entries));
        assertThat(seen).containsExactly(new SeenEntries("dmar2", true, Map.of(0x38, 0x2af_5001L, 0x39, 0x2af_b001L, 0x3a, 0x2b3_1001L), Map.of()));
    }

    @Test
    void whatXenPrintsAfterAFault() {
        List<SeenEntries> seen = EntryText.read("""
                (XEN) [    7.0] [VT-D]DMAR:[DMA Write] Request device [0000:01:00.0] fault addr 3000
                (XEN) [    7.0] [VT-D]DMAR: reason 05 - PTE Write access is not set
                (XEN) [    7.0] print_vtd_entries: iommu #2 dev 0000:01:00.0 gmfn 3
                (XEN) [    7.0]     root_entry[01] = 7ff4a001
                (XEN) [    7.0]     context[00] = 102_7ff49001
                (XEN) [    7.0]     l4[000] = 7ff48003 rw
                (XEN) print_vtd_entries: iommu ffff83007ffe0f10 dev 0000:ff:1f.7 gmfn 3
                (XEN)     root_entry = ffff83007ff47000
                (XEN)     root_entry[ff] = 0
                (XEN)     root_entry[ff] not present
                """);
        assertThat(seen).containsExactly(new SeenEntries("iommu2", false, Map.of(2, 0x7ff4_a001L), Map.of()));
    }

    @Test
    void theDebugKeyOfXen() {
        String older = """
                (XEN) iommu 0: nr_pt_levels = 3.
                (XEN)   Queued Invalidation: supported and enabled.
                (XEN)   Interrupt Remapping: supported and enabled.
                (XEN)   Interrupt remapping table (nr_entry=0x10000. Only dump P=1 entries here):
                (XEN)        SVT  SQ   SID      DST  V  AVL DLM TM RH DM FPD P
                (XEN)   0000:  1   0  f0f8 00000001 f0    0   1  0  1  1   0 1
                (XEN)   0011:  1   1  0300 00000001 38    0   1  0  1  1   0 1
                """;
        String newer = """
                (XEN) [   12.1]  iommu 1: nr_pt_levels = 3.
                (XEN) [   12.1]   Interrupt remapping table (nr_entry=0x10000. Only dump P=1 entries here):
                (XEN) [   12.1] R means remapped format, P means posted format.
                (XEN) [   12.1] R:       SVT  SQ   SID  V  AVL FPD      DST DLM TM RH DM P
                (XEN) [   12.1] P:       SVT  SQ   SID  V  AVL FPD              PDA  URG P
                (XEN) [   12.1] R:  0000:  1   0  f0f8 f0    0   0 00000001   1  0  1  1 1
                (XEN) [   12.1] P:  0011:  1   1  0300 38    0   0 0000000123456780    0 1
                (XEN) [   12.1] Redirection table of IOAPIC 0:
                (XEN) [   12.1]   #entry IDX FMT MASK TRIG IRR POL STAT DELI  VECTOR
                (XEN) [   12.1]    02:  0000   1    0   0   0   0    0    0     f0
                """;
        Map<Integer, SeenInterrupt> entries = Map.of(0, new SeenInterrupt(1, 0, 0xf0f8), 0x11, new SeenInterrupt(1, 1, 0x300));
        assertThat(EntryText.read(older)).containsExactly(new SeenEntries("iommu0", false, Map.of(), entries));
        assertThat(EntryText.read(newer)).containsExactly(new SeenEntries("iommu1", false, Map.of(), entries));
    }

    @Test
    void anyTextEnds() {
        for (String text : new String[] {"", "root entry: 0x1", "root_entry[01] = 1", "  0000:  1   0  f0f8 00000001 f0    0   1  0  1  1   0 1",
            "Dump x table entries for IOVA\nroot entry: 0xfff1", "iommu 0: nr_pt_levels = \nSVT SQ SID \n 0000: 1 2 3 4 5 6 7 8"}) {
            assertThat(EntryText.read(text)).as(text).isEmpty();
        }
    }

    /** Two root tables that differ, and two interrupt tables. */
    @Test
    void tablesAreKnownAgain() {
        MemorySegment segment = MemorySegment.ofArray(new long[8 << 17]);
        SegmentMemory memory = new SegmentMemory(segment);
        TableBuilder builder = new TableBuilder(memory, 0x10_0000);
        long one = root(builder, 0x3a10);
        long two = root(builder, 0x3a10);
        for (long table = 0x40_0000; table <= 0x50_0000; table += 0x10_0000) {
            for (int i = 0; i < 8; i++) {
                Irte entry = Irte.xapic(0x30 + i, 1).from(1, 0, (int) (table >> 16) + i);
                memory.write64(table + i * 16L, entry.low());
                memory.write64(table + i * 16L + 8, entry.high());
            }
        }
        SavedMachine machine = new RawLayout.From(0).read(new MappedBytes(segment));
        SeenEntries roots = new SeenEntries("dmar1", false, Map.of(0x74, memory.read64(two + 0x3a0)), Map.of());
        UnitTables unit = TableLocator.locate(machine, RegisterText.units("dmar1: reg_base_addr fed91000 ver 1:0 cap d2008c22260206 ecap f00f4a"),
                List.of(roots)).units().getFirst();
        assertThat(unit.rootTable()).hasValue(two);
        assertThat(unit.name()).isEqualTo("dmar1");
        assertThat(unit.capabilitiesKnown()).isTrue();
        assertThat(unit.origin()).contains("1 root entry");
        assertThat(one).isNotEqualTo(two);
        SeenEntries interrupts = new SeenEntries("iommu0", false, Map.of(), Map.of(3, new SeenInterrupt(1, 0, 0x53)));
        assertThat(TableLocator.locate(machine, List.of(), List.of(interrupts)).units()).filteredOn(found -> found.interruptRegister().isPresent()).hasSize(1)
                .first().satisfies(found -> assertThat(found.interruptRegister()).hasValue(0x50_000FL));
        UnitTables both = TableLocator.locate(machine, List.of(), List.of(new SeenEntries("iommu0", false, roots.rootWords(), interrupts.interrupts())))
                .units().getFirst();
        assertThat(both.rootTable()).hasValue(two);
        assertThat(both.interruptRegister()).hasValue(0x50_000FL);
        SeenEntries strange = new SeenEntries("dmar9", false, Map.of(4, 0xABC001L), Map.of());
        assertThat(TableLocator.locate(machine, List.of(), List.of(strange)).search()).as("no page has that").isPresent();
    }

    private static long root(TableBuilder builder, int device) {
        long root = builder.page();
        SecondStageTree tree = builder.secondStage(AddressWidth.BITS_48);
        tree.map(0x1000, 0x60_0000, 0x1000, SecondStageTree.READ);
        builder.context(root, device, ContextEntry.builder().present(true).translationType(ContextEntry.TranslationType.UNTRANSLATED_ONLY)
                .secondStage(tree.root()).addressWidth(AddressWidth.BITS_48).domain(1).build());
        return root;
    }
}
