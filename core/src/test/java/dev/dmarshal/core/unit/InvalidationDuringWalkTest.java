package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Software changes a table and invalidates while a request is on its way: after any of the words that the request reads, as another processor may. When the
 * invalidation has returned, no request that begins later may find what was read before it, whatever the one under way was about to keep.
 */
class InvalidationDuringWalkTest {
    private static final long INPUT = 0x1000;
    private static final long BEFORE = 0x7000;
    private static final long AFTER = 0x9000;
    private static final int PASID = 9;
    private static final int FIRST_STAGE_RIGHTS = FirstStageTree.USER | FirstStageTree.WRITE | FirstStageTree.EXECUTE;

    /** Memory in which something happens after a certain number of reads. */
    private static final class EventfulMemory extends WatchedMemory {
        private int readsLeft;
        private Runnable event = () -> { };

        @Override
        public long read64(long address) {
            long value = super.read64(address);
            if (--readsLeft == 0) {
                event.run();
            }
            return value;
        }
    }

    /** A mapping of {@link #INPUT} to {@link #BEFORE}, and the change of a table after which it leads to {@link #AFTER}. */
    private record World(Rig rig, int request, Runnable change) {
        private long translate() {
            return rig.unit.translate(Rig.DEVICE, INPUT, request, PASID, rig.out) ? rig.out.address() : 0;
        }
    }

    @SafeVarargs
    private static void check(UnitCapabilities.Builder capabilities, BiFunction<Rig, EventfulMemory, World> build, Consumer<CacheControl>... invalidations) {
        for (Consumer<CacheControl> invalidation : invalidations) {
            int reads = 0;
            for (boolean happened = true; happened;) {
                EventfulMemory memory = new EventfulMemory();
                World world = build.apply(new Rig(capabilities.build(), CacheSizes.DEFAULT, memory), memory);
                // Accessed bits are set now; to set one looks at the entry once more, which would hide a fill that is too late.
                world.translate();
                world.rig.unit.caches().invalidateContexts();
                world.rig.unit.caches().invalidateTranslations();
                boolean[] done = {false};
                memory.event = () -> {
                    done[0] = true;
                    world.change.run();
                    invalidation.accept(world.rig.unit.caches());
                };
                memory.readsLeft = ++reads;
                assertThat(world.translate()).as("%s after read %d", world.rig.out, reads).isIn(BEFORE, AFTER);
                happened = done[0];
                if (happened) {
                    assertThat(world.translate()).as("changed after read %d", reads).isEqualTo(AFTER);
                }
            }
            assertThat(reads).as("words of a walk").isGreaterThan(4);
        }
    }

    private static SecondStageTree tree(Rig rig, long target) {
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
        tree.map(INPUT, target, 0x1000, Rig.RW);
        return tree;
    }

    private static World page(Rig rig, EventfulMemory memory) {
        SecondStageTree tree = tree(rig, BEFORE);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
        return new World(rig, Request.READ, () -> tree.map(INPUT, AFTER, 0x1000, Rig.RW));
    }

    @Test
    void ofPages() {
        check(Rig.legacyCapabilities(), InvalidationDuringWalkTest::page, CacheControl::invalidateTranslations,
                caches -> caches.invalidateTranslationsOfDomain(5), caches -> caches.invalidatePages(5, INPUT, 0, true),
                caches -> caches.invalidatePages(5, 0, 9, true));
    }

    @Test
    void ofTables() {
        check(Rig.legacyCapabilities(), (rig, memory) -> {
            SecondStageTree tree = tree(rig, BEFORE);
            SecondStageTree other = tree(rig, AFTER);
            rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
            return new World(rig, Request.READ,
                    () -> memory.write64(tree.entryAddress(INPUT, 3), memory.words.read64(other.entryAddress(INPUT, 3))));
        }, CacheControl::invalidateTranslations, caches -> caches.invalidateTranslationsOfDomain(5), caches -> caches.invalidatePages(5, INPUT, 0, false));
    }

