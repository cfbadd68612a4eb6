package dev.dmarshal.core.unit;

import static dev.dmarshal.core.unit.Rig.RW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What stays in the caches, until which invalidation. */
class TranslationCachesTest {
    private final Rig rig = Rig.legacy(CacheSizes.DEFAULT);
    private final SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
    private final CacheControl caches = rig.unit.caches();

    private void context(int domain) {
        rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).domain(domain).build());
    }

    private void move(long iova, long target) {
        tree.map(iova, target, 0x1000, RW);
    }

    @Test
    void translationsStayUntilInvalidated() {
        context(5);
        move(0x1000, 0x7000);
        Runnable[] enough = {caches::invalidateTranslations, () -> caches.invalidateTranslationsOfDomain(5), () -> caches.invalidatePages(5, 0x1000, 0, true),
            () -> caches.invalidatePages(5, 0, 1, false), () -> caches.invalidatePages(5, 0, 9, true), () -> caches.invalidatePages(5, 0, 52, true)};
        Runnable[] notEnough = {caches::invalidateContexts, caches::invalidatePasids, () -> caches.invalidateTranslationsOfDomain(6),
            () -> caches.invalidatePages(6, 0x1000, 0, false), () -> caches.invalidatePages(5, 0x2000, 0, false),
            () -> caches.invalidatePages(5, 0x20_0000, 9, false), () -> caches.invalidateTranslationsOfPasid(5, 0)};
        for (Runnable invalidation : enough) {
            move(0x1000, 0x7000);
            rig.reads(0x1000, 0x7000);
            move(0x1000, 0x8000);
            for (Runnable other : notEnough) {
                other.run();
                rig.reads(0x1000, 0x7000);
            }
            invalidation.run();
            rig.reads(0x1000, 0x8000);
            caches.invalidateTranslations();
        }
    }

    @Test
    void largePagesGoWithAnyPageInThem() {
        context(5);
        tree.largePages(3).map(0x4000_0000L, 0x8000_0000L, 0x4000_0000L, RW);
        tree.map(0x20_0000L, 0x60_0000L, 0x20_0000L, RW);
        rig.reads(0x4000_1000L, 0x8000_1000L);
        rig.reads(0x20_1000L, 0x60_1000L);
        tree.map(0x4000_0000L, 0xC000_0000L, 0x4000_0000L, RW);
        tree.map(0x20_0000L, 0xA0_0000L, 0x20_0000L, RW);
        rig.reads(0x7FFF_F000L, 0xBFFF_F000L);
        rig.reads(0x3F_F000L, 0x7F_F000L);
        caches.invalidatePages(5, 0x5555_5000L, 0, true);
        rig.reads(0x7FFF_F000L, 0xFFFF_F000L);
        rig.reads(0x3F_F000L, 0x7F_F000L);
        caches.invalidatePages(5, 0x20_0000L, 9, true);
        rig.reads(0x3F_F000L, 0xBF_F000L);
    }

    @Test
    void devicesOfADomainShareTranslations() {
        context(5);
        rig.tables.context(rig.root, 0x0200, Rig.context(tree).domain(5).build());
        move(0x1000, 0x7000);
        rig.reads(0x1000, 0x7000);
        move(0x1000, 0x8000);
        assertThat(rig.unit.translate(0x0200, 0x1000, Request.READ, 0, rig.out)).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x7000);
    }

    @Test
    void missingRightsAreLookedUpAgain() {
        context(5);
        tree.map(0x1000, 0x7000, 0x1000, SecondStageTree.READ);
        rig.reads(0x1000, 0x7000);
        rig.faults(0x1000, Request.WRITE, FaultReason.LGN_2);
        move(0x1000, 0x7000);
        rig.writes(0x1000, 0x7000);
    }

    @Test
    void faultsAreNotCachedWithoutCachingMode() {
        rig.faults(0x1000, Request.READ, FaultReason.LRT_2);
        context(5);
        rig.faults(0x1000, Request.READ, FaultReason.LGN_3);
        move(0x1000, 0x7000);
        rig.reads(0x1000, 0x7000);
    }

    @Test
    void contextsStayUntilInvalidated() {
        move(0x1000, 0x7000);
        SecondStageTree other = rig.tables.secondStage(AddressWidth.BITS_48);
        other.map(0x1000, 0x9000, 0x1000, RW);
        Runnable[] enough = {caches::invalidateContexts, () -> caches.invalidateContextsOfDomain(5),
            () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE, 0), () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE + 4, 1),
            () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE + 6, 2), () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE + 7, 3)};
        Runnable[] notEnough = {caches::invalidateTranslations, () -> caches.invalidateContextsOfDomain(6),
            () -> caches.invalidateContextsOfDevice(6, Rig.DEVICE, 0), () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE + 1, 2),
            () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE + 8, 3), () -> caches.invalidateContextsOfDevice(5, Rig.DEVICE + 4, 0)};
        for (Runnable invalidation : enough) {
            context(5);
            rig.reads(0x1000, 0x7000);
            rig.tables.context(rig.root, Rig.DEVICE, Rig.context(other).domain(6).build());
            for (Runnable one : notEnough) {
                one.run();
                rig.reads(0x1000, 0x7000);
            }
            invalidation.run();
            rig.reads(0x1000, 0x9000);
            caches.invalidateContexts();
            caches.invalidateTranslations();
        }
    }

    @Test
    void aCachedTranslationOutlivesItsContextButServesOnlyItsDomain() {
        move(0x1000, 0x7000);
        context(5);
        rig.reads(0x1000, 0x7000);
        move(0x1000, 0x8000);
        context(6);
        caches.invalidateContexts();
        rig.reads(0x1000, 0x8000);
        context(5);
        caches.invalidateContexts();
        rig.reads(0x1000, 0x7000);
    }

    @Test
    void pagingStructuresStayForLeafInvalidationsOnly() {
        context(5);
        move(0x1000, 0x7000);
        rig.reads(0x1000, 0x7000);
        SecondStageTree other = rig.tables.secondStage(AddressWidth.BITS_48);
        other.map(0x1000, 0x9000, 0x1000, RW);
        rig.memory.write64(tree.entryAddress(0, 2), rig.memory.read64(other.entryAddress(0, 2)));
        caches.invalidatePages(5, 0x1000, 0, true);
        rig.reads(0x1000, 0x7000);
        caches.invalidatePages(5, 0x20_0000, 0, false);
        caches.invalidatePages(5, 0x1000, 0, true);
        rig.reads(0x1000, 0x7000);
        caches.invalidatePages(5, 0x1000, 0, false);
        rig.reads(0x1000, 0x9000);
    }

    @Test
    void cachingModeKeepsFaults() {
        Rig caching = new Rig(Rig.legacyCapabilities().with(Capability.CACHING_MODE, 1).build(), CacheSizes.DEFAULT);
        SecondStageTree own = caching.tables.secondStage(AddressWidth.BITS_48);
        CacheControl control = caching.unit.caches();
        caching.faults(0x1000, Request.READ, FaultReason.LRT_2);
        caching.tables.context(caching.root, Rig.DEVICE, Rig.context(own).build());
        caching.faults(0x1000, Request.READ, FaultReason.LRT_2);
        control.invalidateContextsOfDevice(5, Rig.DEVICE, 0);
        caching.faults(0x1000, Request.READ, FaultReason.LRT_2);
        control.invalidateContextsOfDevice(0, Rig.DEVICE, 0);
        caching.faults(0x1000, Request.READ, FaultReason.LGN_3);
        own.map(0x1000, 0x7000, 0x1000, RW);
        caching.faults(0x1000, Request.READ, FaultReason.LGN_3);
        control.invalidatePages(5, 0x1000, 0, false);
        caching.reads(0x1000, 0x7000);
    }

    /** That a context entry points nowhere says nothing about the pages of its domain, so another device of the domain must not be told so. */
    @Test
    void anUnreadableTopTableIsNoFaultOfTheDomain() {
        Rig caching = new Rig(Rig.legacyCapabilities().with(Capability.CACHING_MODE, 1).build(), CacheSizes.DEFAULT);
        SecondStageTree own = caching.tables.secondStage(AddressWidth.BITS_48);
        caching.tables.context(caching.root, Rig.DEVICE, Rig.context(own).secondStage(1L << 40).build());
        caching.faults(0x1000, Request.READ, FaultReason.LCT_4);
        caching.tables.context(caching.root, Rig.DEVICE + 1, Rig.context(own).build());
        assertThat(caching.unit.translate(Rig.DEVICE + 1, 0x1000, Request.READ, 0, caching.out)).isFalse();
        assertThat(caching.out.reason()).contains(FaultReason.LGN_3);
    }

    @Test
    void cachedFaultsKeepTheirQualification() {
        Rig caching = new Rig(Rig.legacyCapabilities().with(Capability.CACHING_MODE, 1).build(), CacheSizes.DEFAULT);
        SecondStageTree own = caching.tables.secondStage(AddressWidth.BITS_48);
        caching.tables.context(caching.root, Rig.DEVICE, ContextEntry.builder().faultsDisabled(true).build());
        caching.faultsSilently(0x1000, Request.READ, FaultReason.LCT_2);
        caching.tables.context(caching.root, Rig.DEVICE, Rig.context(own).build());
        caching.faultsSilently(0x1000, Request.READ, FaultReason.LCT_2);
    }

    @Test
    void pasidEntriesStayUntilInvalidated() {
        Rig scalable = Rig.scalable(CacheSizes.DEFAULT);
        CacheControl control = scalable.unit.caches();
        FirstStageTree first = scalable.tables.firstStage(4);
        FirstStageTree second = scalable.tables.firstStage(4);
        first.map(0x1000, 0x7000, 0x1000, FirstStageTree.USER | FirstStageTree.WRITE | FirstStageTree.EXECUTE);
        second.map(0x1000, 0x9000, 0x1000, FirstStageTree.USER | FirstStageTree.WRITE | FirstStageTree.EXECUTE);
        PasidEntry.Builder entry = PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).walkSnoop(true);
        long at = scalable.pasid(9, entry.domain(5).firstStage(first.root()).build());
        Runnable[] enough = {control::invalidatePasids, () -> control.invalidatePasidsOfDomain(5), () -> control.invalidatePasid(5, 9),
            control::invalidateContexts, () -> control.invalidateContextsOfDevice(77, Rig.DEVICE, 0)};
        Runnable[] notEnough = {control::invalidateTranslations, () -> control.invalidatePasidsOfDomain(6), () -> control.invalidatePasid(5, 8),
            () -> control.invalidateContextsOfDevice(5, Rig.DEVICE + 8, 0)};
        for (Runnable invalidation : enough) {
            entry.domain(5).firstStage(first.root()).build().write(scalable.memory, at);
            control.invalidatePasids();
            expect(scalable, 0x7000);
            entry.domain(6).firstStage(second.root()).build().write(scalable.memory, at);
            for (Runnable one : notEnough) {
                one.run();
                expect(scalable, 0x7000);
            }
            invalidation.run();
            expect(scalable, 0x9000);
        }
    }

    private static void expect(Rig scalable, long expected) {
        assertThat(scalable.translate(0x1000, Request.READ, 9)).as(scalable.out::toString).isTrue();
        assertThat(scalable.out.address()).isEqualTo(expected);
    }

    @Test
    void firstStageTranslationsAreTaggedByPasid() {
        Rig scalable = Rig.scalable(CacheSizes.DEFAULT);
        CacheControl control = scalable.unit.caches();
        FirstStageTree tables = scalable.tables.firstStage(4);
        int rights = FirstStageTree.USER | FirstStageTree.WRITE | FirstStageTree.EXECUTE;
        tables.map(0x1000, 0x7000, 0x1000, rights);
        scalable.pasid(9, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).walkSnoop(true).domain(5)
                .firstStage(tables.root()).build());
        Runnable[] enough = {() -> control.invalidatePagesOfPasid(5, 9, 0x1000, 0), () -> control.invalidatePagesOfPasid(5, 9, 0, 52),
            () -> control.invalidateTranslationsOfPasid(5, 9), () -> control.invalidateTranslationsOfDomain(5),
            () -> control.invalidatePages(5, 0x8_0000, 0, true)};
        Runnable[] notEnough = {() -> control.invalidatePagesOfPasid(5, 8, 0x1000, 0), () -> control.invalidateTranslationsOfPasid(5, 8),
            () -> control.invalidatePagesOfPasid(5, 9, 0x2000, 0), () -> control.invalidatePagesOfPasid(6, 9, 0x1000, 0)};
        for (Runnable invalidation : enough) {
            tables.map(0x1000, 0x7000, 0x1000, rights);
            control.invalidateTranslations();
            expect(scalable, 0x7000);
            tables.map(0x1000, 0x9000, 0x1000, rights);
            for (Runnable one : notEnough) {
                one.run();
                expect(scalable, 0x7000);
            }
            invalidation.run();
            expect(scalable, 0x9000);
        }
    }

    @Test
    void aWriteSetsTheDirtyBitOfACachedCleanPage() {
        Rig scalable = Rig.scalable(CacheSizes.DEFAULT);
        FirstStageTree tables = scalable.tables.firstStage(4);
        tables.map(0x1000, 0x7000, 0x1000, FirstStageTree.USER | FirstStageTree.WRITE | FirstStageTree.EXECUTE);
        scalable.pasid(9, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).walkSnoop(true).domain(5)
                .firstStage(tables.root()).build());
        expect(scalable, 0x7000);
        assertThat(scalable.memory.read64(tables.entryAddress(0x1000, 1))).isEqualTo(0x7027);
        assertThat(scalable.translate(0x1000, Request.WRITE, 9)).isTrue();
        assertThat(scalable.memory.read64(tables.entryAddress(0x1000, 1))).isEqualTo(0x7067);
    }

    /** What is cached answers neither while translation is off, nor for another table mode. */
    @Test
    void newStateIsHeededAtOnce() {
        context(5);
        move(0x1000, 0x7000);
        rig.reads(0x1000, 0x7000);
        rig.reads(0x1000, 0x7000);
        rig.off(UnitState.Range.EMPTY, UnitState.Range.EMPTY);
        rig.reads(0x1000, 0x1000);
        rig.latch(UnitState.TableMode.LEGACY);
        rig.reads(0x1000, 0x7000);
        rig.latch(UnitState.TableMode.SCALABLE);
        rig.faults(0x1000, Request.READ, FaultReason.RTA_1);
    }

    /** A page of the supervisor's in the IOTLB is not given to users, a read-only one not to writers; each is given its own rights. */
    @Test
    void rightsInTheIotlbGoByPrivilege() {
        Rig scalable = Rig.scalable(CacheSizes.DEFAULT);
        FirstStageTree tables = scalable.tables.firstStage(4);
        tables.map(0x1000, 0x7000, 0x1000, FirstStageTree.WRITE | FirstStageTree.EXECUTE);
        tables.map(0x2000, 0x8000, 0x1000, FirstStageTree.USER | FirstStageTree.EXECUTE);
        scalable.pasid(9, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).walkSnoop(true).domain(5)
                .supervisor(true).writeProtect(true).firstStage(tables.root()).build());
        for (int again = 0; again < 2; again++) {
            assertThat(scalable.translate(0x1000, Request.WRITE | Request.PRIVILEGED, 9)).isTrue();
            assertThat(scalable.out.writable()).isTrue();
            assertThat(scalable.out.readable()).isTrue();
            scalable.faults(0x1000, Request.READ, 9, FaultReason.SGN_2);
            assertThat(scalable.translate(0x2000, Request.READ, 9)).isTrue();
            assertThat(scalable.out.writable()).isFalse();
            scalable.faults(0x2000, Request.WRITE, 9, FaultReason.SGN_6);
            scalable.faults(0x2000, Request.WRITE | Request.PRIVILEGED, 9, FaultReason.SGN_6);
        }
    }

    @Test
    void tracesLeaveNoMark() {
        context(5);
        move(0x1000, 0x7000);
        rig.unit.trace(Rig.DEVICE, 0x1000, Request.READ, 0);
        move(0x1000, 0x8000);
        rig.reads(0x1000, 0x8000);
        move(0x1000, 0x9000);
        assertThat(rig.unit.trace(Rig.DEVICE, 0x1000, Request.READ, 0).outcome().address()).isEqualTo(0x9000);
        rig.reads(0x1000, 0x8000);
    }

    @Test
    void snapshotsBringStaleEntriesBack() {
        context(5);
        move(0x1000, 0x7000);
        rig.reads(0x1000, 0x7000);
        move(0x1000, 0x8000);
        TranslationCaches.Saved saved = rig.unit.save();
        caches.invalidateTranslations();
        rig.reads(0x1000, 0x8000);
        rig.unit.restore(saved);
        rig.reads(0x1000, 0x7000);
    }

    @Test
    void tagsOfStagesAndPasidsDiffer() {
        assertThat(Stream.of(TranslationCaches.tag(5), TranslationCaches.tag(5, 0), TranslationCaches.tag(5, 1), TranslationCaches.tag(5, 0xF_FFFF),
                TranslationCaches.tag(6), TranslationCaches.tag(6, 0))).doesNotHaveDuplicates().allMatch(tag -> tag >= 0 && tag >>> 37 == 0);
    }

    /** A table goes with any page below it, and with all tables that a range touches. */
    @Test
    void structuresGoWithWhatTheyCover() {
        TranslationCaches own = new TranslationCaches(CacheSizes.DEFAULT);
        Translation t = new Translation();
        t.generation = own.generation();
        t.tag = TranslationCaches.tag(5);
        long far = 0x7F_FFFF_F000L;
        for (int level = 1; level <= 4; level++) {
            t.generation = own.generation();
            own.keepStructure(t, (1L << 12 + 9 * level) - 0x1000, level, 0x9000 | Mapping.READ);
            assertThat(Mapping.level(own.structure(t.tag, 0x12_3000, level + 1, Mapping.READ))).isEqualTo(level - 1);
            assertThat(own.structure(t.tag, 0x12_3000, level, Mapping.READ)).as("only tables below that level").isZero();
            long last = (1L << 12 + 9 * level) - 0x1000;
            own.invalidatePages(5, last + 0x1000, 0, false);
            assertThat(own.structure(t.tag, 0, 5, Mapping.READ)).isNotZero();
            own.invalidatePages(5, last, 0, false);
            assertThat(own.structure(t.tag, 0, 5, Mapping.READ)).as("level %d", level).isZero();
        }
        for (int mask : new int[] {10, 27, 52, 63}) {
            t.generation = own.generation();
            own.keepStructure(t, 0x20_0000, 1, 0x9000 | Mapping.READ);
            own.keepStructure(t, far, 1, 0xA000 | Mapping.READ);
            own.invalidatePages(5, 0, mask, false);
            assertThat(own.structure(t.tag, 0x20_0000, 5, Mapping.READ)).as("mask %d", mask).isZero();
            assertThat(own.structure(t.tag, far, 5, Mapping.READ) == 0).isEqualTo(mask > 10);
        }
    }

    private static Rig scalable(boolean cachingMode) {
        return new Rig(Rig.scalableCapabilities().with(Capability.CACHING_MODE, cachingMode ? 1 : 0).build(), CacheSizes.DEFAULT);
    }

    /** In scalable mode: what was there stays until invalidated; what was not there stays in caching mode only; traces look at the tables. */
    @Test
    void scalableEntriesStayUntilInvalidated() {
        for (boolean cachingMode : new boolean[] {false, true}) {
            Rig unit = scalable(cachingMode);
            SecondStageTree pages = unit.tables.secondStage(AddressWidth.BITS_48);
            pages.map(0x1000, 0x7000, 0x1000, RW);
            PasidEntry.Builder entry = PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE)
                    .addressWidth(AddressWidth.BITS_48).secondStage(pages.root()).domain(5);
            long directory = unit.tables.pasidDirectory(7);
            ScalableContextEntry.Builder context = Rig.scalableContext().directory(directory).directorySize(7);
            unit.tables.context(unit.root, Rig.DEVICE, context.present(false).build());
            unit.faults(0x1000, Request.READ, 9, FaultReason.SCT_2);
            unit.tables.context(unit.root, Rig.DEVICE, context.present(true).build());
            unit.tables.pasid(directory, 9, entry.present(false).build());
            unit.faults(0x1000, Request.READ, 9, cachingMode ? FaultReason.SCT_2 : FaultReason.SPT_2);
            unit.unit.caches().invalidateContextsOfDomain(0);
            unit.faults(0x1000, Request.READ, 9, FaultReason.SPT_2);
            unit.tables.pasid(directory, 9, entry.present(true).build());
            if (cachingMode) {
                unit.faults(0x1000, Request.READ, 9, FaultReason.SPT_2);
                unit.unit.caches().invalidatePasidsOfDomain(0);
            }
            assertThat(unit.translate(0x1000, Request.READ, 9)).isTrue();
            unit.tables.pasid(directory, 9, entry.present(false).build());
            unit.tables.context(unit.root, Rig.DEVICE, context.present(false).build());
            assertThat(unit.translate(0x1000, Request.READ, 9)).as("both are cached").isTrue();
            assertThat(unit.unit.trace(Rig.DEVICE, 0x1000, Request.READ | Request.PASID, 9).outcome().reason()).contains(FaultReason.SCT_2);
            unit.unit.caches().invalidatePasid(5, 9);
            unit.faults(0x1000, Request.READ, 9, FaultReason.SPT_2);
            unit.unit.caches().invalidateContexts();
            unit.faults(0x1000, Request.READ, 9, FaultReason.SCT_2);
        }
    }
}
