package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.MemoryRanges;
import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.SecondStageEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short way says yes to every usual request, and never to one that the full walk decides otherwise: with every bit of every entry turned over in turn. */
class PlainWalkTest {
    private static final int BYTES = 1 << 18;
    private static final int SOURCE = 0x4E7B;
    private static final long TARGET = 0x5_4321_6000L;

    private final SegmentMemory memory = new SegmentMemory(MemorySegment.ofArray(new long[BYTES / Long.BYTES]), Rig.TABLES);
    private final UnitCapabilities capabilities = Rig.legacyCapabilities().build();
    private final PlainWalk walk = new PlainWalk(memory, new TableRules(capabilities));
    /** The same memory as one of several ranges, so that there is no short way. */
    private final Rig full = new Rig(capabilities, CacheSizes.NONE, new MemoryRanges(List.of(new MemoryRanges.Range(Rig.TABLES, BYTES, memory))));
    private final long root = walk.root(state(UnitState.TableMode.LEGACY, full.root));

    private static UnitState state(UnitState.TableMode mode, long root) {
        return new UnitState(true, mode, root, false, false, 0, 2, false, UnitState.Range.EMPTY, UnitState.Range.EMPTY);
    }

    /** A page in a tree of so many levels, whose index differs at each of them. */
    private static long input(int levels) {
        return 0x00AB_CDEF_1234_5000L & (1L << 11 + 9 * levels) - 1;
    }

    private SecondStageTree tree(int levels, int rights) {
        SecondStageTree tree = full.tables.secondStage(AddressWidth.ofLevels(levels));
        tree.map(input(levels), TARGET, 0x1000, rights);
        full.tables.context(full.root, SOURCE, Rig.context(tree).build());
        return tree;
    }

    private static long mapping(long rights) {
        return Mapping.of(TARGET, rights | (rights & Mapping.READ) << 2, 0);
    }

    @Test
    void usualRequestsTakeIt() {
        for (int levels = 3; levels <= 5; levels++) {
            for (int rights = 1; rights <= 3; rights++) {
                SecondStageTree tree = tree(levels, rights);
                assertThat(walk.find(root, SOURCE, input(levels) + 0x123)).isEqualTo(mapping(rights));
                assertThat(walk.pages(tree.root(), levels, input(levels), false)).isEqualTo(mapping(rights));
                assertThat(walk.pages(tree.root(), levels, input(levels), true)).isEqualTo(mapping(rights));
                assertThat(walk.find(root, SOURCE ^ 1, input(levels))).isZero();
                assertThat(walk.find(root, SOURCE ^ 0x100, input(levels))).isZero();
                assertThat(Mapping.rights(walk.find(root, SOURCE, input(levels) ^ 0x1000), Request.READ)).isZero();
                assertThat(walk.find(root, SOURCE, input(levels) | 1L << 63)).isZero();
            }
        }
    }

    @Test
    void tablesTakeRightsAway() {
        for (int levels = 3; levels <= 5; levels++) {
            SecondStageTree tree = tree(levels, Rig.RW);
            for (int level = levels; level >= 1; level--) {
                long at = tree.entryAddress(input(levels), level);
                long entry = memory.read64(at);
                memory.write64(at, entry & ~Mapping.WRITE);
                assertThat(walk.find(root, SOURCE, input(levels))).isEqualTo(mapping(Mapping.READ));
                memory.write64(at, entry);
            }
        }
    }

    @Test
    void snoopingIsShown() {
        SecondStageTree tree = tree(4, Rig.RW);
        long leaf = tree.entryAddress(input(4), 1);
        memory.write64(leaf, memory.read64(leaf) | SecondStageEntry.SNOOP.mask());
        assertThat(walk.find(root, SOURCE, input(4))).isEqualTo(mapping(3) | Mapping.SNOOP);
    }

    @Test
    void anyOtherBitLeavesItToTheFullWalk() {
        for (int levels = 3; levels <= 5; levels++) {
            SecondStageTree tree = tree(levels, Rig.RW);
            long context = (memory.read64(full.root + (SOURCE >>> 8) * 16) & -0x1000L) + (SOURCE & 0xFF) * 16;
            compare(full.root + (SOURCE >>> 8) * 16, levels);
            compare(full.root + (SOURCE >>> 8) * 16 + 8, levels);
            compare(context, levels);
            compare(context + 8, levels);
            for (int level = levels; level >= 1; level--) {
                compare(tree.entryAddress(input(levels), level), levels);
            }
        }
    }

    private static AddressBatch batch(int levels) {
        AddressBatch batch = new AddressBatch(1);
        batch.add(input(levels));
        return batch;
    }

    private void compare(long at, int levels) {
        long entry = memory.read64(at);
        for (int bit = 0; bit < 64; bit++) {
            memory.write64(at, entry ^ 1L << bit);
            long mapping = walk.find(root, SOURCE, input(levels));
            assertThat(walk.findAll(root, SOURCE, Mapping.READ, batch(levels), 0)).isEqualTo((mapping & Mapping.READ) != 0 ? 1 : 0);
            boolean translated = full.unit.translate(SOURCE, input(levels), Request.READ, 0, full.out);
            boolean usual = translated && full.out.pageBits() == 12 && (memory.read64(context()) & 0xC) == 0;
            assertThat((mapping & Mapping.READ) != 0).as("bit %d of the word at %x: %s", bit, at, full.out).isEqualTo(usual);
            if (usual) {
                assertThat(Mapping.address(mapping, input(levels))).isEqualTo(full.out.address());
                assertThat((mapping & Mapping.WRITE) != 0).isEqualTo(full.out.writable());
                assertThat((mapping & Mapping.SNOOP) != 0).isEqualTo(full.out.snooped());
            }
        }
        memory.write64(at, entry);
    }

    /** Where the full walk finds the context entry; in the table's first page if there is none. */
    private long context() {
        long contexts = memory.read64(full.root + (SOURCE >>> 8) * 16) & 0x000F_FFFF_FFFF_F000L;
        long at = contexts + (SOURCE & 0xFF) * 16;
        return memory.contains(at, 8) ? at : full.root;
    }

    @Test
    void otherStatesHaveNone() {
        assertThat(root).isEqualTo(full.root);
        assertThat(walk.root(state(UnitState.TableMode.SCALABLE, full.root))).isEqualTo(PlainWalk.NONE);
        assertThat(walk.root(state(UnitState.TableMode.LEGACY, Rig.TABLES - 0x1000))).isEqualTo(PlainWalk.NONE);
        assertThat(walk.root(new UnitState(false, UnitState.TableMode.LEGACY, full.root, false, false, 0, 2, false, UnitState.Range.EMPTY,
                UnitState.Range.EMPTY))).isEqualTo(PlainWalk.NONE);
        tree(4, Rig.RW);
        assertThat(walk.find(PlainWalk.NONE, SOURCE, input(4))).isZero();
    }

    /** Output in the interrupt range is a fault; pages beside it are not. */
    @Test
    void pagesOfTheInterruptRangeAreNotPlain() {
        SecondStageTree tree = tree(4, Rig.RW);
        for (long page : new long[] {0xFEE0_0000L, 0xFEEF_F000L, 0xFEDF_F000L, 0xFEF0_0000L, 0x1_FEE0_0000L}) {
            tree.map(input(4), page, 0x1000, Rig.RW);
            assertThat(walk.find(root, SOURCE, input(4)) == 0).isEqualTo(page >>> 20 == 0xFEE);
        }
    }
}
