package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random tables with random damage: the walker without caches, the walker with caches after full invalidation, and a second look at warm caches
 * must all say what the naive oracle says.
 */
class OracleTest {
    private final long seed = Seed.value();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Set<Integer> outcomes = new HashSet<>();
    private static final int SEGMENT_BYTES = 1 << 21;
    /** Where the tables lie if not in sparse memory. */
    private long[] segment = {};
    private Rig rig;
    private AddressRemapper cached;
    private final List<Long> words = new ArrayList<>();
    private final List<Long> inputs = new ArrayList<>();

    @Test
    void legacyTablesWithDamage() {
        cover(false, Rig.legacyCapabilities(), 0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0B, 0x0C, 0x0E);
    }

    @Test
    void scalableTablesWithDamage() {
        cover(true, Rig.scalableCapabilities(), 0, 0x39, 0x3A, 0x41, 0x42, 0x51, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x71, 0x72, 0x79, 0x7A, 0x80,
                0x81, 0x82, 0x83, 0x85, 0x86, 0x90);
    }

    /** The short ways of a unit over one segment ({@link PlainWalk}) say what the full walk would, or leave it to it. */
    @Test
    void legacyTablesInOneSegment() {
        segment = new long[SEGMENT_BYTES / Long.BYTES];
        cover(false, Rig.legacyCapabilities(), 0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0B, 0x0C, 0x0E);
    }

    @Test
    void scalableTablesInOneSegment() {
        segment = new long[SEGMENT_BYTES / Long.BYTES];
        cover(true, Rig.scalableCapabilities(), 0, 0x39, 0x41, 0x42, 0x51, 0x59, 0x5A, 0x5B, 0x71, 0x72, 0x79, 0x7A, 0x85, 0x86, 0x90);
    }

    private PhysicalMemory memory() {
        if (segment.length == 0) {
            return new SparseMemory(1L << 32);
        }
        Arrays.fill(segment, 0);
        return new SegmentMemory(MemorySegment.ofArray(segment), Rig.TABLES);
    }

    /** Rare outcomes may need more worlds than one round has. */
    private void cover(boolean scalable, UnitCapabilities.Builder capabilities, Integer... wanted) {
        for (int round = 0; round == 0 || round < 8 && !outcomes.containsAll(List.of(wanted)); round++) {
            run(scalable, capabilities);
        }
        assertThat(outcomes).as("seed " + seed).contains(wanted);
    }

    private void run(boolean scalable, UnitCapabilities.Builder capabilities) {
        long worlds = Math.max(1, Seed.operations(60_000) / 200);
        for (long world = 0; world < worlds; world++) {
            rig = new Rig(capabilities.build(), CacheSizes.NONE, memory());
            cached = new AddressRemapper(rig.capabilities, rig.memory, random.nextBoolean() ? CacheSizes.DEFAULT
                    : new CacheSizes(256, 256, 4096, 0), (reason, source, info, flags, pasid) -> { });
            cached.latch(new UnitState(true, scalable ? UnitState.TableMode.SCALABLE : UnitState.TableMode.LEGACY, rig.root, false, false, 0, 2, false,
                    UnitState.Range.EMPTY, UnitState.Range.EMPTY));
            words.clear();
            inputs.clear();
            if (scalable) {
                buildScalable();
            } else {
                buildLegacy();
            }
            for (int round = 0; round < 10; round++) {
                cached.caches().invalidateContexts();
                cached.caches().invalidateTranslations();
                for (int probe = 0; probe < 20; probe++) {
                    probe(scalable);
                }
                damage();
            }
        }
    }