    @Test
    void ofContexts() {
        check(Rig.legacyCapabilities(), (rig, memory) -> {
            SecondStageTree other = tree(rig, AFTER);
            rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree(rig, BEFORE)).build());
            return new World(rig, Request.READ, () -> rig.tables.context(rig.root, Rig.DEVICE, Rig.context(other).domain(6).build()));
        }, CacheControl::invalidateContexts, caches -> caches.invalidateContextsOfDomain(5),
                caches -> caches.invalidateContextsOfDevice(5, Rig.DEVICE, 0));
    }

    @Test
    void ofPasidEntriesWithASecondStage() {
        check(Rig.scalableCapabilities(), (rig, memory) -> {
            PasidEntry.Builder entry = PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).walkSnoop(true)
                    .addressWidth(AddressWidth.BITS_48);
            PasidEntry after = entry.domain(6).secondStage(tree(rig, AFTER).root()).build();
            long at = rig.pasid(0, entry.domain(5).secondStage(tree(rig, BEFORE).root()).build());
            return new World(rig, Request.READ, () -> after.write(memory, at));
        }, CacheControl::invalidatePasids, caches -> caches.invalidatePasidsOfDomain(5), caches -> caches.invalidatePasid(5, 0),
                CacheControl::invalidateContexts, caches -> caches.invalidateContextsOfDomain(5),
                caches -> caches.invalidateContextsOfDevice(5, Rig.DEVICE, 0));
    }

    private static FirstStageTree firstStage(Rig rig, long target) {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(INPUT, target, 0x1000, FIRST_STAGE_RIGHTS);
        return tree;
    }

    @Test
    void ofPasidEntriesWithAFirstStage() {
        check(Rig.scalableCapabilities(), (rig, memory) -> {
            PasidEntry.Builder entry = PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).walkSnoop(true);
            PasidEntry after = entry.domain(6).firstStage(firstStage(rig, AFTER).root()).build();
            long at = rig.pasid(PASID, entry.domain(5).firstStage(firstStage(rig, BEFORE).root()).build());
            return new World(rig, Request.READ | Request.PASID, () -> after.write(memory, at));
        }, CacheControl::invalidatePasids, caches -> caches.invalidatePasidsOfDomain(5), caches -> caches.invalidatePasid(5, PASID));
    }

    @Test
    void ofPagesOfAPasid() {
        check(Rig.scalableCapabilities(), (rig, memory) -> {
            FirstStageTree tree = firstStage(rig, BEFORE);
            rig.pasid(PASID, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).walkSnoop(true).domain(5)
                    .firstStage(tree.root()).build());
            return new World(rig, Request.READ | Request.PASID, () -> tree.map(INPUT, AFTER, 0x1000, FIRST_STAGE_RIGHTS));
        }, caches -> caches.invalidateTranslationsOfPasid(5, PASID), caches -> caches.invalidatePagesOfPasid(5, PASID, INPUT, 0),
                caches -> caches.invalidateTranslationsOfDomain(5));
    }

    /** Software changes an entry between the walk's read of it and the accessed bit: the change stays, and is what the request goes by. */
    @Test
    void accessedBitsDoNotUndoChanges() {
        for (int reads = 1; reads < 30; reads++) {
            EventfulMemory memory = new EventfulMemory();
            Rig rig = new Rig(Rig.scalableCapabilities().build(), CacheSizes.NONE, memory);
            SecondStageTree tree = tree(rig, BEFORE);
            FirstStageTree first = firstStage(rig, BEFORE);
            PasidEntry.Builder entry = PasidEntry.builder().present(true).walkSnoop(true).addressWidth(AddressWidth.BITS_48).secondStageAccessedDirty(true)
                    .secondStage(tree.root()).firstStage(first.root());
            rig.pasid(0, entry.translationType(PasidEntry.TranslationType.SECOND_STAGE).build());
            memory.event = () -> tree.map(INPUT, AFTER, 0x1000, Rig.RW);
            memory.readsLeft = reads;
            rig.translate(INPUT, Request.WRITE);
            settled(rig, tree.entryAddress(INPUT, 1), memory);
            rig.pasid(0, entry.translationType(PasidEntry.TranslationType.FIRST_STAGE).build());
            memory.event = () -> first.map(INPUT, AFTER, 0x1000, FIRST_STAGE_RIGHTS);
            memory.readsLeft = reads;
            rig.translate(INPUT, Request.WRITE);
            settled(rig, first.entryAddress(INPUT, 1), memory);
        }
    }

    private static void settled(Rig rig, long leaf, EventfulMemory memory) {
        boolean happened = memory.readsLeft <= 0;
        long page = memory.words.read64(leaf) & 0x000F_FFFF_FFFF_F000L;
        assertThat(rig.out.translated()).as("%s", rig.out).isTrue();
        assertThat(page).isEqualTo(happened ? AFTER : BEFORE);
        assertThat(rig.out.address()).isIn(BEFORE, page);
    }

    /** One entry for two devices: the second one's fill is overtaken by an invalidation of a third domain, and leaves the first one's entry as it was. */
    @Test
    void anOvertakenFillLeavesTheEntryInItsPlaceToItsDomain() {
        EventfulMemory memory = new EventfulMemory();
        Rig rig = new Rig(Rig.legacyCapabilities().build(), new CacheSizes(1, 0, 4, 0), memory);
        SecondStageTree other = tree(rig, AFTER);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree(rig, BEFORE)).build());
        rig.tables.context(rig.root, Rig.DEVICE + 1, Rig.context(other).domain(6).build());
        rig.reads(INPUT, BEFORE);
        memory.event = () -> rig.unit.caches().invalidateContextsOfDomain(77);
        memory.readsLeft = 2;
        assertThat(rig.unit.translate(Rig.DEVICE + 1, INPUT, Request.READ, 0, rig.out)).isTrue();
        rig.tables.context(rig.root, Rig.DEVICE, Rig.context(other).domain(6).build());
        rig.unit.caches().invalidateContextsOfDomain(5);
        rig.reads(INPUT, AFTER);
    }
}
