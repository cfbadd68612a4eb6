package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random changes of tables, translations and invalidations against a model without caches that knows, for every page, which results may still be stale.
 * Two devices move between two domains; each domain has 16 pages under one entry at level 2 that points to one of two tables, to a 2 MiB page, or nowhere.
 * The long mode is {@code -Doperations=10000000}.
 */
class CacheModelTest {
    private static final int PAGES = 16;
    private static final int LARGE = 2;
    private static final int NOWHERE = 3;
    private static final long BASE = 0x4000_0000L;
    private static final int[] DEVICES = {0x0100, 0x0208};

    private final long seed = Seed.value();
    private final SplittableRandom random = new SplittableRandom(seed);
    private Rig rig;
    private Domain[] domains;
    /** For each device the domains that its context entry had since its context was last invalidated; the present one last. */
    private final List<List<Integer>> contexts = List.of(new ArrayList<>(), new ArrayList<>());
    private long stale;

    /** A domain's tables as they are, and as they may still be cached. */
    private final class Domain {
        private final int id;
        private final SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
        private final long upper = tree.entryAddress(BASE, 2);
        private final long[] tables = {rig.tables.page(), rig.tables.page()};
        private final long[][] leaves = new long[4][PAGES];
        private int now = NOWHERE;
        private final boolean[] uppers = {false, false, false, true};
        private final List<List<Long>> seen = new ArrayList<>();

        private Domain(int id) {
            this.id = id;
            for (int page = 0; page < PAGES; page++) {
                seen.add(new ArrayList<>());
                leaves[LARGE][page] = 0x20_0000L * (id + 8) + page * 0x1000L;
            }
        }

        private void setLeaf(int table, int page, long target) {
            rig.memory.write64(tables[table] + page * 8L, target == 0 ? 0 : target | 3);
            leaves[table][page] = target;
            note();
        }

        private void setUpper(int kind) {
            rig.memory.write64(upper, switch (kind) {
                case LARGE -> leaves[LARGE][0] | 0x83;
                case NOWHERE -> 0;
                default -> tables[kind] | 3;
            });
            now = kind;
            uppers[kind] = true;
            note();
        }

        /** Everything that can be read now may be cached from now on. */
        private void note() {
            for (int page = 0; page < PAGES; page++) {
                for (int kind = 0; kind < NOWHERE; kind++) {
                    long value = leaves[kind][page];
                    if (uppers[kind] && value != 0 && !seen.get(page).contains(value)) {
                        seen.get(page).add(value);
                    }
                }
            }
        }

        private void forget(int first, int count, boolean leavesOnly) {
            if (!leavesOnly) {
                Arrays.fill(uppers, false);
                uppers[now] = true;
            }
            for (int page = first; page < first + count; page++) {
                seen.get(page).clear();
            }
            note();
        }

        private boolean allows(int page, long result) {
            return result == 0 ? absent(page) : seen.get(page).contains(result);
        }

        private boolean absent(int page) {
            boolean absent = false;
            for (int kind = 0; kind < 4; kind++) {
                absent |= (uppers[kind] || kind == now) && leaves[kind][page] == 0;
            }
            return absent;
        }
    }

    @Test
    void nothingIsFoundThatCannotBeCached() {
        long operations = Seed.operations(200_000);
        for (CacheSizes sizes : List.of(new CacheSizes(2, 0, 8, 4), CacheSizes.DEFAULT)) {
            start(sizes);
            for (long i = 0; i < operations / 2; i++) {
                step();
            }
        }
        assertThat(stale).as("results that only a cache can have given, seed " + seed).isPositive();
    }

    private void start(CacheSizes sizes) {
        rig = Rig.legacy(sizes);
        domains = new Domain[] {new Domain(0), new Domain(1)};
        for (int device = 0; device < 2; device++) {
            contexts.get(device).clear();
            setContext(device, device);
        }
    }

    private void setContext(int device, int domain) {
        rig.tables.context(rig.root, DEVICES[device], Rig.context(domains[domain].tree).domain(domain).build());
        contexts.get(device).remove(Integer.valueOf(domain));
        contexts.get(device).add(domain);
    }

    private void step() {
        Domain domain = domains[random.nextInt(2)];
        int page = random.nextInt(PAGES);
        switch (random.nextInt(16)) {
            case 0, 1 -> domain.setLeaf(random.nextInt(2), page, random.nextInt(4) == 0 ? 0 : (1 + random.nextInt(200)) * 0x1000L);
            case 2 -> domain.setUpper(random.nextInt(4));
            case 3 -> setContext(random.nextInt(2), random.nextInt(2));
            case 4 -> invalidate(domain, page);
            case 5 -> invalidateContext();
            default -> translate(random.nextInt(2), page);
        }
    }

    private void translate(int device, int page) {
        long address = BASE + page * 0x1000L + random.nextInt(0x1000);
        boolean ok = rig.unit.translate(DEVICES[device], address, random.nextBoolean() ? Request.READ : Request.WRITE, 0, rig.out);
        long result = ok ? rig.out.address() - (address & 0xFFF) : 0;
        boolean allowed = false;
        for (int domain : contexts.get(device)) {
            allowed |= domains[domain].allows(page, result);
        }
        Domain current = domains[contexts.get(device).getLast()];
        stale += current.leaves[current.now][page] == result ? 0 : 1;
        assertThat(allowed).as("page %d of device %d gave 0x%x, seed %d", page, device, result, seed).isTrue();
    }

    private void invalidate(Domain domain, int page) {
        CacheControl caches = rig.unit.caches();
        boolean leavesOnly = random.nextBoolean();
        switch (random.nextInt(4)) {
            case 0 -> {
                caches.invalidateTranslations();
                domains[0].forget(0, PAGES, false);
                domains[1].forget(0, PAGES, false);
            }
            case 1 -> {
                caches.invalidateTranslationsOfDomain(domain.id);
                domain.forget(0, PAGES, false);
            }
            case 2 -> {
                int mask = random.nextInt(5);
                caches.invalidatePages(domain.id, BASE + page * 0x1000L, mask, leavesOnly);
                domain.forget(page & -(1 << mask), 1 << mask, leavesOnly);
            }
            default -> {
                caches.invalidatePages(domain.id, BASE, 9, leavesOnly);
                domain.forget(0, PAGES, leavesOnly);
            }
        }
    }

    private void invalidateContext() {
        int device = random.nextInt(2);
        List<Integer> known = contexts.get(device);
        int domain = known.get(random.nextInt(known.size()));
        switch (random.nextInt(3)) {
            case 0 -> {
                rig.unit.caches().invalidateContexts();
                contexts.forEach(CacheModelTest::keepLast);
            }
            case 1 -> {
                rig.unit.caches().invalidateContextsOfDomain(domain);
                contexts.forEach(list -> drop(list, domain));
            }
            default -> {
                rig.unit.caches().invalidateContextsOfDevice(domain, DEVICES[device], 0);
                drop(known, domain);
            }
        }
    }

    private static void keepLast(List<Integer> list) {
        list.subList(0, list.size() - 1).clear();
    }

    private static void drop(List<Integer> list, int domain) {
        if (list.getLast() != domain) {
            list.remove(Integer.valueOf(domain));
        }
    }
}
