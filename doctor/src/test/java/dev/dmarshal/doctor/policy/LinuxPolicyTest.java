package dev.dmarshal.doctor.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.symptom.MemoryOutline;
import dev.dmarshal.doctor.twin.Act;
import dev.dmarshal.doctor.twin.Played;
import dev.dmarshal.doctor.twin.Scene;
import dev.dmarshal.doctor.twin.Stage;
import dev.dmarshal.doctor.twin.TableMode;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.survey.ReservedRegion;
import dev.dmarshal.host.survey.Surveyor;
import dev.dmarshal.host.version.Platform;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host with graphics and USB under a unit each of their own and reserved regions, an ISA bridge, and a card behind a port. */
class LinuxPolicyTest {

    private static final Sbdf GRAPHICS = new Sbdf(0, 0, 2, 0);
    private static final Sbdf USB = new Sbdf(0, 0, 0x14, 0);
    private static final Sbdf ISA = new Sbdf(0, 0, 0x1f, 0);
    private static final Sbdf NIC = new Sbdf(0, 2, 0, 0);
    private static final String FEATURES = "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n# CONFIG_IOMMU_DEFAULT_PASSTHROUGH is not set\n"
            + "# CONFIG_IOMMU_DEFAULT_DMA_STRICT is not set\nCONFIG_IRQ_REMAP=y\n";
    /** CAP and ECAP: 48-bit tables, pass-through, interrupt remapping, queues. */
    private static final String CAP = "d2008c40660462\n";
    private static final String ECAP = "f050da\n";
    private static final String SCALABLE = Long.toHexString(0xf050daL | 1L << 43 | 1L << 46 | 1L << 47) + "\n";

    @TempDir
    private Path folder;

    private static DeviceScope scope(Sbdf device) {
        return new DeviceScope(1, 0, 0, device.bus(), List.of(new DeviceScope.Hop(device.device(), device.function())));
    }

    private FakeHost host(String kernel, String line, String config) {
        byte[] dmar = new DmarBuilder().hostAddressBits(39).flags(1).add(new DmarStructure.Drhd(0, 0, 0, 0xfed90000L, List.of(scope(GRAPHICS))))
                .add(new DmarStructure.Drhd(1, 0, 0, 0xfed91000L, List.of())).add(new DmarStructure.Rmrr(0, 0x7b000000L, 0x7b7fffffL, List.of(scope(GRAPHICS))))
                .add(new DmarStructure.Rmrr(0, 0x7a000000L, 0x7a01ffffL, List.of(scope(USB)))).add(new DmarStructure.Rmrr(0, 0x7c000000L, 0x7c000fffL,
                        List.of(scope(NIC)))).build();
        FakeHost host = new FakeHost(folder).file("/proc/sys/kernel/osrelease", kernel + "\n").file("/proc/cmdline", line + "\n")
                .file("/boot/config-" + kernel, config).bytes("/sys/firmware/acpi/tables/DMAR", dmar).folder("/sys/devices/pci0000:00");
        unit(host, "dmar0", "fed90000", ECAP);
        unit(host, "dmar1", "fed91000", ECAP);
        FakePci.at(host, "pci0000:00", GRAPHICS).is(0x8086, 0x3e92, 0x030000).type(Optional.empty()).driver("i915").group(0).make();
        FakePci.at(host, "pci0000:00", USB).is(0x8086, 0xa36d, 0x0c0330).type(Optional.empty()).driver("xhci_hcd").group(1).make();
        FakePci.at(host, "pci0000:00", ISA).is(0x8086, 0xa305, 0x060100).type(Optional.empty()).group(2).make();
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa338, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(3)
                .make();
        FakePci.at(host, port, NIC).driver("igb").group(4).range(0xf0000000L, 0x100000, false).make();
        return host;
    }

    private static void unit(FakeHost host, String name, String address, String ecap) {
        host.file("/sys/class/iommu/" + name + "/intel-iommu/cap", CAP).file("/sys/class/iommu/" + name + "/intel-iommu/ecap", ecap)
                .file("/sys/class/iommu/" + name + "/intel-iommu/address", address + "\n");
    }

