package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The short way through the caches: there for every device whose domain is known, void after anything that could change an answer. */
class ShortcutTest {
    private static final long PAGE = 0x12_3456_7000L;
    private static final long MAPPING = Mapping.of(0x7000, Mapping.READ, 0);

    private final TranslationCaches caches = new TranslationCaches(CacheSizes.DEFAULT);

    private void fill(int source, int domain) {
        Translation t = new Translation();
        t.generation = caches.generation();
        t.tag = TranslationCaches.tag(domain);
        caches.keepTranslation(t, PAGE, MAPPING);
        caches.keepShortcut(source, domain, caches.generation());
    }

    private void knows(int source, long expected) {
        assertThat(caches.shortcut(source, PAGE + 0xFFF)).isEqualTo(expected);
        assertThat(caches.longerShortcut(source, PAGE + 0xFFF)).isEqualTo(expected);
        AddressBatch batch = new AddressBatch(1);
        batch.add(PAGE + 0xFFF);
        assertThat(caches.shortcuts(source, Mapping.READ, batch, 0)).isEqualTo(expected == 0 ? 0 : 1);
    }

    @Test
    void devicesAreToldApart() {
        fill(0xFFFF, 0xFFFF);
        knows(0xFFFF, MAPPING);
        // Both in the same place of the table of devices.
        knows(0xFEFF, 0);
        knows(0x00FF, 0);
        caches.keepShortcut(0x00FF, 5, caches.generation());
        knows(0x00FF, 0);
        knows(0xFFFF, 0);
        caches.keepShortcut(0x00FF, 0xFFFF, caches.generation());
        knows(0x00FF, MAPPING);
        assertThat(caches.shortcut(0x00FF, PAGE + 0x1000)).isZero();
        assertThat(caches.longerShortcut(0x00FF, PAGE - 1)).isZero();
    }

    /** A place that was never filled looks like one of domain 0. */
    @Test
    void unknownDevicesAreNotOfDomainZero() {
        fill(0x100, 0);
        knows(0x100, MAPPING);
        knows(0, 0);
        knows(0x55, 0);
        knows(0xFFFE, 0);
    }

    @Test
    void everyInvalidationEndsThem() {
        Runnable[] all = {caches::invalidateContexts, () -> caches.invalidateContextsOfDomain(9), () -> caches.invalidateContextsOfDevice(9, 9, 0),
            caches::invalidatePasids, () -> caches.invalidatePasidsOfDomain(9), () -> caches.invalidatePasid(9, 9), caches::invalidateTranslations,
            () -> caches.invalidateTranslationsOfDomain(9), () -> caches.invalidatePages(9, 0, 0, true), () -> caches.invalidateTranslationsOfPasid(9, 9),
            () -> caches.invalidatePagesOfPasid(9, 9, 0, 0), () -> caches.restore(caches.save())};
        for (Runnable invalidation : all) {
            fill(0x100, 5);
            knows(0x100, MAPPING);
            int sampled = caches.generation();
            invalidation.run();
            knows(0x100, 0);
            caches.keepShortcut(0x100, 5, sampled);
            knows(0x100, 0);
        }
    }

    @Test
    void noneWithoutIotlb() {
        TranslationCaches none = new TranslationCaches(CacheSizes.NONE);
        none.keepShortcut(0x100, 5, none.generation());
        assertThat(none.shortcut(0x100, PAGE)).isZero();
    }

    /** As many pages as there are ways stay, whatever set they fall into; a page that is filled again takes its own place. */
    @Test
    void aSetHasFourWays() {
        MappingCache cache = new MappingCache(4, () -> 1);
        for (int round = 0; round < 3; round++) {
            for (long key = 0x1001; key <= 0x4001; key += 0x1000) {
                cache.put(5, key, key << 16 | round, 1);
            }
        }
        for (long key = 0x1001; key <= 0x4001; key += 0x1000) {
            assertThat(cache.find(5, key)).isEqualTo(key << 16 | 2);
            assertThat(cache.find(6, key)).isZero();
        }
        cache.drop(5, 0x2001);
        cache.put(6, 0x2001, 7, 1);
        assertThat(cache.find(6, 0x2001)).isEqualTo(7);
        assertThat(cache.find(5, 0x1001)).as("the free place was taken").isNotZero();
        assertThat(cache.find(5, 0x3001)).isNotZero();
        assertThat(cache.find(5, 0x4001)).isNotZero();
        cache.put(5, 0x5001, 8, 1);
        assertThat(cache.find(5, 0x5001)).isEqualTo(8);
        cache.put(5, 0x6001, 9, 2);
        assertThat(cache.find(5, 0x6001)).as("of another generation").isZero();
    }

    /** Pages side by side spread over the cache: of half as many as it has places, each is found, and nearly all where it is looked for first. */
    @Test
    void neighboursSpread() {
        MappingCache cache = new MappingCache(1024, () -> 1);
        int first = 0;
        for (long page = 0; page < 512; page++) {
            cache.put(5, page << 12 | 1, page + 1, 1);
        }
        for (long page = 0; page < 512; page++) {
            assertThat(cache.find(5, page << 12 | 1)).isEqualTo(page + 1);
            first += cache.firstPage(5, page << 12 | 0x123) == page + 1 ? 1 : 0;
        }
        assertThat(first).isGreaterThan(400);
    }

