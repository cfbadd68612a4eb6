package dev.dmarshal.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contract of {@link PhysicalMemory}, held against every implementation; each memory has the bytes 0 to FFFFh and nothing else. */
class PhysicalMemoryTest {

    private record Named(String name, PhysicalMemory memory) {
    }

    private static List<Named> memories() {
        SparseMemory low = new SparseMemory(0x8000);
        PhysicalMemory high = new SegmentMemory(MemorySegment.ofArray(new long[0x1000]), 0x8000);
        return List.of(new Named("sparse", new SparseMemory(0x1_0000)), new Named("heap", new SegmentMemory(MemorySegment.ofArray(new long[0x2000]))),
                new Named("native", new SegmentMemory(Arena.ofAuto().allocate(0x1_0000, 8))),
                new Named("ranges", new MemoryRanges(List.of(new MemoryRanges.Range(0x8000, 0x8000, high), new MemoryRanges.Range(0, 0x8000, low)))));
    }

    @TestFactory
    Stream<DynamicTest> contract() {
        return memories().stream().map(named -> DynamicTest.dynamicTest(named.name, () -> {
            knowsItsBounds(named.memory);
            keepsWords(named.memory);
            swapsOnlyWhatItExpects(named.memory);
            refusesWhatIsNotThere(named.memory);
        }));
    }

    private static void knowsItsBounds(PhysicalMemory memory) {
        assertThat(memory.contains(0, 8)).isTrue();
        assertThat(memory.contains(0xFFF8, 8)).isTrue();
        assertThat(memory.contains(0xFFFC, 8)).isFalse();
        assertThat(memory.contains(0x1_0000, 1)).isFalse();
        assertThat(memory.contains(-8, 8)).isFalse();
        assertThat(memory.contains(-8, 16)).isFalse();
        assertThat(memory.contains(8, -1)).isFalse();
        assertThat(memory.contains(8, Long.MAX_VALUE)).isFalse();
    }

    private static void keepsWords(PhysicalMemory memory) {
        assertThat(memory.read64(0x5008)).isZero();
        memory.write64(0x5008, 0x1122_3344_5566_7788L);
        assertThat(memory.read64(0x5008)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(memory.read32(0x5008)).isEqualTo(0x5566_7788);
        assertThat(memory.read32(0x500C)).isEqualTo(0x1122_3344);
        memory.write32(0x500C, 0x8000_0001);
        assertThat(memory.read64(0x5008)).isEqualTo(0x8000_0001_5566_7788L);
        memory.write32(0x5008, -1);
        assertThat(memory.read64(0x5008)).isEqualTo(0x8000_0001_FFFF_FFFFL);
        assertThat(memory.read64(0x5000)).isZero();
        assertThat(memory.read64(0x5010)).isZero();
        memory.write64(0xFFF8, 9);
        assertThat(memory.read64(0xFFF8)).isEqualTo(9);
    }

    private static void swapsOnlyWhatItExpects(PhysicalMemory memory) {
        memory.write64(0x6000, 7);
        assertThat(memory.compareAndSet64(0x6000, 8, 9)).isFalse();
        assertThat(memory.read64(0x6000)).isEqualTo(7);
        assertThat(memory.compareAndSet64(0x6000, 7, 9)).isTrue();
        assertThat(memory.read64(0x6000)).isEqualTo(9);
        assertThat(memory.compareAndSet64(0x9008, 0, 5)).isTrue();
        assertThat(memory.read64(0x9008)).isEqualTo(5);
    }

    private static void refusesWhatIsNotThere(PhysicalMemory memory) {
        assertThatThrownBy(() -> memory.read64(0x1_0000)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.write64(-8, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.read64(4)).isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
    }

    @Test
    void sparseMemoryGrowsWithItsPages() {
        SparseMemory memory = new SparseMemory(1L << 52);
        for (long page = 0; page < 1000; page++) {
            memory.write64(page * 0x1_0000_1000L, page + 1);
        }
        for (long page = 0; page < 1000; page++) {
            assertThat(memory.read64(page * 0x1_0000_1000L)).isEqualTo(page + 1);
        }
        assertThat(memory.pagesInUse()).isEqualTo(1000);
        assertThat(memory.pageAddresses()).hasSize(1000).isSorted().startsWith(0, 0x1_0000_1000L);
    }

    @Test
    void refusesByteArraysAndMisplacedSegments() {
        assertThatThrownBy(() -> new SegmentMemory(MemorySegment.ofArray(new byte[64]))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentMemory(MemorySegment.ofArray(new long[8]), 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SparseMemory(100)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wordsBesideASegmentReadAsZero() {
        for (long base : new long[] {0, 0x8000}) {
            SegmentMemory memory = new SegmentMemory(MemorySegment.ofArray(new long[] {-1, -2}), base);
            assertThat(memory.readOrZero(base, 0)).isEqualTo(-1);
            assertThat(memory.readOrZero(base, 8)).isEqualTo(-2);
            assertThat(memory.readOrZero(base - 0x1000, 0x1008)).isEqualTo(-2);
            assertThat(memory.readOrZero(base, 16)).isZero();
            assertThat(memory.readOrZero(base - 8, 0)).isZero();
            assertThat(memory.readOrZero(base | 1L << 63, 0)).isZero();
        }
    }

    @Test
    void rangesMustNotOverlapNorSpan() {
        SparseMemory memory = new SparseMemory(0x1_0000);
        assertThatThrownBy(() -> new MemoryRanges(List.of(new MemoryRanges.Range(0, 0x2000, memory), new MemoryRanges.Range(0x1000, 0x1000, memory))))
                .isInstanceOf(IllegalArgumentException.class);
        PhysicalMemory touching = new MemoryRanges(List.of(new MemoryRanges.Range(0, 0x1000, memory), new MemoryRanges.Range(0x1000, 0x1000, memory)));
        assertThat(touching.contains(0xFF8, 16)).isFalse();
        assertThat(touching.contains(0x1000, 0x1000)).isTrue();
    }
}