    private static Situation now(FakeHost host) {
        return Situation.of(Surveyor.survey(host.host(), Optional.empty()), KernelFacts.of(host.host()));
    }

    private static HostPolicy policy(FakeHost host) {
        Situation now = now(host);
        return LinuxPolicy.of(now, now.kernel());
    }

    private static String type(HostPolicy policy, Sbdf device) {
        return policy.groupOf(device).orElseThrow().type().map(DomainType::word).orElse("?");
    }

    @ParameterizedTest
    @CsvSource({"6.12.0, intel_iommu=on, DMA-FQ", "6.12.0, intel_iommu=on iommu.strict=1, DMA", "6.12.0, intel_iommu=on iommu.strict=0, DMA-FQ",
            "6.12.0, intel_iommu=on iommu=pt, identity", "6.12.0, intel_iommu=on iommu.passthrough=1, identity", "6.12.0, intel_iommu=off, none",
            "6.12.0, quiet, none", "6.12.0, intel_iommu=pt, none", "6.12.0, intel_iommu=on iommu=pt iommu=nopt, DMA-FQ", "5.10.7, intel_iommu=on, DMA",
            "5.10.7, intel_iommu=on iommu=pt, identity", "6.1.0, 'intel_iommu=on,strict', DMA"})
    void theDefaultFollowsFromVersionBuildAndCommandLine(String kernel, String line, String expected) {
        assertThat(type(policy(host(kernel, line, FEATURES)), NIC)).isEqualTo(expected);
    }

    @Test
    void whatTheBuildDecidesStaysOpenWithoutIt() {
        assertThat(type(policy(host("6.12.0", "intel_iommu=on", "")), NIC)).isEqualTo("?");
    }

    @Test
    void noParameterTurnsOnWhatIsNotThere() {
        assertThat(type(policy(host("6.12.0", "intel_iommu=on", "# CONFIG_INTEL_IOMMU is not set\n")), NIC)).isEqualTo("none");
        assertThat(type(policy(host("6.12.0", "quiet", FEATURES + "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y\n")), NIC)).isEqualTo("DMA-FQ");
    }

    @Test
    void theGroupsTypesTellOfTheBuild() {
        FakeHost host = host("6.12.0", "intel_iommu=on", "");
        for (int group = 0; group < 5; group++) {
            host.file("/sys/kernel/iommu_groups/" + group + "/type", "DMA-FQ\n");
        }
        HostPolicy policy = policy(host);
        assertThat(type(policy, NIC)).isEqualTo("DMA-FQ");
        assertThat(policy.notes()).anySatisfy(note -> assertThat(note).contains("CONFIG_IOMMU_DEFAULT_DMA_STRICT not set"));
    }

    @Test
    void graphicsAloneUnderTheirUnitAreLeftOut() {
        HostPolicy policy = policy(host("6.12.0", "intel_iommu=on,igfx_off", FEATURES));
        assertThat(type(policy, GRAPHICS)).isEqualTo("none");
        assertThat(type(policy, NIC)).isEqualTo("DMA-FQ");
        assertThat(policy.units()).extracting(UnitPlan::on).containsExactly(false, true);
    }

    @Test
    void reservedRegionsAreThoseOfTheKernel() {
        HostPolicy policy = policy(host("6.12.0", "intel_iommu=on", FEATURES));
        ReservedRegion interrupts = new ReservedRegion(0xfee00000L, 0xfeefffffL, "msi");
        assertThat(policy.groupOf(GRAPHICS).orElseThrow().reserved()).containsExactly(new ReservedRegion(0x7b000000L, 0x7b7fffffL, "direct-relaxable"),
                interrupts);
        assertThat(policy.groupOf(USB).orElseThrow().reserved()).containsExactly(new ReservedRegion(0x7a000000L, 0x7a01ffffL, "direct-relaxable"), interrupts);
        assertThat(policy.groupOf(NIC).orElseThrow().reserved()).containsExactly(new ReservedRegion(0x7c000000L, 0x7c000fffL, "direct"), interrupts);
        assertThat(policy.groupOf(ISA).orElseThrow().reserved()).containsExactly(new ReservedRegion(0, 0xffffffL, "direct-relaxable"), interrupts);
    }

