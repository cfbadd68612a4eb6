package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A unit that takes over the caches of another one does from then on what that one does: stale entries, paging structures, large pages, which entry makes
 * room for which. Random tables, requests and invalidations; now and then a copy of the unit is made, also over one that has gone its own way meanwhile.
 */
class RestoredCachesTest {
    private static final long BASE = 0x4000_0000L;
    private static final int PAGES = 12;
    private static final int STEPS = 120;

    private final long seed = Seed.value();
    private final SplittableRandom random = new SplittableRandom(seed);
    private boolean scalable;
    private Rig rig;
    private AddressRemapper copy;
    /** Whether the copy has been told everything since it was made; if not, it is asked, but its answers are its own. */
    private boolean follows;
    private SecondStageTree[] trees;
    /** Scalable mode: where the PASID entries of the two bindings lie. */
    private long[] entries;

    @Test
    void legacy() {
        play(false);
    }

    @Test
    void scalable() {
        play(true);
    }

    private void play(boolean inScalableMode) {
        scalable = inScalableMode;
        for (long world = 0; world < Math.max(1, Seed.operations(24_000) / STEPS); world++) {
            CacheSizes sizes = random.nextBoolean() ? new CacheSizes(2, 4, 8, 4) : CacheSizes.DEFAULT;
            rig = scalable ? Rig.scalable(sizes) : Rig.legacy(sizes);
            copy = fresh(sizes);
            trees = new SecondStageTree[] {tree(), tree()};
            if (scalable) {
                long first = rig.pasid(0, entry(0));
                entries = new long[] {first, rig.tables.pasid(directory(), 1, entry(1))};
            } else {
                bind(0, 0);
                bind(1, 1);
            }
            for (int step = 0; step < STEPS; step++) {
                if (step == 0 || random.nextInt(12) == 0) {
                    copy = random.nextBoolean() ? fresh(sizes) : copy;
                    copy.restore(rig.unit.save());
                    follows = true;
                } else if (random.nextInt(12) == 0) {
                    follows = false;
                }
                step();
            }
        }
    }

    private AddressRemapper fresh(CacheSizes sizes) {
        AddressRemapper unit = new AddressRemapper(rig.capabilities, rig.memory, sizes, (reason, source, info, flags, pasid) -> { });
        unit.latch(new UnitState(true, scalable ? UnitState.TableMode.SCALABLE : UnitState.TableMode.LEGACY, rig.root, false, false, 0, 2, false,
                UnitState.Range.EMPTY, UnitState.Range.EMPTY));
        return unit;
    }

    private SecondStageTree tree() {
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
        for (int page = 0; page < PAGES; page++) {
            tree.map(input(page), target(), size(page), Rig.RW);
        }
        return tree;
    }

    /** Pages of 4 KiB in two tables, and three of 2 MiB. */
    private static long input(int page) {
        return page < 9 ? BASE + (page % 3) * 0x20_0000L + page * 0x1000L : 2 * BASE + page * 0x20_0000L;
    }

    private static long size(int page) {
        return page < 9 ? 0x1000 : 0x20_0000;
    }

    private long target() {
        return (1 + random.nextInt(200)) * 0x20_0000L;
    }

    private PasidEntry entry(int domain) {
        return PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).addressWidth(AddressWidth.BITS_48)
                .walkSnoop(true).domain(domain).secondStage(trees[domain].root()).build();
    }

    /** The directory that {@link Rig#pasid} has made for the device. */
    private long directory() {
        long contexts = rig.memory.read64(rig.root + (Rig.DEVICE >>> 8) * 16L) & -0x1000L;
        return rig.memory.read64(contexts + (Rig.DEVICE & 0x7F) * 32L) & -0x1000L;
    }

    /** Two devices in legacy mode; in scalable mode the device's own requests, and those with PASID 1. */
    private void bind(int binding, int domain) {
        if (scalable) {
            entry(domain).write(rig.memory, entries[binding]);
        } else {
            rig.tables.context(rig.root, Rig.DEVICE + binding, Rig.context(trees[domain]).domain(domain).build());
        }
    }

    private void step() {
        int page = random.nextInt(PAGES);
        int domain = random.nextInt(2);
        switch (random.nextInt(10)) {
            case 0 -> trees[domain].map(input(page), target(), size(page), random.nextInt(4) == 0 ? SecondStageTree.READ : Rig.RW);
            case 1 -> bind(random.nextInt(2), domain);
            case 2 -> invalidate(page, domain);
            case 3 -> turnTable(page, domain);
            default -> request(page);
        }
    }

    /** A table is put in another's place, so that paging structures in a cache are stale. */
    private void turnTable(int page, int domain) {
        if (page < 9) {
            long table = rig.memory.read64(trees[1 - domain].entryAddress(input(page), 2));
            rig.memory.write64(trees[domain].entryAddress(input(page), 2), table);
        }
    }

    private void invalidate(int page, int domain) {
        boolean leavesOnly = random.nextBoolean();
        int which = random.nextInt(5);
        for (CacheControl caches : follows ? List.of(rig.unit.caches(), copy.caches()) : List.of(random.nextBoolean() ? rig.unit.caches() : copy.caches())) {
            switch (which) {
                case 0 -> caches.invalidatePages(domain, input(page), 0, leavesOnly);
                case 1 -> caches.invalidateTranslationsOfDomain(domain);
                case 2 -> caches.invalidateContextsOfDevice(domain, Rig.DEVICE, 0);
                case 3 -> caches.invalidatePasidsOfDomain(domain);
                default -> caches.invalidatePages(domain, BASE, 9, leavesOnly);
            }
        }
    }

    private void request(int page) {
        int binding = random.nextInt(2);
        int source = scalable ? Rig.DEVICE : Rig.DEVICE + binding;
        int request = (random.nextBoolean() ? Request.READ : Request.WRITE) | (scalable && binding == 1 ? Request.PASID : 0);
        long address = input(page) + random.nextInt(0x1000);
        rig.unit.translate(source, address, request, binding, rig.out);
        String expected = rig.out.toString();
        copy.translate(source, address, request, binding, rig.out);
        if (follows) {
            assertThat(rig.out).as("the copy, seed %d", seed).hasToString(expected);
        }
    }
}
