package dev.dmarshal.core.unit;

import static dev.dmarshal.core.unit.Rig.RW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ContextEntry.TranslationType;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.UnitCapabilities;
import org.junit.jupiter.api.Test;

/** Legacy mode, rule by rule, without caches. */
class LegacyTranslationTest {
    private static final BitField RSVD_LOW = BitField.of("RSVD", 11, 1);
    private static final BitField RSVD_HIGH = BitField.of("RSVD", 24, 1);

    private final Rig rig = Rig.legacy(CacheSizes.NONE);
    private final SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);

    private long install(ContextEntry.Builder entry) {
        return rig.tables.context(rig.root, Rig.DEVICE, entry.build());
    }

    @Test
    void translatesThroughThreeFourAndFiveLevels() {
        for (AddressWidth width : AddressWidth.values()) {
            SecondStageTree own = rig.tables.secondStage(width);
            long iova = (1L << width.bits() - 1) + 0x1234_5000L;
            own.map(iova, 0x8000_3000L, 0x2000, RW);
            install(Rig.context(own));
            rig.reads(iova + 0xABC, 0x8000_3ABCL);
            rig.writes(iova + 0x1FFF, 0x8000_4FFFL);
            rig.faults(iova + 0x2000, Request.READ, FaultReason.LGN_3);
            rig.faults(1L << width.bits(), Request.READ, FaultReason.LGN_1);
        }
    }

    @Test
    void translatesLargePages() {
        tree.largePages(3);
        tree.map(0x4000_0000L, 0x8000_0000L, 0x4000_0000L, RW);
        tree.map(0x20_0000L, 0x60_0000L, 0x20_0000L, RW);
        install(Rig.context(tree));
        rig.reads(0x7FFF_FFFFL, 0xBFFF_FFFFL);
        assertThat(rig.out.pageBits()).isEqualTo(30);
        rig.reads(0x3F_FFF8L, 0x7F_FFF8L);
        assertThat(rig.out.pageBits()).isEqualTo(21);
    }

    @Test
    void largePagesNeedTheirCapability() {
        Rig small = new Rig(Rig.legacyCapabilities().with(Capability.LARGE_PAGES, 1).build(), CacheSizes.NONE);
        SecondStageTree own = small.tables.secondStage(AddressWidth.BITS_48);
        own.largePages(3).map(0x4000_0000L, 0x4000_0000L, 0x4000_0000L, RW);
        own.map(0x20_0000L, 0x20_0000L, 0x20_0000L, RW);
        small.tables.context(small.root, Rig.DEVICE, Rig.context(own).build());
        small.faults(0x4000_0000L, Request.READ, FaultReason.LSL_2);
        small.reads(0x20_0000L, 0x20_0000L);
    }

    @Test
    void rootEntryFaultsAreNeverSuppressed() {
        rig.faults(0x1000, Request.READ, FaultReason.LRT_2);
        new RootEntry(0x803, 0).write(rig.memory, rig.root + 0x10);
        rig.faults(0x1000, Request.READ, FaultReason.LRT_3);
        new RootEntry(0x5001, 1).write(rig.memory, rig.root + 0x10);
        rig.faults(0x1000, Request.READ, FaultReason.LRT_3);
        new RootEntry(1L << 46 | 1, 0).write(rig.memory, rig.root + 0x10);
        rig.faults(0x1000, Request.READ, FaultReason.LRT_3);
        RootEntry.builder().present(true).contextTable(1L << 32).build().write(rig.memory, rig.root + 0x10);
        rig.faults(0x1000, Request.READ, FaultReason.LCT_1);
        rig.unit.latch(new UnitState(true, UnitState.TableMode.LEGACY, 1L << 32, false, false, 0, 2, false, UnitState.Range.EMPTY, UnitState.Range.EMPTY));
        rig.faults(0x1000, Request.READ, FaultReason.LRT_1);
    }

    @Test
    void contextEntryFaultsAreQualifiedWhetherOrNotPresent() {
        for (boolean silent : new boolean[] {false, true}) {
            context(silent, FaultReason.LCT_2, Rig.context(tree).present(false));
            context(silent, FaultReason.LCT_3, Rig.context(tree).set(0, RSVD_LOW, 1));
            context(silent, FaultReason.LCT_3, Rig.context(tree).set(1, RSVD_HIGH, 1));
            context(silent, FaultReason.LCT_3, Rig.context(tree).secondStage(1L << 46));
            context(silent, FaultReason.LCT_4, Rig.context(tree).translationType(TranslationType.RESERVED));
            context(silent, FaultReason.LCT_4, Rig.context(tree).set(1, ContextEntry.ADDRESS_WIDTH, 0));
            context(silent, FaultReason.LCT_4, Rig.context(tree).set(1, ContextEntry.ADDRESS_WIDTH, 4));
            context(silent, FaultReason.LCT_4, Rig.context(tree).secondStage(1L << 33));
            context(silent, FaultReason.LGN_3, Rig.context(tree));
        }
    }

    private void context(boolean silent, FaultReason reason, ContextEntry.Builder entry) {
        install(entry.faultsDisabled(silent));
        if (silent) {
            rig.faultsSilently(0x1000, Request.READ, reason);
        } else {
            rig.faults(0x1000, Request.READ, reason);
        }
    }

    @Test
    void unusedDomainBitsAreReserved() {
        Rig few = new Rig(Rig.legacyCapabilities().with(Capability.DOMAINS, 2).build(), CacheSizes.NONE);
        SecondStageTree own = few.tables.secondStage(AddressWidth.BITS_48);
        own.map(0, 0, 0x1000, RW);
        few.tables.context(few.root, Rig.DEVICE, Rig.context(own).domain(255).build());
        few.reads(0, 0);
        few.tables.context(few.root, Rig.DEVICE, Rig.context(own).domain(256).build());
        few.faults(0, Request.READ, FaultReason.LCT_3);
    }

    @Test
    void translationTypesNeedTheirCapability() {
        Rig bare = new Rig(Rig.legacyCapabilities().withExtended(ExtendedCapability.DEVICE_TLB, 0).withExtended(ExtendedCapability.PASS_THROUGH, 0).build(),
                CacheSizes.NONE);
        SecondStageTree own = bare.tables.secondStage(AddressWidth.BITS_48);
        bare.tables.context(bare.root, Rig.DEVICE, Rig.context(own).translationType(TranslationType.WITH_DEVICE_TLB).build());
        bare.faults(0, Request.READ, FaultReason.LCT_4);
        bare.tables.context(bare.root, Rig.DEVICE, Rig.context(own).translationType(TranslationType.PASS_THROUGH).build());
        bare.faults(0, Request.READ, FaultReason.LCT_4);
    }

    @Test
    void permissionsAreThoseOfEveryLevel() {
        tree.map(0x1000, 0x1000, 0x1000, SecondStageTree.READ);
        tree.map(0x2000, 0x2000, 0x1000, SecondStageTree.WRITE);
        tree.map(0x3000, 0x3000, 0x1000, RW);
        install(Rig.context(tree));
        rig.reads(0x1000, 0x1000);
        rig.faults(0x1000, Request.WRITE, FaultReason.LGN_2);
        rig.faults(0x1000, Request.ATOMIC, FaultReason.LGN_2);
        rig.writes(0x2000, 0x2000);
        rig.faults(0x2000, Request.READ, FaultReason.LGN_3);
        rig.faults(0x2000, Request.ATOMIC, FaultReason.LGN_3);
        assertThat(rig.translate(0x3000, Request.ATOMIC)).isTrue();
        long upper = tree.entryAddress(0x3000, 3);
        rig.memory.write64(upper, rig.memory.read64(upper) & ~2L);
        rig.faults(0x3000, Request.WRITE, FaultReason.LGN_2);
        rig.reads(0x3000, 0x3000);
        assertThat(rig.out.writable()).isFalse();
    }

    @Test
    void zeroLengthReadsOfWriteOnlyPages() {
        tree.map(0x2000, 0x2000, 0x1000, SecondStageTree.WRITE);
        install(Rig.context(tree));
        assertThat(rig.translate(0x2000, Request.READ | Request.ZERO_LENGTH)).isTrue();
        rig.faults(0x3000, Request.READ | Request.ZERO_LENGTH, FaultReason.LGN_3);
    }

    @Test
    void reservedBitsInPagingEntriesFollowPermission() {
        tree.map(0x1000, 0x1000, 0x1000, SecondStageTree.READ);
        install(Rig.context(tree));
        poke(4, 1L << 7, FaultReason.LSL_2);
        poke(4, 1L << 11, FaultReason.LSL_2);
        poke(3, 1L << 11, FaultReason.LSL_2);
        poke(2, 1L << 46, FaultReason.LSL_2);
        poke(1, 1L << 51, FaultReason.LSL_2);
        poke(3, 1L << 7, FaultReason.LSL_2);
        rig.memory.write64(tree.entryAddress(0x1000, 1), 0x1801 | 1L << 50);
        rig.faults(0x1000, Request.WRITE, FaultReason.LGN_2);
        rig.memory.write64(tree.entryAddress(0x1000, 1), 1L << 50);
        rig.faults(0x1000, Request.READ, FaultReason.LGN_3);
        rig.memory.write64(tree.entryAddress(0x1000, 1), 0x9L << 52 | 0x1481L);
        rig.reads(0x1000, 0x1000);
    }

    private void poke(int level, long bits, FaultReason reason) {
        long at = tree.entryAddress(0x1000, level);
        long entry = rig.memory.read64(at);
        rig.memory.write64(at, entry | bits);
        rig.faults(0x1000, Request.READ, reason);
        rig.memory.write64(at, entry);
        rig.reads(0x1000, 0x1000);
    }

    @Test
    void snoopAndTransientBitsDependOnCapabilities() {
        tree.map(0x1000, 0x1000, 0x1000, RW | SecondStageTree.SNOOP);
        install(Rig.context(tree));
        rig.reads(0x1000, 0x1000);
        assertThat(rig.out.snooped()).isTrue();
        Rig bare = new Rig(Rig.legacyCapabilities().withExtended(ExtendedCapability.DEVICE_TLB, 0).withExtended(ExtendedCapability.SNOOP_CONTROL, 0).build(),
                CacheSizes.NONE);
        SecondStageTree own = bare.tables.secondStage(AddressWidth.BITS_48);
        own.map(0x1000, 0x1000, 0x1000, RW | SecondStageTree.SNOOP);
        own.map(0x2000, 0x2000, 0x1000, RW);
        bare.tables.context(bare.root, Rig.DEVICE, Rig.context(own).build());
        bare.faults(0x1000, Request.READ, FaultReason.LSL_2);
        bare.memory.write64(own.entryAddress(0x2000, 1), 0x2003 | 1L << 62);
        bare.faults(0x2000, Request.READ, FaultReason.LSL_2);
    }

    @Test
    void unreadableTables() {
        tree.map(0x1000, 0x1000, 0x1000, RW);
        install(Rig.context(tree));
        for (int level = 4; level > 1; level--) {
            long at = tree.entryAddress(0x1000, level);
            long entry = rig.memory.read64(at);
            rig.memory.write64(at, 1L << 40 | 3);
            rig.faults(0x1000, Request.READ, FaultReason.LSL_1);
            rig.memory.write64(at, entry);
        }
        rig.memory.write64(tree.entryAddress(0x1000, 1), -1L);
        rig.faults(0x1000, Request.READ, FaultReason.LSL_2);
    }

    @Test
    void inputBeyondMgaw() {
        Rig narrow = new Rig(Rig.legacyCapabilities().with(Capability.MAXIMUM_WIDTH, 41).build(), CacheSizes.NONE);
        SecondStageTree own = narrow.tables.secondStage(AddressWidth.BITS_48);
        narrow.tables.context(narrow.root, Rig.DEVICE, Rig.context(own).build());
        narrow.faults(1L << 42, Request.READ, FaultReason.LGN_1);
        narrow.faults((1L << 42) - 1, Request.READ, FaultReason.LGN_3);
        narrow.faults(-1L, Request.WRITE, FaultReason.LGN_1);
    }

    @Test
    void passThrough() {
        install(Rig.context(tree).translationType(TranslationType.PASS_THROUGH).secondStage(0).addressWidth(AddressWidth.BITS_39));
        rig.reads(0x12_3456_7891L & 0x7F_FFFF_FFFFL, 0x12_3456_7891L);
        rig.faults(1L << 39, Request.READ, FaultReason.LGN_1);
        rig.faults(0x1000, Request.READ | Request.TRANSLATION, FaultReason.LCT_5);
        install(Rig.context(tree).translationType(TranslationType.PASS_THROUGH).addressWidth(AddressWidth.BITS_57));
        rig.faults(1L << 46, Request.WRITE, FaultReason.LGN_1);
    }

    @Test
    void requestTypesAreBlockedByTranslationType() {
        install(Rig.context(tree));
        rig.faults(0x1000, Request.READ | Request.TRANSLATION, FaultReason.LCT_5);
        rig.faults(0x1000, Request.READ | Request.TRANSLATED, FaultReason.LCT_5);
        rig.faults(0x1000, Request.READ, 7, FaultReason.RTA_2);
    }

    @Test
    void deviceTlb() {
        tree.map(0x1000, 0x7000, 0x1000, SecondStageTree.READ);
        install(Rig.context(tree).translationType(TranslationType.WITH_DEVICE_TLB));
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x7000);
        assertThat(rig.out.readable()).isTrue();
        assertThat(rig.out.writable()).isFalse();
        assertThat(rig.translate(0x2000, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.readable() || rig.out.writable()).isFalse();
        assertThat(rig.out.completion()).isEqualTo(Translation.Completion.SUCCESS);
        assertThat(rig.recorded).isEmpty();
        assertThat(rig.translate(0x9_9999, Request.WRITE | Request.TRANSLATED)).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x9_9999);
        rig.faults(0xFEE0_0000L, Request.WRITE | Request.TRANSLATED, FaultReason.LGN_4);
        rig.faults(1L << 46, Request.WRITE | Request.TRANSLATED, FaultReason.LGN_1);
        rig.memory.write64(tree.entryAddress(0x1000, 1), 1L << 50 | 3);
        rig.faults(0x1000, Request.READ | Request.TRANSLATION, FaultReason.LSL_2);
        assertThat(rig.out.completion()).isEqualTo(Translation.Completion.COMPLETER_ABORT);
    }

    @Test
    void interruptRange() {
        tree.map(0xFEE0_0000L, 0x1000, 0x1000, RW);
        tree.map(0x5000, 0xFEE0_1000L, 0x1000, RW);
        tree.largePages(2).map(0x4000_0000L, 0xFEE0_0000L, 0x20_0000L, RW);
        install(Rig.context(tree));
        assertThat(rig.translate(0xFEEF_F000L, Request.WRITE)).isTrue();
        assertThat(rig.out.outcome()).isEqualTo(Translation.Outcome.INTERRUPT);
        assertThat(rig.translate(0xFEE0_0000L, Request.READ)).isFalse();
        assertThat(rig.out.reason()).isEmpty();
        assertThat(rig.recorded).isEmpty();
        rig.faults(0x5000, Request.WRITE, FaultReason.LGN_4);
        rig.faults(0x4000_0000L, Request.READ, FaultReason.LGN_4);
        rig.reads(0x4010_0000L, 0xFEF0_0000L);
        rig.faults(0x1_FEE0_0000L, Request.READ, FaultReason.LGN_3);
    }

    @Test
    void translationOffAndProtectedMemory() {
        rig.off(new UnitState.Range(0x10_0000, 0x1F_FFFF), new UnitState.Range(0x1_0000_0000L, 0x1_FFFF_FFFFL));
        rig.reads(0xF_FFFF, 0xF_FFFF);
        assertThat(rig.translate(0x10_0000, Request.READ)).isFalse();
        assertThat(rig.translate(0x1F_FFFF, Request.WRITE)).isFalse();
        rig.reads(0x20_0000, 0x20_0000);
        assertThat(rig.translate(0x1_2345_6789L, Request.WRITE)).isFalse();
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION)).isFalse();
        assertThat(rig.out.completion()).isEqualTo(Translation.Completion.UNSUPPORTED_REQUEST);
        assertThat(rig.recorded).isEmpty();
        assertThat(rig.translate(0xFEE0_0000L, Request.WRITE)).isTrue();
        assertThat(rig.out.outcome()).isEqualTo(Translation.Outcome.INTERRUPT);
    }

    @Test
    void modesThatTheUnitLacks() {
        rig.latch(UnitState.TableMode.SCALABLE);
        rig.faults(0x1000, Request.READ, FaultReason.RTA_1);
        rig.latch(UnitState.TableMode.ABORT);
        rig.faults(0x1000, Request.READ, FaultReason.RTA_1);
        rig.latch(UnitState.TableMode.RESERVED);
        rig.faults(0x1000, Request.READ, FaultReason.RTA_1);
        Rig aborting = Rig.scalable(CacheSizes.NONE);
        aborting.latch(UnitState.TableMode.ABORT);
        aborting.faultsSilently(0x1000, Request.READ, FaultReason.RTA_4);
    }

    @Test
    void traceShowsEveryEntry() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        install(Rig.context(tree));
        WalkTrace trace = rig.unit.trace(Rig.DEVICE, 0x1234, Request.READ, 0);
        assertThat(trace.steps()).extracting(WalkTrace.Step::structure).containsExactly("RootEntry", "ContextEntry", "SecondStageEntry",
                "SecondStageEntry", "SecondStageEntry", "SecondStageEntry");
        assertThat(trace.steps()).extracting(WalkTrace.Step::level).containsExactly(0, 0, 4, 3, 2, 1);
        assertThat(trace.steps().getLast().address()).isEqualTo(tree.entryAddress(0x1000, 1));
        assertThat(trace.toString()).endsWith("0x1234 -> 0x7234 RWX");
        WalkTrace stopped = rig.unit.trace(Rig.DEVICE, 0x9000, Request.READ, 0);
        assertThat(stopped.toString()).endsWith("blocked: 06h LGN.3, No read permission");
        assertThat(rig.recorded).isEmpty();
    }

    @Test
    void eachSizeOfPagesNeedsItsCapability() {
        for (int supported = 0; supported <= 3; supported += supported == 0 ? 1 : 2) {
            for (boolean scalable : new boolean[] {false, true}) {
                UnitCapabilities.Builder capabilities = scalable ? Rig.scalableCapabilities() : Rig.legacyCapabilities();
                Rig unit = new Rig(capabilities.with(Capability.LARGE_PAGES, supported).build(), CacheSizes.NONE);
                SecondStageTree pages = unit.tables.secondStage(AddressWidth.BITS_48);
                pages.largePages(3).map(0x4000_0000L, 0x8000_0000L, 0x4000_0000L, Rig.RW);
                pages.map(0x20_0000L, 0x60_0000L, 0x20_0000L, Rig.RW);
                if (scalable) {
                    unit.pasid(0, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE)
                            .addressWidth(AddressWidth.BITS_48).secondStage(pages.root()).domain(5).build());
                } else {
                    unit.tables.context(unit.root, Rig.DEVICE, Rig.context(pages).build());
                }
                FaultReason reserved = scalable ? FaultReason.SSS_3 : FaultReason.LSL_2;
                if (supported == 0) {
                    unit.faults(0x20_0000L, Request.READ, reserved);
                } else {
                    unit.reads(0x20_0000L, 0x60_0000L);
                }
                if (supported < 3) {
                    unit.faults(0x4000_0000L, Request.READ, reserved);
                } else {
                    unit.reads(0x4000_0000L, 0x8000_0000L);
                }
            }
        }
    }
}