    @Test
    void scalableModeNeedsTheWordAndTheHardware() {
        FakeHost host = host("6.12.0", "intel_iommu=on,sm_on", FEATURES);
        assertThat(policy(host).units()).extracting(UnitPlan::mode).containsOnly(TableMode.LEGACY);
        unit(host, "dmar0", "fed90000", SCALABLE);
        unit(host, "dmar1", "fed91000", SCALABLE);
        assertThat(policy(host).units()).extracting(UnitPlan::mode).containsOnly(TableMode.SCALABLE_FIRST_STAGE);
        assertThat(policy(host("6.12.0", "intel_iommu=on,sm_on,sm_off", FEATURES)).units()).extracting(UnitPlan::mode).containsOnly(TableMode.LEGACY);
    }

    private static Played play(HostTwin twin, Sbdf device, long address) {
        Scene scene = twin.scene(device).orElseThrow();
        return Stage.play(scene, List.of(new Act.Dma(device.sourceId().value(), address, false))).getFirst();
    }

    @Test
    void theTwinsTablesHaveRegionsEntriesAndNothingElse() {
        Situation now = now(host("6.12.0", "intel_iommu=on", FEATURES));
        HostTwin twin = HostTwin.of(now, LinuxPolicy.of(now, now.kernel()));
        assertThat(play(twin, NIC, 0x7c000000L).reaches()).hasValue(0x7c000000L);
        assertThat(play(twin, NIC, 0x7c001000L).reason()).contains(FaultReason.LGN_3);
        assertThat(play(twin, NIC, 0x7b000000L).reason()).as("another device's region").contains(FaultReason.LGN_3);
        assertThat(play(twin, GRAPHICS, 0x7b7ff000L).passed()).isTrue();
        assertThat(play(twin, new Sbdf(0, 2, 0, 1), 0x1000).reason()).as("nobody's id on a bus that has tables").contains(FaultReason.LCT_2);
        assertThat(play(twin, new Sbdf(0, 9, 0, 0), 0x1000).reason()).as("nobody's bus").contains(FaultReason.LRT_2);
    }

    @Test
    void passThroughReachesAll() {
        Situation now = now(host("6.12.0", "intel_iommu=on iommu=pt", FEATURES));
        HostTwin twin = HostTwin.of(now, LinuxPolicy.of(now, now.kernel()));
        assertThat(play(twin, NIC, 0x12345000L).reaches()).hasValue(0x12345000L);
        assertThat(play(twin, new Sbdf(0, 2, 0, 1), 0x1000).reason()).as("pass-through gives entries to known functions only").contains(FaultReason.LCT_2);
    }

