package dev.dmarshal.core.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.acpi.DeviceScope.Hop;
import dev.dmarshal.core.acpi.DeviceScope.Kind;
import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import dev.dmarshal.core.acpi.MemoryRange.Use;
import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ChecksTest {

    private static final DeviceScope IOAPIC = DeviceScope.of(Kind.IOAPIC, 2, 0xf0, new Hop(0x1f, 0));
    private static final Drhd ALL = new Drhd(1, 0, 0, 0xfed91000L, List.of(IOAPIC));
    private static final DeviceScope USB = DeviceScope.endpoint(0, 0x14, 0);

    private static List<String> judge(MachineView machine, DmarStructure... structures) {
        DmarBuilder builder = new DmarBuilder();
        List.of(structures).forEach(builder::add);
        return judge(machine, builder);
    }

    private static List<String> judge(MachineView machine, DmarBuilder builder) {
        return DmarChecks.all(DmarTable.of(builder.build()).orElseThrow(), machine).stream().map(TableFinding::label).toList();
    }

    private static List<String> judge(DmarStructure... structures) {
        return judge(MachineView.UNKNOWN, structures);
    }

    private static MachineView functions(PciFunction... functions) {
        return new MachineView(Optional.empty(), Optional.of(List.of(functions)));
    }

    private static PciFunction function(int bus, int device, int number, int classCode, int secondaryBus) {
        return new PciFunction(new Sbdf(0, bus, device, number), 0x8086, 0x1234, classCode, secondaryBus == 0 ? OptionalInt.empty() : OptionalInt.of(
                secondaryBus));
    }

    @Test
    void aSoundTableHasNoFindings() {
        assertThat(judge(new Drhd(0, 0, 0, 0xfed90000L, List.of(DeviceScope.endpoint(0, 2, 0))), ALL, new Rmrr(0, 0x7d000000, 0x7f7fffff, List.of(DeviceScope
                .endpoint(0, 2, 0))), new Rhsa(0xfed90000L, 0), new Rhsa(0xfed91000L, 0), new Atsr(1, 0, List.of()))).isEmpty();
    }

    @Test
    void widthAndFlags() {
        assertThat(judge(MachineView.UNKNOWN, new DmarBuilder().hostAddressBits(1).add(ALL))).containsExactly("dmar-width-too-small", "dmar-base-beyond-width");
        assertThat(judge(MachineView.UNKNOWN, new DmarBuilder().hostAddressBits(64).add(ALL))).containsExactly("dmar-width-odd");
        assertThat(judge(MachineView.UNKNOWN, new DmarBuilder().flags(0).add(ALL))).containsExactly("dmar-no-interrupt-remapping");
        assertThat(judge(MachineView.UNKNOWN, new DmarBuilder().flags(2).add(ALL))).containsExactly("dmar-x2apic-opt-out-alone");
        assertThat(judge(MachineView.UNKNOWN, new DmarBuilder().flags(7).add(ALL))).containsExactly("dmar-x2apic-opt-out", "dmar-dma-opt-in");
        assertThat(judge()).containsExactly("dmar-no-drhd");
        assertThat(judge(new Drhd(1, 0, 0, 0xfed90000L, List.of()))).containsExactly("dmar-ioapic-none");
    }

    @Test
    void registerBases() {
        assertThat(judge(new Drhd(1, 0, 0, 0, List.of(IOAPIC)))).containsExactly("dmar-base-zero");
        assertThat(judge(new Drhd(1, 0, 0, -1, List.of(IOAPIC)))).containsExactly("dmar-base-all-ones");
        assertThat(judge(new Drhd(1, 0, 0, 0xfed90800L, List.of(IOAPIC)))).containsExactly("dmar-base-unaligned");
        assertThat(judge(new Drhd(1, 4, 0, 0xfed91000L, List.of(IOAPIC)))).containsExactly("dmar-base-unaligned-for-size");
        assertThat(judge(new Drhd(1, 0, 0, 1L << 40, List.of(IOAPIC)))).containsExactly("dmar-base-beyond-width");
        assertThat(judge(new Drhd(0, 0, 0, 0xfed91000L, List.of(USB)), ALL)).containsExactly("dmar-base-twice");
        assertThat(judge(new Drhd(0, 0, 0, 0xfed90000L, List.of()), ALL)).containsExactly("dmar-unit-without-devices");
    }

    @Test
    void includeAllIsJudgedBySegment() {
        Drhd second = new Drhd(1, 0, 0, 0xfed92000L, List.of());
        assertThat(judge(ALL, second)).containsExactly("dmar-include-all-twice");
        assertThat(judge(ALL, new Drhd(1, 0, 1, 0xfed92000L, List.of()))).isEmpty();
        assertThat(judge(ALL, new Drhd(0, 0, 0, 0xfed92000L, List.of(USB)))).containsExactly("dmar-include-all-not-last");
        assertThat(judge(new Drhd(0, 0, 0, 0xfed92000L, List.of(IOAPIC)))).containsExactly("dmar-include-all-missing");
        assertThat(judge(ALL, new Atsr(1, 3, List.of()))).containsExactly("dmar-segment-without-unit");
    }

    @Test
    void structuresThatMeanNothing() {
        assertThat(judge(ALL, new Rhsa(0xfed93000L, 1))).containsExactly("dmar-rhsa-without-unit", "dmar-unit-without-rhsa");
        assertThat(judge(ALL, new Atsr(0, 0, List.of()))).containsExactly("dmar-atsr-without-ports");
        assertThat(judge(ALL, new Atsr(1, 0, List.of()), new Atsr(1, 0, List.of()))).containsExactly("dmar-atsr-all-ports-twice");
        assertThat(judge(ALL, new Andd(1, "\\_SB.A", true))).containsExactly("dmar-andd-not-used");
        assertThat(judge(new Drhd(1, 0, 0, 0xfed91000L, List.of(IOAPIC, DeviceScope.of(Kind.NAMESPACE, 3, 0, new Hop(0x15, 0)))))).containsExactly(
                "dmar-scope-not-declared");
        assertThat(judge(new Drhd(0, 0, 0, 0xfed90000L, List.of(USB)), new Drhd(1, 0, 0, 0xfed91000L, List.of(IOAPIC, USB)))).containsExactly(
                "dmar-scope-twice");
    }

    /** Firmware lists IO-APICs and devices of the ACPI name space under whatever unit serves them. */
    @Test
    void platformDevicesMayBeListedByAnyUnit() {
        Drhd rest = new Drhd(1, 0, 0, 0xfed91000L, List.of());
        assertThat(judge(new Drhd(0, 0, 0, 0xfed90000L, List.of(IOAPIC)), rest)).isEmpty();
        DeviceScope named = DeviceScope.of(Kind.NAMESPACE, 1, 0, new Hop(0x15, 0));
        assertThat(judge(new Drhd(0, 0, 0, 0xfed90000L, List.of(IOAPIC, named)), rest, new Andd(1, "\\_SB.A", true))).isEmpty();
    }

    @Test
    void regionsOfReservedMemory() {
        assertThat(judge(ALL, new Rmrr(0, 0x2000, 0xfff, List.of(USB)))).containsExactly("dmar-rmrr-inverted");
        assertThat(judge(ALL, new Rmrr(0, 0, 0, List.of(USB)))).containsExactly("dmar-rmrr-unaligned");
        assertThat(judge(ALL, new Rmrr(0, 0x1000, 0x2fff, List.of(USB)), new Rmrr(0, 0x2000, 0x3fff, List.of(USB)))).containsExactly("dmar-rmrr-overlap");
        assertThat(judge(ALL, new Rmrr(0, 0x1000, 0x1fff, List.of(USB)), new Rmrr(0, 0x2000, 0x3fff, List.of(USB)))).isEmpty();
        assertThat(judge(ALL, new Rmrr(0, 0x1000, 0x1fff, List.of()))).containsExactly("dmar-rmrr-without-devices");
        assertThat(judge(ALL, new Rmrr(0, 0x8000000000L, 0x8000000fffL, List.of(USB)))).containsExactly("dmar-rmrr-beyond-width");
    }

    @Test
    void regionsAgainstTheMemoryMap() {
        MachineView map = new MachineView(Optional.of(List.of(new MemoryRange(0x1000, 0x4fff, Use.RAM), new MemoryRange(0x5000, 0x6fff, Use.RESERVED),
                new MemoryRange(0x7000, 0x7fff, Use.NVS))), Optional.empty());
        assertThat(judge(map, ALL, new Rmrr(0, 0x5000, 0x5fff, List.of(USB)))).isEmpty();
        assertThat(judge(map, ALL, new Rmrr(0, 0x7000, 0x7fff, List.of(USB)))).isEmpty();
        assertThat(judge(map, ALL, new Rmrr(0, 0x4000, 0x5fff, List.of(USB)))).containsExactly("dmar-rmrr-in-ram");
        assertThat(judge(map, ALL, new Rmrr(0, 0x6000, 0x7fff, List.of(USB)))).as("one entry must cover it").containsExactly("dmar-rmrr-not-reserved");
        assertThat(judge(map, ALL, new Rmrr(0, 0x9000, 0x9fff, List.of(USB)))).containsExactly("dmar-rmrr-not-reserved");
    }

    @Test
    void regionsAreExplainedByTheirDevices() {
        Rmrr region = new Rmrr(0, 0x5000, 0x5fff, List.of(USB));
        assertThat(judge(functions(function(0, 0x14, 0, 0x0c0330, 0)), ALL, region)).containsExactly("dmar-rmrr-usb");
        assertThat(judge(functions(function(0, 0x14, 0, 0x030000, 0)), ALL, region)).containsExactly("dmar-rmrr-graphics");
        assertThat(judge(functions(function(0, 0x14, 0, 0x010400, 0)), ALL, region)).containsExactly("dmar-rmrr-strict");
        assertThat(judge(functions(new PciFunction(new Sbdf(0, 0, 0x14, 0), 0x103c, 0x3306, 0x088000, OptionalInt.empty())), ALL, region)).containsExactly(
                "dmar-rmrr-management");
    }

    @Test
    void scopesAgainstTheDevices() {
        Drhd deep = new Drhd(0, 0, 0, 0xfed90000L, List.of(DeviceScope.of(Kind.ENDPOINT, 0, 0, new Hop(1, 0), new Hop(0, 0))));
        assertThat(judge(functions(function(0, 1, 0, 0x060400, 3), function(3, 0, 0, 0x020000, 0)), deep, ALL)).isEmpty();
        assertThat(judge(functions(function(0, 1, 0, 0x060400, 3)), deep, ALL)).containsExactly("dmar-scope-absent");
        assertThat(judge(functions(function(3, 0, 0, 0x020000, 0)), deep, ALL)).containsExactly("dmar-scope-no-bridge");
        assertThat(judge(functions(function(0, 1, 0, 0x060400, 3), function(3, 0, 0, 0x060400, 4)), deep, ALL)).containsExactly("dmar-scope-kind-wrong");
        Drhd bridge = new Drhd(0, 0, 0, 0xfed90000L, List.of(DeviceScope.bridge(0, 1, 0)));
        assertThat(judge(functions(function(0, 1, 0, 0x068000, 0)), bridge, ALL)).as("NTB").isEmpty();
        assertThat(judge(functions(function(0, 1, 0, 0x020000, 0)), bridge, ALL)).containsExactly("dmar-scope-kind-wrong");
    }

    @Test
    void ivrsFaults() {
        IvhdEntry apic = new IvhdEntry.Special(0x48, 0, 0xd7, 0x21, 0xa0, 1);
        assertThat(ivrs(unit(0xfd200000L, apic))).isEmpty();
        assertThat(ivrs()).containsExactly("ivrs-no-ivhd");
        assertThat(ivrs(unit(0xfd200000L))).containsExactly("ivrs-ioapic-none");
        assertThat(ivrs(unit(0, apic))).containsExactly("ivrs-base-zero");
        assertThat(ivrs(unit(-1, apic))).containsExactly("ivrs-base-all-ones");
        assertThat(ivrs(unit(0xfd201000L, apic))).containsExactly("ivrs-base-unaligned");
        assertThat(ivrs(unit(0xfd200000L, apic, new IvhdEntry.Device(3, 8, 0)))).containsExactly("ivrs-range-unpaired");
        assertThat(ivrs(unit(0xfd200000L, apic, new IvhdEntry.Device(3, 8, 0), new IvhdEntry.Device(4, 7, 0)))).containsExactly("ivrs-range-inverted");
        assertThat(ivrs(unit(0xfd200000L, apic), new Ivmd(0x20, 7, 0, 0, 0, 0x1000, 0))).containsExactly("ivrs-region-length");
        assertThat(ivrs(unit(0xfd200000L, apic), new Ivmd(0x20, 6, 0, 0, 0, 0x1000, 0x1000))).containsExactly("ivrs-region-flags");
        assertThat(ivrs(unit(0xfd200000L, apic), new Ivmd(0x22, 7, 8, 4, 0, 0x1000, 0x1001))).containsExactly("ivrs-region-unaligned",
                "ivrs-region-devices-inverted");
        assertThat(ivrs(unit(0xfd200000L, apic), new Ivmd(0x20, 7, 0, 0, 0, 0x1000, 0x2000), new Ivmd(0x21, 7, 8, 0, 0, 0x2000, 0x1000))).containsExactly(
                "ivrs-region-overlap");
    }

    private static Ivhd unit(long base, IvhdEntry... entries) {
        return new Ivhd(0x11, 0, 2, 0x40, base, 0, 0, 0, OptionalLong.of(0), OptionalLong.of(0), List.of(entries));
    }

    private static List<String> ivrs(IvrsBlock... blocks) {
        IvrsBuilder builder = new IvrsBuilder();
        List.of(blocks).forEach(builder::add);
        return IvrsChecks.all(IvrsTable.of(builder.build()).orElseThrow(), MachineView.UNKNOWN).stream().map(TableFinding::label).toList();
    }
}