    private void buildLegacy() {
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.ofLevels(3 + random.nextInt(3)));
        fill(tree);
        words.add(rig.root + 0x10);
        long at = rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree)
                .translationType(random.nextInt(8) == 0 ? ContextEntry.TranslationType.PASS_THROUGH : ContextEntry.TranslationType.UNTRANSLATED_ONLY)
                .build());
        words.add(at);
        words.add(at + 8);
    }

    private void fill(SecondStageTree tree) {
        for (int i = 0; i < 8; i++) {
            int level = random.nextInt(6) == 0 ? 3 : random.nextInt(3) == 0 ? 2 : 1;
            long size = 1L << 12 + 9 * (level - 1);
            // Each range in a part of its own, whose lower half stays free for nested tables.
            long part = 1L << 9 + 9 * tree.levels();
            long input = part * i + part / 2 + random.nextLong(part / 2) & -size;
            long output = random.nextInt(12) == 0 ? 0xFEE0_0000L & -size : random.nextLong(1L << 40) & -size;
            tree.largePages(level).map(input, output, size, 1 + random.nextInt(3));
            inputs.add(input);
            for (int at = tree.levels(); at >= level; at--) {
                words.add(tree.entryAddress(input, at));
            }
        }
    }

    private void buildScalable() {
        SecondStageTree second = rig.tables.secondStage(AddressWidth.ofLevels(3 + random.nextInt(3)));
        fill(second);
        PasidEntry.TranslationType type = PasidEntry.TranslationType.values()[random.nextInt(4)];
        boolean nested = type == PasidEntry.TranslationType.NESTED;
        long offset = 0x10_0000_0000L;
        FirstStageTree first = rig.tables.nestedFirstStage(4 + random.nextInt(2), nested ? offset : 0);
        for (int i = 0; i < 8; i++) {
            int level = random.nextInt(6) == 0 ? 3 : random.nextInt(3) == 0 ? 2 : 1;
            long size = 1L << 12 + 9 * (level - 1);
            int sign = 64 - (12 + 9 * first.levels());
            long input = random.nextLong() << sign >> sign & -size;
            long output = (nested && random.nextInt(4) != 0 ? inputs.get(random.nextInt(8)) & (1L << 46) - 1 : random.nextLong(1L << 40)) & -size;
            first.largePages(level).map(input, output, size, random.nextInt(2) * 2 | (random.nextInt(4) == 0 ? 0 : 4) | random.nextInt(2) * 8);
            inputs.add(input);
            for (int at = first.levels(); at >= level; at--) {
                long entry = first.entryAddress(input, at);
                words.add(entry);
                if (nested) {
                    second.largePages(1).map((entry & -0x1000L) + offset, entry & -0x1000L, 0x1000, random.nextInt(40) == 0 ? 1 + random.nextInt(2) : 3);
                }
            }
        }
        PasidEntry entry = PasidEntry.builder().present(true).translationType(type).addressWidth(AddressWidth.ofLevels(second.levels()))
                .secondStage(second.root()).firstStage(first.root()).firstStageLevels(first.levels()).domain(random.nextInt(1 << 16))
                .walkSnoop(random.nextInt(6) != 0).secondStageAccessedDirty(random.nextBoolean()).supervisor(random.nextInt(4) != 0)
                .execute(random.nextInt(4) != 0).writeProtect(random.nextBoolean()).noExecute(random.nextInt(4) != 0)
                .extendedAccessed(random.nextInt(4) == 0).build();
        int pasid = random.nextBoolean() ? 3 : 0;
        ScalableContextEntry.Builder context = Rig.scalableContext().ridPasid(pasid).ridPrivileged(random.nextInt(4) == 0);
        long at = rig.pasid(3, entry, context);
        long directory = context.build().directory();
        // Another domain: damage may give the two entries different tables, which one domain must not have.
        rig.tables.pasid(directory, 0, new PasidEntry(entry.word0(), entry.word1() ^ 0x5555, entry.word2(), 0, 0, 0, 0, 0));
        words.add(rig.root + 0x10);
        words.add(directory);
        for (int i = 0; i < 8; i++) {
            words.add(at + 8 * i);
        }
        long root = rig.memory.read64(rig.root + 0x10) & -0x1000L;
        words.add(root + (Rig.DEVICE & 0x7F) * 32L);
        words.add(root + (Rig.DEVICE & 0x7F) * 32L + 8);
    }

    /** Flips, sets or clears a bit of some entry, mostly near its ends where the flags are. */
    private void damage() {
        long at = words.get(random.nextInt(words.size()));
        int bit = random.nextInt(3) == 0 ? random.nextInt(64) : random.nextInt(12);
        rig.memory.write64(at, rig.memory.read64(at) ^ 1L << bit);
    }

    private void probe(boolean scalable) {
        long address = inputs.get(random.nextInt(inputs.size())) + random.nextInt(0x1000);
        if (random.nextInt(8) == 0) {
            address ^= 1L << random.nextInt(64);
        }
        int request = new int[] {Request.READ, Request.WRITE, Request.ATOMIC}[random.nextInt(3)];
        if (random.nextInt(scalable ? 2 : 20) == 0) {
            request |= Request.PASID | (random.nextBoolean() ? Request.EXECUTE & -(request & 1) : 0) | (random.nextBoolean() ? Request.PRIVILEGED : 0);
        }
        if (address >>> 20 == 0xFEE && (request & Request.PASID) == 0) {
            return;
        }
        NaiveOracle.Answer expected = new NaiveOracle(rig.capabilities, rig.memory).translate(scalable, rig.root, Rig.DEVICE, address, request, 3);
        outcomes.add(expected.fault());
        compare("without caches", rig.unit, address, request, expected);
        compare("cold caches", cached, address, request, expected);
        compare("warm caches", cached, address, request, expected);
    }

    private void compare(String how, AddressRemapper unit, long address, int request, NaiveOracle.Answer expected) {
        boolean ok = unit.translate(Rig.DEVICE, address, request, 3, rig.out);
        NaiveOracle.Answer actual = ok ? new NaiveOracle.Answer(rig.out.address(), 0, false)
                : new NaiveOracle.Answer(0, rig.out.reasonCode(), !rig.out.recorded());
        if (!actual.equals(expected)) {
            assertThat(actual).as("%s, 0x%x request 0x%x, seed %d%n%s", how, address, request, seed,
                    rig.unit.trace(Rig.DEVICE, address, request, 3)).isEqualTo(expected);
        }
    }
}