    @Test
    void saysWhatBecomesOfFaults() {
        String log = "[   90.000000] DMAR: [DMA Read NO_PASID] Request device [02:00.0] fault addr 0x33ff8000 [fault reason 0x06] words\n"
                + "[   91.000000] DMAR: [DMA Read NO_PASID] Request device [02:00.1] fault addr 0x33ff8000 [fault reason 0x02] words\n"
                + "[   92.000000] DMAR: [DMA Read NO_PASID] Request device [02:00.0] fault addr 0x44ff8000 [fault reason 0x02] words\n";
        Situation now = now(host("6.12.0", "intel_iommu=on", FEATURES));
        Situation then = now.with(now.kernel().with(CommandLine.parse(Platform.LINUX, "intel_iommu=on iommu=pt")));
        WhatIf whatIf = WhatIf.of(now, then, new Examination().log("log", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))).symptoms());
        assertThat(whatIf.faults()).extracting(FaultForecast::outcome).containsExactly(FaultForecast.Outcome.GONE, FaultForecast.Outcome.REMAINS,
                FaultForecast.Outcome.OPEN);
        assertThat(whatIf.devices()).filteredOn(device -> device.from().equals(NIC)).allSatisfy(device -> {
            assertThat(device.changed()).isTrue();
            assertThat(DeviceChange.reach(device.before())).isEqualTo("what its driver maps, and for a moment what it has unmapped and one region of firmware");
            assertThat(DeviceChange.reach(device.after())).isEqualTo("all memory");
        });
    }

    @Test
    void aWrittenTypeChangesThatGroupAlone() {
        Situation now = now(host("6.12.0", "intel_iommu=on", FEATURES));
        WhatIf whatIf = WhatIf.of(now, now.with(Map.of(4, DomainType.IDENTITY)), new Examination().symptoms());
        assertThat(whatIf.devices()).filteredOn(DeviceChange::changed).extracting(DeviceChange::from).containsExactly(NIC);
    }

    @Test
    void theKernelsOwnWordStandsAboveWhatWasConcluded() {
        FakeHost host = host("6.12.0", "intel_iommu=on", FEATURES).file("/sys/kernel/iommu_groups/4/type", "identity\n");
        Situation now = now(host);
        WhatIf whatIf = WhatIf.of(now, now, new Examination().symptoms());
        assertThat(type(whatIf.before(), NIC)).isEqualTo("identity");
        assertThat(whatIf.notes()).anySatisfy(note -> assertThat(note).contains("group 4 is identity where DMA-FQ was expected"));
    }

    /** QEMU 10 with x-scalable-mode=on: SRS without PASID, which no unit of the specification has. */
    @Test
    void wordsThatContradictThemselvesStillTellTheFormOfTheTables() {
        FakeHost host = host("6.12.0", "intel_iommu=on,sm_on", FEATURES);
        unit(host, "dmar0", "fed90000", "480080f00f4a\n");
        unit(host, "dmar1", "fed91000", "480080f00f4a\n");
        Situation now = now(host);
        HostPolicy policy = LinuxPolicy.of(now, now.kernel());
        assertThat(policy.units()).extracting(UnitPlan::mode).containsOnly(TableMode.SCALABLE_SECOND_STAGE);
        assertThat(policy.notes()).anyMatch(note -> note.contains("of the same widths and stages"));
        assertThat(dma(HostTwin.of(now, policy).scene(NIC).orElseThrow(), 0x7c00_0000L).passed()).isTrue();
    }

    /** iommu=pt on units without pass-through: 1:1 tables of memory alone, until 6.12 translates such devices. */
    @Test
    void passThroughInSoftwareReachesMemoryOnly() {
        FakeHost host = host("5.10.0", "intel_iommu=on iommu=pt", FEATURES);
        String without = Long.toHexString(0xf050daL & ~(1L << 6)) + "\n";
        unit(host, "dmar0", "fed90000", without);
        unit(host, "dmar1", "fed91000", without);
        Situation now = now(host);
        HostPolicy policy = LinuxPolicy.of(now, now.kernel());
        assertThat(policy.groupOf(NIC).orElseThrow().type()).contains(DomainType.IDENTITY);
        List<MemoryOutline.Region> map = List.of(new MemoryOutline.Region(0x10_0000, 0x79ff_ffffL, "usable"), new MemoryOutline.Region(0x1_0000_0000L,
                0x8_7fff_ffffL, "usable"), new MemoryOutline.Region(0x7a00_0000L, 0x7fff_ffffL, "reserved"));
        Scene scene = HostTwin.of(now, policy, map).scene(NIC).orElseThrow();
        assertThat(dma(scene, 0x7_1234_5000L).passed()).as("memory").isTrue();
        assertThat(dma(scene, 0x7_1234_5000L).reaches()).hasValue(0x7_1234_5000L);
        assertThat(dma(scene, 0x7c00_0000L).passed()).as("its RMRR").isTrue();
        assertThat(dma(scene, 0xe000_0000L).reason()).as("another device's window").contains(FaultReason.LGN_2);
        Scene unknown = HostTwin.of(now, policy).scene(NIC).orElseThrow();
        assertThat(dma(unknown, 0xe000_0000L).passed()).as("without a memory map nothing is taken for a hole").isTrue();
    }

    private static Played dma(Scene scene, long address) {
        return Stage.play(scene, List.of(new Act.Dma(NIC.sourceId().value(), address, true))).getFirst();
    }
}
