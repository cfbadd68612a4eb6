package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A batch ends as its requests would one by one: on every kind of memory, with and without caches, with whatever stops it. */
class AddressBatchTest {
    private static final long WINDOW = 0x4000_0000L;
    private static final long INTERRUPTS = 0xFEE0_0000L;
    private static final int[] REQUESTS = {Request.READ, Request.WRITE, Request.ATOMIC};
    private static final CacheSizes[] SIZES = {CacheSizes.NONE, CacheSizes.DEFAULT, new CacheSizes(1, 1, 4, 0), new CacheSizes(4, 4, 0, 16)};

    private final long seed = Seed.value();
    private final SplittableRandom random = new SplittableRandom(seed);

    private static PhysicalMemory memory(boolean oneSegment) {
        return oneSegment ? new SegmentMemory(MemorySegment.ofArray(new long[1 << 19]), Rig.TABLES) : new SparseMemory(1L << 32);
    }

    @Test
    void legacyMode() {
        for (CacheSizes sizes : SIZES) {
            for (int levels = 3; levels <= 5; levels++) {
                for (boolean oneSegment : new boolean[] {false, true}) {
                    Rig rig = new Rig(Rig.legacyCapabilities().build(), sizes, memory(oneSegment));
                    SecondStageTree tree = fill(rig, levels);
                    rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
                    compare(rig, sizes);
                }
            }
        }
    }

    @Test
    void scalableMode() {
        for (CacheSizes sizes : SIZES) {
            Rig rig = new Rig(Rig.scalableCapabilities().build(), sizes, memory(true));
            SecondStageTree tree = fill(rig, 4);
            rig.pasid(0, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).secondStage(tree.root())
                    .addressWidth(AddressWidth.BITS_48).domain(5).build());
            compare(rig, sizes);
        }
    }

    /** Pages of all sizes and rights around {@link #WINDOW}, a few of them broken. */
    private SecondStageTree fill(Rig rig, int levels) {
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.ofLevels(levels));
        for (int page = 0; page < 512; page++) {
            int rights = random.nextInt(8) == 0 ? 1 + random.nextInt(2) : Rig.RW;
            tree.map(WINDOW + page * 0x1000L, random.nextLong(1L << 20) << 12, 0x1000, rights);
        }
        for (int i = 0; i < 8; i++) {
            long at = tree.entryAddress(WINDOW + random.nextInt(512) * 0x1000L, 1);
            rig.memory.write64(at, i == 0 ? 0xFEE0_1003L : i == 1 ? 0 : rig.memory.read64(at) ^ 1L << random.nextInt(64));
        }
        // In the interrupt address range tables do not count; beside it they do.
        tree.map(INTERRUPTS - 0x1000, 0x100_0000, 0x10_2000, Rig.RW);
        tree.largePages(2).map(WINDOW + 0x20_0000L, 0x80_0000L, 0x20_0000L, Rig.RW);
        return tree;
    }

    private long address() {
        return switch (random.nextInt(60)) {
            case 0 -> INTERRUPTS + random.nextInt(1 << 20);
            case 1 -> INTERRUPTS + (random.nextBoolean() ? -0x1000 : 0x10_0000);
            // A page that is there, but for a bit beyond the tables' width.
            case 2 -> WINDOW + random.nextInt(1 << 20) | 1L << 39 + random.nextInt(25);
            case 3 -> random.nextBoolean() ? 0 : random.nextLong();
            case 4, 5 -> WINDOW + 0x20_0000L + random.nextInt(1 << 21);
            default -> WINDOW + random.nextInt(1 << 21);
        };
    }

    /** A second unit over the same tables takes the requests one by one. */
    private void compare(Rig rig, CacheSizes sizes) {
        List<Rig.Recorded> recorded = new ArrayList<>();
        UnitCapabilities capabilities = rig.capabilities;
        AddressRemapper single = new AddressRemapper(capabilities, rig.memory, sizes,
                (reason, source, info, flags, pasid) -> recorded.add(new Rig.Recorded(reason, source, info, flags, pasid)));
        single.latch(rig.state());
        AddressBatch batch = new AddressBatch(200);
        Translation out = new Translation();
        for (int round = 0; round < 200; round++) {
            batch.clear();
            for (int size = random.nextInt(3) == 0 ? random.nextInt(201) : random.nextInt(12); size > 0; size--) {
                batch.add(address());
            }
            int source = random.nextInt(30) == 0 ? random.nextInt(0x1_0000) : Rig.DEVICE;
            int request = REQUESTS[random.nextInt(3)];
            int done = rig.unit.translateAll(source, request, batch, rig.out);
            for (int i = 0; i < done; i++) {
                assertThat(single.translate(source, batch.input(i), request, 0, out)).as("seed %d, %d of %d: %s", seed, i, done, out).isTrue();
                assertThat(out.translated()).isTrue();
                assertThat(batch.output(i)).as("seed %d", seed).isEqualTo(out.address());
            }
            if (done < batch.size()) {
                assertThat(single.translate(source, batch.input(done), request, 0, out) && out.translated()).as("seed %d: %s", seed, out).isFalse();
                assertThat(rig.out).as("seed %d", seed).hasToString(out.toString());
            }
        }
        assertThat(rig.recorded).as("seed %d", seed).isEqualTo(recorded).isNotEmpty();
    }

    @Test
    void allOfManyAreTranslated() {
        for (CacheSizes sizes : SIZES) {
            Rig rig = new Rig(Rig.legacyCapabilities().build(), sizes, memory(true));
            SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
            tree.map(WINDOW, 0x1_0000_0000L, 0x20_0000, Rig.RW);
            rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
            AddressBatch batch = new AddressBatch(512);
            for (int page = 511; page >= 0; page--) {
                batch.add(WINDOW + page * 0x1000L + page);
            }
            for (int round = 0; round < 2; round++) {
                assertThat(rig.unit.translateAll(Rig.DEVICE, Request.READ, batch, rig.out)).isEqualTo(512);
                for (int i = 0; i < 512; i++) {
                    assertThat(batch.output(i)).isEqualTo(0x1_0000_0000L + (511 - i) * 0x1001L);
                }
            }
        }
    }

    @Test
    void otherRequestsAndTooManyAddressesAreRefused() {
        Rig rig = Rig.legacy(CacheSizes.DEFAULT);
        AddressBatch batch = new AddressBatch(1);
        batch.add(5);
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.input(0)).isEqualTo(5);
        assertThatThrownBy(() -> batch.add(6)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
        assertThat(batch.size()).isEqualTo(1);
        for (int flag : new int[] {Request.PASID, Request.TRANSLATION, Request.TRANSLATED, Request.EXECUTE, Request.PRIVILEGED, Request.ZERO_LENGTH}) {
            assertThatThrownBy(() -> rig.unit.translateAll(Rig.DEVICE, Request.READ | flag, batch, rig.out)).isInstanceOf(IllegalArgumentException.class);
        }
        batch.clear();
        assertThat(batch.size()).isZero();
        assertThat(rig.unit.translateAll(Rig.DEVICE, Request.READ, batch, rig.out)).isZero();
    }
}
