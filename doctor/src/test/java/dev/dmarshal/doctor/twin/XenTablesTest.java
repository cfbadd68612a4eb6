package dev.dmarshal.doctor.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.doctor.symptom.MemoryOutline;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XenTablesTest {

    private static final int ID = 0x0300;
    private static final long RAM = 0x2100_0000L;
    private static final long HOLE = 0xe_d000L;
    private static final long RESERVED = 0x7b00_0000L;
    private static final MemoryOutline.Region REGION = new MemoryOutline.Region(0x7c00_0000L, 0x7c00_ffffL, "RMRR");
    private static final MemoryOutline.Region HIGH_REGION = new MemoryOutline.Region(0xac6d_3000L, 0xac6e_6fffL, "RMRR");
    private static final MemoryOutline MEMORY = new MemoryOutline(List.of(), List.of(new MemoryOutline.Region(0x10_0000L, 0x7aff_ffffL, "usable"),
            new MemoryOutline.Region(RESERVED, RESERVED + 0xfff, "reserved"), new MemoryOutline.Region(0x7b10_0000L, 0x7b10_0fffL, "unusable")));

    private static XenRules rules(String release, String line) {
        return XenRules.of(Release.parse(release), Optional.of(CommandLine.parse(Platform.XEN, line)));
    }

    private static XenTables tables(XenRules rules, MemoryOutline.Region... regions) {
        return new XenTables(rules, new XenMachine(MEMORY, List.of(regions), List.of()), false);
    }

    private static Played play(XenEntry entry, long page, boolean write) {
        Scene scene = Scene.of(UnitCapabilities.builder().withExtended(ExtendedCapability.PASS_THROUGH).build(), TableMode.LEGACY)
                .with(ID ^ 8, new Attachment.Identity())
                .with(ID, entry.attachment().orElseThrow());
        return Stage.play(scene, List.of(new Act.Dma(ID, page, write))).getFirst();
    }

    private static boolean passes(XenTables tables, XenOwner owner, long page, boolean write) {
        return play(tables.entry(owner, List.of(page)), page, write).passed();
    }

    private static XenOwner hvm(long megabytes, boolean relaxed) {
        return new XenOwner.Guest(true, OptionalLong.of(megabytes), relaxed);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # release, line,                          memory, hole,  reserved
            3.4.1,  iommu=1,                           true,  false, false
            3.4.1,  iommu=1 iommu_inclusive_mapping=1, true,  true,  true
            4.0.0,  '',                                true,  true,  true
            4.2.0,  iommu_inclusive_mapping=0,         true,  false, false
            4.2.0,  iommu=dom0-strict,                 false, false, false
            4.11.4, no-iommu_inclusive_mapping,        true,  false, false
            4.12.0, '',                                true,  false, true
            4.12.0, dom0-iommu=map-inclusive,          true,  true,  true
            4.12.0, dom0-iommu=no-map-reserved,        true,  false, false
            4.17.0, dom0-iommu=map-reserved=no,        true,  false, false
            4.17.0, 'dom0-iommu=strict',               false, false, true
            4.17.0, dom0=pvh,                          false, false, true
            4.17.0, dom0=pvh dom0-iommu=passthrough,   false, false, true
            4.17.0, dom0-iommu=passthrough,            true,  true,  true
            4.0.0,  iommu=passthrough,                 true,  true,  true
            4.10.0, dom0-iommu=strict,                 true,  true,  true
            """)
    void dom0ByVersionAndParameters(String release, String line, boolean memory, boolean hole, boolean reserved) {
        XenTables tables = tables(rules(release, line));
        XenOwner dom0 = new XenOwner.Dom0();
        assertThat(passes(tables, dom0, RAM, true)).as("memory").isEqualTo(memory);
        assertThat(passes(tables, dom0, HOLE, true)).as("hole").isEqualTo(hole);
        assertThat(passes(tables, dom0, RESERVED, true)).as("reserved").isEqualTo(reserved);
        assertThat(passes(tables(rules(release, line), REGION), dom0, REGION.first(), true)).as("an RMRR is mapped in any case").isTrue();
    }

    @Test
    void unusableMemoryIsMappedForNobody() {
        assertThat(passes(tables(rules("4.12.0", "dom0-iommu=map-inclusive")), new XenOwner.Dom0(), 0x7b10_0000L, false)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # release, line,                                 read,  write, region read, reason of a refused write
            4.11.2, '',                                      true,  true,  true,  -
            4.11.3, '',                                      false, false, false, LCT_2
            4.11.4, '',                                      true,  false, true,  LGN_2
            4.12.1, '',                                      true,  true,  true,  -
            4.12.2, '',                                      true,  false, true,  LGN_2
            4.13.0, '',                                      true,  false, true,  LGN_2
            4.13.5, '',                                      true,  true,  true,  -
            4.14.4, '',                                      true,  false, true,  LGN_2
            4.14.5, '',                                      true,  true,  true,  -
            4.15.3, iommu=no-quarantine,                     false, false, true,  LGN_2
            4.16.0, '',                                      false, false, false, LCT_2
            4.16.0, iommu=quarantine=scratch-page,           true,  false, true,  LGN_2
            4.16.1, '',                                      false, false, true,  LGN_2
            4.17.2, iommu=quarantine=scratch-page,           true,  true,  true,  -
            4.22.0, 'iommu=verbose,quarantine=no',           false, false, true,  LGN_2
            """)
    void quarantineByVersionAndParameters(String release, String line, boolean read, boolean write, boolean region, String reason) {
        XenTables tables = tables(rules(release, line), REGION);
        XenOwner nobody = new XenOwner.Quarantine();
        assertThat(passes(tables, nobody, RAM, false)).as("read").isEqualTo(read);
        assertThat(passes(tables, nobody, RAM, true)).as("write").isEqualTo(write);
        assertThat(passes(tables, nobody, REGION.first(), false)).as("region").isEqualTo(region);
        Played refused = play(tables.entry(nobody, List.of(RAM)), RAM, true);
        assertThat(refused.reason().map(FaultReason::name).orElse("-")).isEqualTo(reason);
    }

    @Test
    void aQuarantinedDeviceWithoutRegionsHasNoEntryUnlessAPageIsAskedFor() {
        XenEntry entry = tables(rules("4.17.2", "")).entry(new XenOwner.Quarantine(), List.of(RAM));
        assertThat(play(entry, RAM, false).reason()).contains(FaultReason.LCT_2);
        assertThat(entry.reaches()).isEqualTo("nothing");
        Played scratch = play(tables(rules("4.17.2", "iommu=quarantine=scratch-page")).entry(new XenOwner.Quarantine(), List.of(RAM, HOLE)), HOLE, true);
        assertThat(scratch.reaches()).as("one page, not the address asked for").isNotEqualTo(OptionalLong.of(HOLE)).isPresent();
        assertThat(tables(XenRules.of(Optional.empty(), Optional.empty())).entry(new XenOwner.Quarantine(), List.of(RAM)).attachment()).isEmpty();
    }

    @Test
    void aGuestsDeviceReachesTheGuestsMemoryAndItsRegion() {
        XenTables tables = tables(rules("4.17.2", ""), HIGH_REGION);
        assertThat(passes(tables, hvm(2048, false), 0x1000_0000L, true)).isTrue();
        assertThat(passes(tables, hvm(2048, false), 0xa_0000L, true)).as("VGA's window is no memory").isFalse();
        assertThat(passes(tables, hvm(2048, false), 0x1_0000_0000L, true)).as("2 GiB end below 4 GiB").isFalse();
        XenEntry moved = tables.entry(hvm(2800, false), List.of(HIGH_REGION.first(), 0xac80_0000L, 0x1_0000_0000L));
        assertThat(moved.refused()).as("above 2 GiB the guest's memory gives way").isFalse();
        assertThat(play(moved, HIGH_REGION.first(), true).reaches()).hasValue(HIGH_REGION.first());
        assertThat(play(moved, 0xac80_0000L, true).passed()).as("the rest of low memory goes with it").isFalse();
        assertThat(play(moved, 0x1_0000_0000L, true).passed()).as("and comes back above 4 GiB").isTrue();
    }

    @Test
    void aRegionUnderTheGuestsMemoryIsRefusedOrLost() {
        XenTables tables = tables(rules("4.17.2", ""), REGION);
        assertThat(tables.entry(hvm(4096, false), List.of()).refused()).isTrue();
        XenEntry relaxed = tables.entry(hvm(4096, true), List.of(REGION.first()));
        assertThat(play(relaxed, REGION.first(), true).reaches()).as("the guest's memory instead of the firmware's").isPresent()
                .isNotEqualTo(OptionalLong.of(REGION
                .first()));
        assertThat(relaxed.why()).contains("end in the guest's own memory");
        assertThat(tables(rules("4.5.0", ""), REGION).entry(hvm(4096, false), List.of(REGION.first())).refused()).as("no policies before 4.6").isFalse();
    }

    @Test
    void aSharedRegionNeedsARelaxedPolicy() {
        XenMachine machine = new XenMachine(MEMORY, List.of(HIGH_REGION), List.of(HIGH_REGION));
        XenTables tables = new XenTables(rules("4.6.0", ""), machine, false);
        assertThat(tables.entry(hvm(1024, false), List.of()).refused()).isTrue();
        assertThat(tables.entry(hvm(1024, true), List.of()).refused()).isFalse();
        assertThat(tables.entry(new XenOwner.Guest(false, OptionalLong.empty(), false), List.of()).refused()).isTrue();
        assertThat(new XenTables(rules("4.5.0", ""), machine, false).entry(hvm(1024, false), List.of()).refused()).isFalse();
    }

    @Test
    void regionsOfUsbControllersWereLeftOutBefore46() {
        XenMachine machine = new XenMachine(MEMORY, List.of(HIGH_REGION), List.of());
        long page = HIGH_REGION.first();
        assertThat(passes(new XenTables(rules("4.5.0", ""), machine, true), hvm(1024, false), page, true)).isFalse();
        assertThat(passes(new XenTables(rules("4.6.0", ""), machine, true), hvm(1024, false), page, true)).isTrue();
        assertThat(passes(new XenTables(rules("4.5.0", ""), machine, false), hvm(1024, false), page, true)).isTrue();
    }

    @Test
    void onAndOff() {
        assertThat(rules("3.4.1", "").translating()).contains(false);
        assertThat(rules("3.4.1", "iommu=verbose").translating()).contains(true);
        assertThat(rules("4.17.0", "").translating()).contains(true);
        assertThat(rules("4.17.0", "iommu=verbose,off").translating()).contains(false);
        assertThat(rules("4.17.0", "no-iommu").translating()).contains(false);
        assertThat(XenRules.of(Optional.empty(), Optional.empty()).translating()).isEmpty();
    }
}