    private static TranslationCaches cachesOf(Rig rig) {
        return (TranslationCaches) rig.unit.caches();
    }

    @Test
    void requestsLeaveThem() {
        Rig legacy = Rig.legacy(CacheSizes.DEFAULT);
        SecondStageTree tree = legacy.tables.secondStage(AddressWidth.BITS_48);
        tree.map(0x1000, 0x7000, 0x1000, Rig.RW);
        legacy.tables.context(legacy.root, Rig.DEVICE, Rig.context(tree).build());
        legacy.unit.trace(Rig.DEVICE, 0x1000, Request.READ, 0);
        assertThat(cachesOf(legacy).shortcut(Rig.DEVICE, 0x1000)).as("a trace leaves nothing").isZero();
        legacy.reads(0x1000, 0x7000);
        assertThat(Mapping.address(cachesOf(legacy).shortcut(Rig.DEVICE, 0x1234), 0x1234)).isEqualTo(0x7234);
        Rig scalable = Rig.scalable(CacheSizes.DEFAULT);
        SecondStageTree second = scalable.tables.secondStage(AddressWidth.BITS_48);
        second.map(0x1000, 0x7000, 0x1000, Rig.RW);
        scalable.pasid(0, entry(PasidEntry.TranslationType.SECOND_STAGE, 5).secondStage(second.root()).build());
        scalable.reads(0x1000, 0x7000);
        assertThat(Mapping.address(cachesOf(scalable).shortcut(Rig.DEVICE, 0x1234), 0x1234)).isEqualTo(0x7234);
    }

    private static PasidEntry.Builder entry(PasidEntry.TranslationType type, int domain) {
        return PasidEntry.builder().present(true).translationType(type).addressWidth(AddressWidth.BITS_48).domain(domain).walkSnoop(true);
    }

    /** A requester without PASID has its own binding: neither that of its PASIDs, nor, if it goes through a first stage, pages of its domain's second stage. */
    @Test
    void onlyRequestsWithoutPasidThroughASecondStageLeaveThem() {
        Rig rig = Rig.scalable(CacheSizes.DEFAULT);
        SecondStageTree second = rig.tables.secondStage(AddressWidth.BITS_48);
        second.map(0x1000, 0x7000, 0x1000, Rig.RW);
        FirstStageTree first = rig.tables.firstStage(4);
        first.map(0x1000, 0x9000, 0x1000, FirstStageTree.USER | FirstStageTree.EXECUTE);
        long directory = rig.tables.pasidDirectory(7);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(directory).directorySize(7).build());
        rig.tables.pasid(directory, 0, entry(PasidEntry.TranslationType.FIRST_STAGE, 5).firstStage(first.root()).build());
        rig.tables.pasid(directory, 9, entry(PasidEntry.TranslationType.SECOND_STAGE, 5).secondStage(second.root()).build());
        for (int round = 0; round < 2; round++) {
            assertThat(rig.translate(0x1000, Request.READ, 9)).isTrue();
            assertThat(rig.out.address()).isEqualTo(0x7000);
            assertThat(cachesOf(rig).shortcut(Rig.DEVICE, 0x1000)).isZero();
            rig.reads(0x1000, 0x9000);
            assertThat(cachesOf(rig).shortcut(Rig.DEVICE, 0x1000)).isZero();
        }
    }

    /** The generation's number comes again after 2^32 invalidations; what is left of its first time must not come with it. */
    @Test
    void generationsComeAgain() {
        TranslationCaches last = new TranslationCaches(CacheSizes.DEFAULT, -1);
        Translation t = new Translation();
        for (int domain : new int[] {0, 5}) {
            t.tag = TranslationCaches.tag(domain);
            t.generation = -1;
            last.keepTranslation(t, PAGE, MAPPING);
        }
        last.keepShortcut(0x100, 5, -1);
        assertThat(last.shortcut(0x100, PAGE)).isEqualTo(MAPPING);
        last.keepShortcut(0x101, 5, 1);
        last.nextGeneration();
        assertThat(last.generation()).as("never 0").isEqualTo(1);
        assertThat(last.shortcut(0x100, PAGE)).isZero();
        assertThat(last.shortcut(0x101, PAGE)).as("kept under a number that was not in force").isZero();
        assertThat(last.shortcut(0, PAGE)).as("a place never filled").isZero();
    }

    /** What the short walk found is kept as what the long one finds. */
    @Test
    void pagesOfTheShortWalkAreKept() {
        for (boolean scalable : new boolean[] {false, true}) {
            UnitCapabilities capabilities = (scalable ? Rig.scalableCapabilities() : Rig.legacyCapabilities()).build();
            Rig rig = new Rig(capabilities, new CacheSizes(4, 4, 64, 0), new SegmentMemory(MemorySegment.ofArray(new long[1 << 19]), Rig.TABLES));
            SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
            tree.map(0x1000, 0x7000, 0x1000, Rig.RW);
            if (scalable) {
                rig.pasid(0, entry(PasidEntry.TranslationType.SECOND_STAGE, 5).secondStage(tree.root()).build());
            } else {
                rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
            }
            rig.reads(0x1000, 0x7000);
            tree.map(0x1000, 0x8000, 0x1000, Rig.RW);
            rig.reads(0x1000, 0x7000);
            rig.unit.caches().invalidatePages(5, 0x1000, 0, true);
            rig.reads(0x1000, 0x8000);
        }
    }
}
