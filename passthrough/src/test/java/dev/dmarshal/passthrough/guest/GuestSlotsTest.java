package dev.dmarshal.passthrough.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.guest.GuestLayout.Bus;
import dev.dmarshal.passthrough.guest.GuestLayout.Kind;
import dev.dmarshal.passthrough.guest.GuestSlots.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which slot a function gets, and how configurations say it. */
class GuestSlotsTest {

    private static final Sbdf NIC0 = new Sbdf(0, 1, 0, 0);
    private static final Sbdf NIC1 = new Sbdf(0, 1, 0, 1);
    private static final Sbdf DISK = new Sbdf(0, 2, 0, 0);

    /** Buses as "kind number used…", {@code used} as slot.function. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // A running q35 takes devices on ports only; one that is off also on its root.
        "true  | PCIE_ROOT 0 0.0; PORT 1; PORT 2                | 0000:01:00.0",
        "true  | PCIE_ROOT 0 0.0; PORT 1 0.0; PORT 2            | 0000:02:00.0",
        "true  | PCIE_ROOT 0 0.0; PORT 1 0.1; PORT 2            | 0000:02:00.0",
        "true  | PCIE_ROOT 0 0.0; PORT 1 0.0                    | -",
        "false | PCIE_ROOT 0 0.0 1.0 2.0; PORT 1 0.0            | 0000:00:03.0",
        "true  | PCIE_ROOT 0; PORT 1 0.0; CONVENTIONAL 2 1.0    | 0000:02:02.0",
        "true  | PCIE_ROOT 0; INNER 1                           | -",
        // An i440fx takes them on its root, also while it runs; a bridge's slot 0 is its own.
        "true  | PCI_ROOT 0 0.0 1.0 1.1 2.0                     | 0000:00:03.0",
        "true  | PCI_ROOT 0 0.0 1.0; CONVENTIONAL 1             | 0000:00:02.0"})
    void theFirstFreeSlot(boolean running, String buses, String expected) {
        Optional<Map<Sbdf, Place>> places = GuestSlots.choose(layout(running, buses), List.of(NIC0), true);
        assertThat(places.map(found -> found.get(NIC0).address().toString()).orElse("-")).isEqualTo(expected);
    }

    @Test
    void aCardInOneSlotWithFunctionZeroLast() {
        Map<Sbdf, Place> places = GuestSlots.choose(layout(true, "PCIE_ROOT 0; PORT 1; PORT 2"), List.of(NIC0, DISK, NIC1), true).orElseThrow();
        assertThat(places.keySet()).containsExactly(NIC1, NIC0, DISK);
        assertThat(places.get(NIC0)).extracting(Place::slot, Place::function, Place::multifunction).containsExactly(0, 0, true);
        assertThat(places.get(NIC1)).extracting(Place::slot, Place::function, Place::multifunction).containsExactly(0, 1, false);
        assertThat(places.get(DISK)).extracting(place -> place.bus().number(), Place::multifunction).containsExactly(2, false);
    }

    @Test
    void apartEachHasItsOwn() {
        Map<Sbdf, Place> places = GuestSlots.choose(layout(true, "PCIE_ROOT 0; PORT 1; PORT 2"), List.of(NIC0, NIC1), false).orElseThrow();
        assertThat(places.values()).extracting(place -> place.bus().number(), Place::function, Place::multifunction)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(1, 0, false), org.assertj.core.groups.Tuple.tuple(2, 0, false));
        assertThat(GuestSlots.choose(layout(true, "PCIE_ROOT 0; PORT 1"), List.of(NIC0, NIC1), false)).isEmpty();
    }

    @Test
    void theLowestFunctionOfACardBecomesFunctionZero() {
        Map<Sbdf, Place> places = GuestSlots.choose(layout(true, "PORT 1"), List.of(NIC1), true).orElseThrow();
        assertThat(places.get(NIC1).function()).isZero();
    }

    @Test
    void formsNameExactlyWhatWasAskedFor() {
        HostRoot nothing = HostRoot.of(Path.of("nothing"));
        List<Sbdf> devices = List.of(NIC1, NIC0, DISK);
        assertThat(GuestForm.QEMU.text(devices, true, nothing).lines()).containsExactly(
                "-device pcie-root-port,id=hostport1,bus=pcie.0,chassis=1,slot=1",
                "-device vfio-pci,host=0000:01:00.0,bus=hostport1,addr=00.0,multifunction=on",
                "-device vfio-pci,host=0000:01:00.1,bus=hostport1,addr=00.1",
                "-device pcie-root-port,id=hostport2,bus=pcie.0,chassis=2,slot=2",
                "-device vfio-pci,host=0000:02:00.0,bus=hostport2,addr=00.0");
        assertThat(GuestForm.QEMU_IOMMUFD.text(List.of(DISK), true, nothing).lines()).first().isEqualTo("-object iommufd,id=iommufd0");
        assertThat(GuestForm.QEMU_IOMMUFD.text(List.of(DISK), true, nothing)).contains("host=0000:02:00.0,bus=hostport1,addr=00.0,iommufd=iommufd0");
        assertThat(GuestForm.PROXMOX.text(devices, true, nothing).lines()).containsExactly("hostpci0: 0000:01:00.0;0000:01:00.1,pcie=1",
                "hostpci1: 0000:02:00.0,pcie=1");
        assertThat(GuestForm.VIRT_INSTALL.text(List.of(DISK), false, nothing)).isEqualTo("--hostdev pci_0000_02_00_0,xpath1.set=./@managed=no\n");
        assertThat(GuestForm.LIBVIRT_XML.text(devices, true, nothing).split("</hostdev>")).hasSize(4);
        assertThat(GuestForm.of("qemu-iommufd")).contains(GuestForm.QEMU_IOMMUFD);
        assertThat(GuestForm.of("vmx")).isEmpty();
    }

    private static GuestLayout layout(boolean running, String text) {
        List<Bus> buses = java.util.Arrays.stream(text.split(";")).map(String::strip).map(bus -> {
            String[] words = bus.split(" +");
            Set<Integer> used = new java.util.HashSet<>();
            for (int i = 2; i < words.length; i++) {
                used.add(Integer.parseInt(words[i].split("\\.")[0]) << 3 | Integer.parseInt(words[i].split("\\.")[1]));
            }
            return Bus.of(Integer.parseInt(words[1]), Kind.valueOf(words[0]), used);
        }).toList();
        return new GuestLayout(running, text.contains("PCIE_ROOT"), buses, List.of());
    }
}
