package dev.dmarshal.doctor.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses of ranges against what the DMAR table, the units and the processor reach. */
class WidthCheckTest {

    private static final Sbdf CARD = new Sbdf(0, 3, 0, 0);
    private static final long BASE = 0xfed9_0000L;
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder;

    /** A host with a card below a root port, whose one range has 64 bits if it is above 4 GiB. */
    private FakeHost host(long start, long size) {
        FakeHost host = FakeMachineRoom.host(folder);
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 1, 0)).bridge(PortType.ROOT_PORT, 3, 3).separated().group(5).make();
        FakePci.at(host, port, CARD).driver("igb").group(12).range(start, size, start >>> 32 != 0).make();
        return host;
    }

    private static FakeHost processor(FakeHost host, int bits) {
        return host.file("/proc/cpuinfo", "address sizes\t: " + bits + " bits physical, 48 bits virtual\n");
    }

    private static FakeHost table(FakeHost host, int bits, DmarStructure... units) {
        DmarBuilder table = new DmarBuilder().hostAddressBits(bits);
        List.of(units).forEach(table::add);
        return host.bytes("/sys/firmware/acpi/tables/DMAR", table.build());
    }

    private static FakeHost unit(FakeHost host, String name, long registers, int mostBits, int tables) {
        long cap = Capability.ADDRESS_WIDTHS.set(Capability.MAXIMUM_WIDTH.set(0, mostBits - 1), tables);
        return host.file("/sys/class/iommu/" + name + "/intel-iommu/address", Long.toHexString(registers) + "\n")
                .file("/sys/class/iommu/" + name + "/intel-iommu/cap", Long.toHexString(cap) + "\n");
    }

    private static DmarStructure rest() {
        return new DmarStructure.Drhd(1, 0, 0, BASE, List.of());
    }

    private static List<Reason> widths(FakeHost host) {
        return FakeMachineRoom.judge(host, CARD).on(Subject.WIDTH);
    }

    @Test
    void aRangeBelow4GibFitsEverywhere() {
        assertThat(widths(host(0xf000_0000L, 0x10_0000))).singleElement().satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.PASS);
            assertThat(reason.words()).contains("below 4 GiB");
        });
    }

    @Test
    void aRangeAtTheHostAddressWidthPassesAndOneBeyondCosts() {
        FakeHost host = processor(unit(host((1L << 39) - GIB, GIB), "dmar0", BASE, 48, 4), 46);
        table(host, 39, rest());
        assertThat(widths(host).getFirst()).satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.PASS);
            assertThat(reason.words()).contains("BAR 0 ends at 0x7fffffffff", "within the 39 bits");
        });
        FakePci.at(host, "pci0000:00/0000:00:01.0", CARD).driver("igb").group(12).range(1L << 39, GIB, true).make();
        Assignability verdict = FakeMachineRoom.judge(host, CARD);
        assertThat(verdict.on(Subject.WIDTH).getFirst()).satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.FAIL);
            assertThat(reason.weight()).isEqualTo(Weight.COSTS);
            assertThat(reason.words()).contains("BAR 0 ends at 0x803fffffff, which takes 40 bits", "can point to 39", "0Ch");
            assertThat(reason.evidence()).endsWith("/DMAR");
        });
        assertThat(verdict.overall()).isEqualTo(Overall.AT_A_COST);
    }

    @Test
    void withoutATableTheHostSideIsNotMeasured() {
        FakeHost host = processor(unit(host(1L << 38, GIB), "dmar0", BASE, 48, 4), 46);
        assertThat(widths(host).getFirst()).satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.UNMEASURED);
            assertThat(reason.weight()).as("it tells of DMA between devices only").isEqualTo(Weight.NOTES);
            assertThat(reason.words()).contains("takes 39 bits", "DMAR table");
        });
    }

    @Test
    void aRangeThatTheProcessorDoesNotReachBlocks() {
        FakeHost host = table(processor(host(1L << 40, GIB), 39), 46, rest());
        assertThat(widths(host).getFirst()).satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.FAIL);
            assertThat(reason.weight()).isEqualTo(Weight.BLOCKS);
            assertThat(reason.words()).contains("takes 41 bits", "the processor has 39");
        });
    }

    @Test
    void theUnitThatCoversTheDeviceCountsAndNotTheNarrowest() {
        FakeHost host = processor(host(1L << 38, GIB), 46);
        DeviceScope graphics = new DeviceScope(DeviceScope.Kind.ENDPOINT.type(), 0, 0, 0, List.of(new DeviceScope.Hop(2, 0)));
        table(unit(unit(host, "dmar0", 0xfed8_0000L, 39, 2), "dmar1", BASE, 48, 4), 46, new DmarStructure.Drhd(0, 0, 0, 0xfed8_0000L, List.of(graphics)),
                rest());
        assertThat(widths(host)).last().satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.PASS);
            assertThat(reason.words()).contains("unit dmar1 translates 48 (MGAW 48, widest table 48)");
            assertThat(reason.evidence()).contains("/dmar1/");
        });
    }

    @Test
    void aUnitNarrowerThanTheProcessorAsksForANarrowerGuest() {
        FakeHost host = table(unit(processor(host(1L << 38, GIB), 46), "dmar0", BASE, 39, 6), 46, rest());
        assertThat(widths(host)).last().satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.FAIL);
            assertThat(reason.weight()).isEqualTo(Weight.COSTS);
            assertThat(reason.words()).contains("46-bit", "unit dmar0 translates 39 (MGAW 39, widest table 48)", "host-phys-bits-limit=39");
        });
        unit(host, "dmar0", BASE, 48, 2);
        assertThat(widths(host)).last().extracting(Reason::words).asString().contains("translates 39 (MGAW 48, widest table 39)");
    }

    @Test
    void aRangeTooLargeForAnyGuestIsTold() {
        FakeHost host = table(unit(processor(host(1L << 40, 1L << 39), 46), "dmar0", BASE, 39, 2), 46, rest());
        assertThat(widths(host)).last().satisfies(reason -> {
            assertThat(reason.answer()).isEqualTo(Answer.FAIL);
            assertThat(reason.words()).contains("BAR 0 has 512 GiB", "within 39 bits", "dmar0 translates no more");
        });
    }

    @Test
    void unreadUnitsAndProcessorsAreNotMeasured() {
        FakeHost host = new FakeHost(folder);
        FakePci.at(host, "pci0000:00", CARD).type(Optional.empty()).group(1).range(1L << 38, GIB, true).make();
        assertThat(widths(host)).extracting(Reason::answer).containsExactly(Answer.UNMEASURED, Answer.PASS, Answer.UNMEASURED);
        assertThat(widths(host)).last().extracting(Reason::words).asString().contains("no unit's capabilities were read");
    }

    @Test
    void forXenNothingOfVfioIsSaid() {
        FakeHost host = table(unit(processor(host(1L << 39, GIB), 46), "dmar0", BASE, 39, 2), 39, rest());
        Assigner xen = Assigner.forXen(FakeMachineRoom.look(host), XenFacts.of(host.host()));
        assertThat(xen.judge(CARD).orElseThrow().on(Subject.WIDTH)).filteredOn(reason -> reason.answer() == Answer.FAIL).hasSize(2)
                .noneSatisfy(reason -> assertThat(reason.words()).containsAnyOf("VFIO", "Linux", "QEMU"));
    }
}
