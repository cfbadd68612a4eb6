package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.ElfCore;
import dev.dmarshal.core.image.FlattenedBytes;
import dev.dmarshal.core.image.ImageFinding;
import dev.dmarshal.core.image.Kdump;
import dev.dmarshal.core.image.Lime;
import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Images made to cost time or memory: the work is bounded by what was counted here, and what is left out is said. */
class HostileTablesTest {

    /** Five levels in which every entry points to the one next table: 512 to the fifth ways, if nobody keeps count. */
    @Test
    void aTowerOfFiveLevelsIsReadOnce() {
        TestTables t = new TestTables();
        for (int level = 0; level < 5; level++) {
            for (int i = 0; i < 512; i++) {
                t.memory.write64(0x20_0000 + level * 0x1000 + i * 8, 0x20_1000 + level * 0x1000 | 7);
            }
        }
        TestTables.Kept kept = new TestTables.Kept();
        TreeLister lister = new TreeLister(t.image, UnitTables.anyUnit());
        lister.list(new PageTree(0x20_0000, 5, true), true, kept);
        assertThat(lister.tablesRead()).isEqualTo(5);
        assertThat(kept.gaps).hasSize(4 * 511).allMatch(hole -> hole.gap() == Gap.REPEATED_TABLE);
        assertThat(kept.runs).hasSize(512);
    }

    /** Every device of every bus has a tree of its own, each of them the same tables by another page. */
    @Test
    void manyTreesShareOneBudget() {
        TestTables t = new TestTables(32, 0x10_0000);
        List<Long> tops = new ArrayList<>();
        SecondStageTree tree = t.tree();
        for (int i = 0; i < 512; i++) {
            tree.map(i * 0x2000L, 0x10_0000 + i * 0x3000L, 0x1000, TestTables.RW);
        }
        for (int device = 0; device < 2048; device++) {
            long top = t.builder.page();
            t.memory.write64(top, t.memory.read64(tree.root()));
            tops.add(top);
            t.builder.context(t.root, device, new dev.dmarshal.core.vtd.ContextEntry(top | 1, 2 | (long) device + 1 << 8));
        }
        List<TableFinding> findings = Audit.of(t.image, new AuditScope(List.of(t.legacy()), List.of(), List.of(), List.of()));
        assertThat(tops).hasSize(2048);
        assertThat(findings).anyMatch(finding -> finding.label().equals("writable-and-shared"));
        assertThat(findings.size()).isLessThan(20_000);
    }

    /** A PASID directory of the largest size, each entry of which is the directory's own first page. */
    @Test
    void aPasidDirectoryThatIsItsOwnTableEnds() {
        TestTables t = new TestTables();
        long directory = 0x40_0000;
        for (int i = 0; i < 0x4000; i++) {
            t.memory.write64(directory + i * 8L, directory | 1);
        }
        t.builder.context(t.root, 0x10, ScalableContextEntry.builder().present(true).pasidEnabled(true).directory(directory).directorySize(7).build());
        var contents = DeviceScan.scan(t.image, t.scalable());
        assertThat(contents.attachments().size()).isLessThanOrEqualTo(DeviceScan.MOST_ATTACHMENTS);
        assertThat(contents.contextTables().size()).isLessThan(100);
    }

    @Test
    void headersThatPromiseTooMuchAreFindings() {
        ByteBuffer elf = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).putLong(32, 64).putLong(40, 64).putShort(54, (short) 56).putShort(56, (short) -1).putInt(64 + 44, -1);
        assertThat(said(ElfCore.read(source(elf)))).contains(ImageFinding.HEADER);
        ByteBuffer segments = ByteBuffer.allocate(64 + 56).order(ByteOrder.LITTLE_ENDIAN);
        segments.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 1);
        segments.putInt(64, 1).putLong(64 + 24, 1L << 51).putLong(64 + 32, Long.MAX_VALUE).putLong(64 + 40, Long.MAX_VALUE);
        assertThat(said(ElfCore.read(source(segments)))).contains(ImageFinding.HEADER);
        ByteBuffer lime = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x4C694D45).putInt(4, 1).putLong(8, 0).putLong(16, Long.MAX_VALUE);
        assertThat(said(Lime.read(source(lime)))).isNotEmpty();
        ByteBuffer kdump = ByteBuffer.allocate(16384).order(ByteOrder.LITTLE_ENDIAN);
        kdump.put("KDUMP   ".getBytes(StandardCharsets.US_ASCII)).putInt(8, 6).putInt(428, 4096).putInt(432, 1).putInt(436, -1).putInt(440, -1);
        assertThat(said(Kdump.read(List.of(source(kdump)), (packed, length, page) -> false))).contains(ImageFinding.HEADER);
        ByteBuffer flat = ByteBuffer.allocate(4096 + 32).order(ByteOrder.BIG_ENDIAN).put("makedumpfile".getBytes(StandardCharsets.US_ASCII))
                .putLong(4096, Long.MAX_VALUE - 1).putLong(4104, Integer.MAX_VALUE);
        List<ImageFinding> findings = new ArrayList<>();
        assertThat(FlattenedBytes.of(source(flat), findings).sizeBytes()).isZero();
        assertThat(findings).isNotEmpty();
    }

    private static MappedBytes source(ByteBuffer bytes) {
        return new MappedBytes(MemorySegment.ofArray(bytes.array()));
    }

    private static List<String> said(SavedMachine machine) {
        return machine.findings().stream().map(ImageFinding::label).toList();
    }
}
