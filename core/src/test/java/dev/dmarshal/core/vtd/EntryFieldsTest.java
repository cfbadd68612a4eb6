package dev.dmarshal.core.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.memory.WordLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Vectors typed by hand from the format drawings, against what the field declarations make of them. */
class EntryFieldsTest {
    private final SparseMemory memory = new SparseMemory(1 << 20);

    private static final List<EntryLayout> ALL = List.of(RootEntry.LAYOUT, ScalableRootEntry.LAYOUT, ContextEntry.LAYOUT,
            ScalableContextEntry.LAYOUT, PasidDirectoryEntry.LAYOUT, PasidEntry.LAYOUT, SecondStageEntry.TOP_TABLE, SecondStageEntry.TABLE,
            SecondStageEntry.PAGE_1G, SecondStageEntry.PAGE_2M, SecondStageEntry.PAGE_4K, FirstStageEntry.TOP_TABLE, FirstStageEntry.TABLE,
            FirstStageEntry.PAGE_1G, FirstStageEntry.PAGE_2M, FirstStageEntry.PAGE_4K, Capability.LAYOUT, ExtendedCapability.LAYOUT);

    @Test
    void fieldsTileEveryWord() {
        for (EntryLayout layout : ALL) {
            for (WordLayout word : layout.words()) {
                long seen = 0;
                for (BitField field : word.fields()) {
                    assertThat(seen & field.mask()).as(layout.name() + " " + field.name()).isZero();
                    seen |= field.mask();
                }
                assertThat(seen).as(layout.name()).isEqualTo(-1L);
            }
        }
    }

    @Test
    void structuresHaveTheirSizes() {
        assertThat(ALL.stream().map(EntryLayout::sizeBytes))
                .containsExactly(16, 16, 16, 32, 8, 64, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8);
    }

    @Test
    void reservedBitsAreThoseOfTheDrawings() {
        assertThat(RootEntry.LAYOUT.reservedMask(0)).isEqualTo(0xFFEL);
        assertThat(RootEntry.LAYOUT.reservedMask(1)).isEqualTo(-1L);
        assertThat(ScalableRootEntry.LAYOUT.reservedMask(1)).isEqualTo(0xFFEL);
        assertThat(ContextEntry.LAYOUT.reservedMask(0)).isEqualTo(0xFF0L);
        assertThat(ContextEntry.LAYOUT.reservedMask(1)).isEqualTo(0xFFFF_FFFF_FF00_0080L);
        assertThat(ScalableContextEntry.LAYOUT.reservedMask(0)).isEqualTo(0x1E0L);
        assertThat(ScalableContextEntry.LAYOUT.reservedMask(1)).isEqualTo(0xFFFF_FFFF_FFE0_0000L);
        assertThat(PasidDirectoryEntry.LAYOUT.reservedMask(0)).isEqualTo(0xFFCL);
        assertThat(PasidEntry.LAYOUT.reservedMask(0)).isEqualTo(0xC20L);
        assertThat(PasidEntry.LAYOUT.reservedMask(1)).isEqualTo(0x7F_0000L);
        assertThat(PasidEntry.LAYOUT.reservedMask(2)).isEqualTo(0xF40L);
        assertThat(SecondStageEntry.TOP_TABLE.reservedMask(0)).isEqualTo(0x4000_0000_0000_0880L);
        assertThat(SecondStageEntry.TABLE.reservedMask(0)).isEqualTo(0x4000_0000_0000_0800L);
        assertThat(SecondStageEntry.PAGE_1G.reservedMask(0)).isEqualTo(0x3FFF_F000L);
        assertThat(SecondStageEntry.PAGE_2M.reservedMask(0)).isEqualTo(0x1F_F000L);
        assertThat(SecondStageEntry.PAGE_4K.reservedMask(0)).isZero();
        assertThat(FirstStageEntry.TOP_TABLE.reservedMask(0)).isEqualTo(0x80L);
        assertThat(FirstStageEntry.PAGE_1G.reservedMask(0)).isEqualTo(0x3FFF_E000L);
        assertThat(FirstStageEntry.PAGE_2M.reservedMask(0)).isEqualTo(0x1F_E000L);
    }

