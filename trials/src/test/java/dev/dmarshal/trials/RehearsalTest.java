package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.HeaderType;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.core.pci.lspci.LspciWriter;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.rehearsal.Rehearsal;
import dev.dmarshal.lab.rehearsal.Rehearsed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A recorded server, built again in QEMU: a real kernel groups it as computed, takes the planned parameters, and what QEMU lacks is said. */
@ExtendWith(OnTheLab.class)
class RehearsalTest {

    private static final int ALL = 4096;
    private static final String PLANNED = "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet intel_iommu=on iommu=pt vfio-pci.ids=10de:1eb8"
            + " pci=noaer,disable_acs_redir=0000:02:00.0;00:02.0;09:00.0;pci:8086:1521,resource_alignment=20@04:00.0";

    private final StringBuilder lspci = new StringBuilder();

    private void add(Sbdf address, Optional<PortType> type, int id, int classCode, boolean acs, int... buses) {
        ConfigSpaceBuilder builder = ConfigSpace.builder(ALL).ids(id >>> 16, id & 0xffff).classCode(classCode)
                .multifunction(address.equals(new Sbdf(0, 1, 0, 0)) || address.equals(new Sbdf(0, 0, 0x1f, 0)));
        if (buses.length > 0) {
            builder.type(HeaderType.BRIDGE).bridge(address.bus(), buses[0], buses[1]);
        }
        type.ifPresent(some -> builder.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, 2 | some.code() << 4).done());
        if (acs) {
            builder.extended(CapabilityKind.ACCESS_CONTROL, 1, 8).set(AcsCapability.ACS_CAP, 0x1d).done();
        }
        lspci.append(LspciWriter.write(address, "a function", builder.build())).append('\n');
    }

    private void port(Sbdf address, PortType type, boolean acs, int first, int last) {
        add(address, Optional.of(type), 0x80862030, 0x060400, acs, first, last);
    }

    private void server() {
        Optional<PortType> endpoint = Optional.of(PortType.ENDPOINT);
        add(new Sbdf(0, 0, 0, 0), Optional.empty(), 0x80862020, 0x060000, false);
        port(new Sbdf(0, 0, 1, 0), PortType.ROOT_PORT, false, 1, 1);
        port(new Sbdf(0, 0, 2, 0), PortType.ROOT_PORT, true, 2, 5);
        port(new Sbdf(0, 0, 3, 0), PortType.ROOT_PORT, true, 6, 7);
        add(new Sbdf(0, 0, 0x1f, 0), Optional.empty(), 0x8086a1c3, 0x060100, false);
        add(new Sbdf(0, 0, 0x1f, 2), Optional.empty(), 0x8086a182, 0x010601, false);
        add(new Sbdf(0, 1, 0, 0), endpoint, 0x80861521, 0x020000, false);
        add(new Sbdf(0, 1, 0, 1), endpoint, 0x80861521, 0x020000, false);
        port(new Sbdf(0, 2, 0, 0), PortType.UPSTREAM_PORT, false, 3, 5);
        port(new Sbdf(0, 3, 0, 0), PortType.DOWNSTREAM_PORT, false, 4, 4);
        port(new Sbdf(0, 3, 1, 0), PortType.DOWNSTREAM_PORT, false, 5, 5);
        add(new Sbdf(0, 4, 0, 0), endpoint, 0x144da808, 0x010802, false);
        add(new Sbdf(0, 5, 0, 0), endpoint, 0x10de1eb8, 0x030200, false);
        port(new Sbdf(0, 6, 0, 0), PortType.PCIE_TO_PCI_BRIDGE, false, 7, 7);
        add(new Sbdf(0, 7, 1, 0), Optional.empty(), 0x11020002, 0x040100, false);
        add(new Sbdf(0, 7, 2, 0), Optional.empty(), 0x104c8024, 0x0c0010, false);
        port(new Sbdf(0, 0x80, 1, 0), PortType.ROOT_PORT, true, 0x81, 0x81);
        add(new Sbdf(0, 0x81, 0, 0), endpoint, 0x80861572, 0x020000, false);
        add(new Sbdf(1, 0, 0, 0), Optional.empty(), 0x80862020, 0x060000, false);
    }

    @Test
    void aServerIsMirroredAndGroupedAsComputed(Stand stand, @TempDir Path folder) throws Exception {
        server();
        HostRoot host = HostRoot.open(Files.writeString(folder.resolve("lspci.txt"), lspci)).present().orElseThrow();
        Rehearsal rehearsal = Rehearsal.of(host, stand.means(), Optional.of("linux-6.12"), Optional.of(PLANNED));
        System.out.println("used Linux " + rehearsal.kernel() + ", QEMU " + rehearsal.qemu() + "; came up in " + rehearsal.bootTook().toMillis() + " ms");
        assertThat(rehearsal.units()).containsExactly("dmar0");
        assertThat(rehearsal.interrupts()).isTrue();
        assertThat(rehearsal.differences()).isEmpty();
        assertThat(rehearsal.faults()).isEmpty();
        assertThat(rehearsal.asComputed()).isTrue();
        assertThat(rehearsal.functions()).hasSize(18).allSatisfy(function -> {
            assertThat(function.group()).isPresent();
            assertThat(function.type()).hasValue("identity");
        });
        assertThat(of(rehearsal, new Sbdf(0, 5, 0, 0)).driver()).as("by the ids of the plan").hasValue("vfio-pci");
        assertThat(of(rehearsal, new Sbdf(0, 0x81, 0, 0)).driver()).hasValue("e1000e");
        assertThat(of(rehearsal, new Sbdf(0, 4, 0, 0)).driver()).hasValue("nvme");
        assertThat(of(rehearsal, new Sbdf(0, 1, 0, 0)).group()).isEqualTo(of(rehearsal, new Sbdf(0, 1, 0, 1)).group());
        assertThat(rehearsal.commandLine()).isEqualTo("intel_iommu=on iommu=pt vfio-pci.ids=15ad:07b0 pci=noaer,"
                + "disable_acs_redir=0000:00:02.0/00.0;0000:00:02.0,resource_alignment=20@0000:00:02.0/00.0/00.0/00.0");
        assertThat(rehearsal.changes()).contains("left out: root=/dev/sda1", "10de:1eb8: here 15ad:07b0, the ids of what stands for it");
        assertThat(rehearsal.changes()).anyMatch(text -> text.contains("names 09:00.0, for which nothing stands here"))
                .anyMatch(text -> text.contains("pci:8086:1521 by its ids")).anyMatch(text -> text.contains("names 04:00.0: here 0000:00:02.0/00.0/00.0/00.0"));
        assertThat(rehearsal.shortfalls()).anyMatch(text -> text.startsWith("0001:00:00.0: not mirrored: PCI segment 1"))
                .anyMatch(text -> text.startsWith("root bus 0000:80 hangs from QEMU's expander"));
    }

    private static Rehearsed of(Rehearsal rehearsal, Sbdf address) {
        return rehearsal.functions().stream().filter(function -> function.standIn().original().address().equals(address)).findFirst().orElseThrow();
    }
}
