package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import org.junit.jupiter.api.Test;

/** The interrupt address range with caches on: nothing that a cache holds may lead into it, or past it. */
class InterruptRangeTest {
    private static final long RANGE = 0xFEE0_0000L;

    @Test
    void readsThereAreBlockedWhateverTheOutcomeHeldBefore() {
        Rig rig = Rig.legacy(CacheSizes.DEFAULT);
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
        tree.map(0x1000, 0x7000, 0x1000, Rig.RW);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
        rig.reads(0x1000, 0x7000);
        assertThat(rig.translate(RANGE, Request.READ)).isFalse();
        assertThat(rig.out.outcome()).isEqualTo(Translation.Outcome.BLOCKED);
        assertThat(rig.out.reason()).isEmpty();
        assertThat(rig.out.completion()).isEqualTo(Translation.Completion.UNSUPPORTED_REQUEST);
        assertThat(rig.recorded).isEmpty();
    }

    /** A large page over the range is good for its other addresses, and each address of it is looked at for itself. */
    @Test
    void largePagesOverIt() {
        for (int level = 2; level <= 3; level++) {
            Rig rig = Rig.legacy(CacheSizes.DEFAULT);
            SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
            long size = 0x1000L << 9 * (level - 1);
            long page = RANGE & -size;
            tree.largePages(level).map(0, page, size, Rig.RW);
            tree.map(size, page + size, size, Rig.RW);
            rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
            long outside = 0xFEF0_0000L - page;
            for (int round = 0; round < 2; round++) {
                rig.reads(outside, 0xFEF0_0000L);
                rig.reads(RANGE - page + size, RANGE + size);
                rig.faults(RANGE - page, Request.READ, FaultReason.LGN_4);
                rig.faults(RANGE + 0xF_FFFF - page, Request.WRITE, FaultReason.LGN_4);
            }
            // The page beside it is kept: a change of its entry is not seen yet.
            rig.memory.write64(tree.entryAddress(size, level), 0);
            rig.reads(size, page + size);
        }
    }

    /** A request with PASID may use the range as ordinary input; that must not become the way of an interrupt request of the same domain. */
    @Test
    void inputOfRequestsWithPasidIsNotKept() {
        Rig rig = Rig.scalable(CacheSizes.DEFAULT);
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
        tree.map(0x1000, 0x7000, 0x1000, Rig.RW);
        tree.map(RANGE, 0x9000, 0x1000, Rig.RW);
        PasidEntry entry = PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).addressWidth(AddressWidth.BITS_48)
                .secondStage(tree.root()).domain(5).build();
        long directory = rig.tables.pasidDirectory(7);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(directory).directorySize(7).build());
        rig.tables.pasid(directory, 0, entry);
        rig.tables.pasid(directory, 9, entry);
        rig.reads(0x1000, 0x7000);
        assertThat(rig.translate(RANGE, Request.WRITE, 9)).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x9000);
        assertThat(rig.translate(RANGE, Request.WRITE)).isTrue();
        assertThat(rig.out.outcome()).isEqualTo(Translation.Outcome.INTERRUPT);
    }
}