    @Test
    void rootEntry() {
        RootEntry entry = RootEntry.builder().present(true).contextTable(0x1_2345_6000L).build();
        assertThat(entry).isEqualTo(new RootEntry(0x1_2345_6001L, 0));
        assertThat(entry.present()).isTrue();
        assertThat(entry.contextTable()).isEqualTo(0x1_2345_6000L);
        assertThat(entry).hasToString("RootEntry{P=1 CTP=0x123456}");
        entry.write(memory, 0x40);
        assertThat(RootEntry.read(memory, 0x40)).isEqualTo(entry);
        assertThatThrownBy(() -> RootEntry.builder().contextTable(0x800)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void scalableRootEntry() {
        ScalableRootEntry entry = ScalableRootEntry.builder().lowerPresent(true).lowerTable(0x5000).upperTable(0x7000).build();
        assertThat(entry).isEqualTo(new ScalableRootEntry(0x5001, 0x7000));
        assertThat(entry.lowerPresent()).isTrue();
        assertThat(entry.upperPresent()).isFalse();
        assertThat(entry.lowerTable()).isEqualTo(0x5000);
        assertThat(entry.upperTable()).isEqualTo(0x7000);
        entry.write(memory, 0x40);
        assertThat(ScalableRootEntry.read(memory, 0x40)).isEqualTo(entry);
        assertThat(ScalableRootEntry.builder().upperPresent(true).build().upperPresent()).isTrue();
    }

    @Test
    void contextEntry() {
        ContextEntry entry = ContextEntry.builder().present(true).faultsDisabled(true).translationType(ContextEntry.TranslationType.PASS_THROUGH)
                .secondStage(0xABC_D000L).addressWidth(AddressWidth.BITS_48).domain(0x1234).build();
        assertThat(entry).isEqualTo(new ContextEntry(0xABC_D00BL, 0x12_3402));
        assertThat(entry.present()).isTrue();
        assertThat(entry.faultsDisabled()).isTrue();
        assertThat(entry.translationType()).isEqualTo(ContextEntry.TranslationType.PASS_THROUGH);
        assertThat(entry.secondStage()).isEqualTo(0xABC_D000L);
        assertThat(AddressWidth.of(entry.addressWidthCode())).contains(AddressWidth.BITS_48);
        assertThat(entry.domain()).isEqualTo(0x1234);
        assertThat(entry).hasToString("ContextEntry{P=1 FPD=1 TT=2 SSPTPTR=0xabcd AW=2 DID=0x1234}");
        entry.write(memory, 0x40);
        assertThat(ContextEntry.read(memory, 0x40)).isEqualTo(entry);
        assertThat(new ContextEntry(0, 0x80)).hasToString("ContextEntry{P=0 FPD=0 TT=0 SSPTPTR=0 AW=0 RSVD[7]=1 DID=0}");
    }

    @Test
    void scalableContextEntry() {
        ScalableContextEntry entry = ScalableContextEntry.builder().present(true).deviceTlb(true).pageRequests(true).directorySize(5)
                .directory(0x9000).ridPasid(0xABCDE).ridPrivileged(true).build();
        assertThat(entry).isEqualTo(new ScalableContextEntry(0x9A15, 0x1A_BCDE, 0, 0));
        assertThat(entry.present()).isTrue();
        assertThat(entry.faultsDisabled()).isFalse();
        assertThat(entry.deviceTlb()).isTrue();
        assertThat(entry.pasidEnabled()).isFalse();
        assertThat(entry.pageRequests()).isTrue();
        assertThat(entry.pasidLimit()).isEqualTo(1 << 18);
        assertThat(entry.directory()).isEqualTo(0x9000);
        assertThat(entry.ridPasid()).isEqualTo(0xABCDE);
        assertThat(entry.ridPrivileged()).isTrue();
        entry.write(memory, 0x40);
        assertThat(ScalableContextEntry.read(memory, 0x40)).isEqualTo(entry);
        assertThat(ScalableContextEntry.builder().faultsDisabled(true).pasidEnabled(true).build().word0()).isEqualTo(0xA);
    }

    @Test
    void pasidDirectoryEntry() {
        PasidDirectoryEntry entry = PasidDirectoryEntry.builder().present(true).faultsDisabled(true).table(0x3000).build();
        assertThat(entry).isEqualTo(new PasidDirectoryEntry(0x3003));
        assertThat(entry.present() && entry.faultsDisabled()).isTrue();
        assertThat(entry.table()).isEqualTo(0x3000);
        entry.write(memory, 0x48);
        assertThat(PasidDirectoryEntry.read(memory, 0x48)).isEqualTo(entry);
        assertThat(entry).hasToString("PasidDirectoryEntry{P=1 FPD=1 SMPTBLPTR=3}");
    }

    @Test
    void pasidEntrySecondStage() {
        PasidEntry entry = PasidEntry.builder().present(true).faultsDisabled(true).addressWidth(AddressWidth.BITS_57)
                .translationType(PasidEntry.TranslationType.SECOND_STAGE).secondStageAccessedDirty(true).secondStage(0x7000).domain(0xFFFE)
                .walkSnoop(true).build();
        assertThat(entry).isEqualTo(new PasidEntry(0x728F, 0x80_FFFE, 0, 0, 0, 0, 0, 0));
        assertThat(entry.present() && entry.faultsDisabled() && entry.secondStageAccessedDirty()).isTrue();
        assertThat(entry.addressWidthCode()).isEqualTo(3);
        assertThat(entry.translationType()).contains(PasidEntry.TranslationType.SECOND_STAGE);
        assertThat(entry.secondStage()).isEqualTo(0x7000);
        assertThat(entry.domain()).isEqualTo(0xFFFE);
        entry.write(memory, 0x40);
        assertThat(PasidEntry.read(memory, 0x40)).isEqualTo(entry);
    }

    @Test
    void pasidEntryMemoryAttributes() {
        assertThat(PasidEntry.builder().pageSnoop(true).build().word1()).isEqualTo(0x100_0000L);
        assertThat(PasidEntry.builder().cacheDisable(true).build().word1()).isEqualTo(0x200_0000L);
        assertThat(PasidEntry.builder().memoryTypeEnable(true).build().word1()).isEqualTo(0x400_0000L);
        assertThat(PasidEntry.builder().memoryType(6).build().word1()).isEqualTo(0x3000_0000L);
        assertThat(PasidEntry.builder().writeThrough(true).build().word1()).isEqualTo(0x4000_0000L);
        assertThat(PasidEntry.builder().pageCacheDisable(true).build().word1()).isEqualTo(0x8000_0000L);
        assertThat(PasidEntry.builder().attributes(0x0007_0406L).build().word1()).isEqualTo(0x0007_0406_0000_0000L);
    }

    @Test
    void pasidEntryFirstStage() {
        assertThat(PasidEntry.builder().supervisor(true).build().word2()).isEqualTo(0x1L);
        assertThat(PasidEntry.builder().execute(true).build().word2()).isEqualTo(0x2L);
        assertThat(PasidEntry.builder().firstStageLevels(5).build().word2()).isEqualTo(0x4L);
        assertThat(PasidEntry.builder().writeProtect(true).build().word2()).isEqualTo(0x10L);
        assertThat(PasidEntry.builder().noExecute(true).build().word2()).isEqualTo(0x20L);
        assertThat(PasidEntry.builder().extendedAccessed(true).build().word2()).isEqualTo(0x80L);
        PasidEntry nested = PasidEntry.builder().translationType(PasidEntry.TranslationType.NESTED).firstStage(0xC000).firstStageLevels(5).build();
        assertThat(nested.firstStage()).isEqualTo(0xC000);
        assertThat(nested.pagingMode()).isEqualTo(1);
        assertThat(nested.word0()).isEqualTo(0xC0);
        assertThat(new PasidEntry(0, 0, 0, 0, 0, 0, 0, 5).toString()).endsWith("RSVD[63:0]=5}");
    }

    @Test
    void secondStageEntry() {
        SecondStageEntry page = SecondStageEntry.builder().read(true).write(true).memoryType(6).ignorePat(true).accessed(true).dirty(true)
                .snoop(true).transientMapping(true).address(0x12_3000).build();
        assertThat(page.word()).isEqualTo(0x4000_0000_0012_3B73L);
        assertThat(page.describe(1)).isEqualTo("SecondStageEntry{R=1 W=1 EMT=6 IPAT=1 A=1 D=1 SNP=1 ADDR=0x123 TM=1}");
        assertThat(page.page(1)).isTrue();
        assertThat(page.page(2)).isFalse();
        SecondStageEntry large = SecondStageEntry.builder().read(true).pageSize(true).address(0x4000_0000L).build();
        assertThat(large.word()).isEqualTo(0x4000_0081L);
        assertThat(large.page(3)).isTrue();
        assertThat(large.page(4)).isFalse();
        assertThat(large.describe(3)).isEqualTo("SecondStageEntry{R=1 W=0 EMT=0 IPAT=0 PS=1 A=0 D=0 SNP=0 ADDR=1 TM=0}");
        assertThat(large.describe(4)).isEqualTo("SecondStageEntry{R=1 W=0 RSVD[7]=1 A=0 ADDR=0x40000}");
        assertThat(new SecondStageEntry(0x800).describe(2)).isEqualTo("SecondStageEntry{R=0 W=0 PS=0 A=0 RSVD[11]=1 ADDR=0}");
        assertThat(new SecondStageEntry(2).present()).isTrue();
        assertThat(new SecondStageEntry(4).present()).isFalse();
        assertThat(page.address()).isEqualTo(0x12_3000);
    }

    @Test
    void firstStageEntry() {
        FirstStageEntry page = FirstStageEntry.builder().present(true).write(true).user(true).writeThrough(true).cacheDisable(true).accessed(true)
                .dirty(true).global(true).extendedAccessed(true).executeDisable(true).address(0x12_3000).build();
        assertThat(page.word()).isEqualTo(0x8000_0000_0012_357FL);
        assertThat(page.describe(1)).isEqualTo("FirstStageEntry{P=1 R/W=1 U/S=1 PWT=1 PCD=1 A=1 D=1 PAT=0 G=1 EA=1 ADDR=0x123 XD=1}");
        FirstStageEntry large = FirstStageEntry.builder().present(true).pageSize(true).address(0x20_0000).build();
        assertThat(large.word()).isEqualTo(0x20_0081L);
        assertThat(large.page(2)).isTrue();
        assertThat(large.present() && !large.writable() && !large.user()).isTrue();
        assertThat(large.address()).isEqualTo(0x20_0000);
        assertThat(large.describe(2)).isEqualTo("FirstStageEntry{P=1 R/W=0 U/S=0 PWT=0 PCD=0 A=0 D=0 PS=1 G=0 EA=0 PAT=0 ADDR=1 XD=0}");
        assertThat(new FirstStageEntry(0x80).describe(5)).contains("RSVD[7]=1");
    }
}
