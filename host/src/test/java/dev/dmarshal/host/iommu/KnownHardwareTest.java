package dev.dmarshal.host.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Boards by firmware's words and by the log, chipsets by their functions; and the form of the table. */
class KnownHardwareTest {

    private static final String DMI = "/sys/devices/virtual/dmi/id/";

    @TempDir
    private Path folder;

    private FakeHost machine(String vendor, String product, String board) {
        return new FakeHost(folder).file(DMI + "sys_vendor", vendor + "\n").file(DMI + "product_name", product + "\n").file(DMI + "board_vendor", vendor + "\n")
                .file(DMI + "board_name", board + "\n").file(DMI + "bios_version", "1.2a\n").file(DMI + "bios_date", "04/01/2010\n");
    }

    private static List<String> about(FakeHost host) {
        return KnownHardware.of(host.host()).notes().stream().map(HardwareNote::about).toList();
    }

    @Test
    void everyRowSaysSomethingAndWhereFrom() {
        assertThat(KnownHardware.all()).hasSizeGreaterThan(30).allSatisfy(note -> {
            assertThat(note.about()).isNotBlank();
            assertThat(note.says()).endsWith(".");
            assertThat(note.source()).isNotBlank();
        });
    }

    @Test
    void boardsAreKnownByFirmwaresWords() {
        assertThat(about(machine("Supermicro", "X7SB4", "X7SB4"))).containsExactly("Supermicro X7SB4");
        assertThat(KnownHardware.of(machine("Supermicro", "X7SB4", "X7SB4").host()).board().orElseThrow().described())
                .isEqualTo("Supermicro X7SB4, firmware 1.2a of 04/01/2010");
        assertThat(about(machine("ASUSTeK Computer INC.", "System Product Name", "P6T DELUXE"))).containsExactly("ASUS P6T Deluxe");
        assertThat(about(machine("ASUSTeK Computer INC.", "System Product Name", "P6T DELUXE-X"))).as("hyphens part words")
                .containsExactly("ASUS P6T Deluxe");
        assertThat(about(machine("ASUSTeK Computer INC.", "System Product Name", "P6T DELUXEST"))).isEmpty();
        assertThat(about(machine("Nobody", "X7SB4", "X7SB4"))).as("another maker's").isEmpty();
        assertThat(Board.of(machine("To be filled by O.E.M.", "System Product Name", "Default string").host())).isEmpty();
    }

    @Test
    void boardsAreKnownByTheLog() {
        FakeHost host = new FakeHost(folder).file("/.output/dmesg", "[    0.000000] DMI: Intel Corporation DQ45CB/DQ45CB, BIOS CB9610J.86A.0059 01/01/2009\n");
        assertThat(about(host)).containsExactly("Intel DQ45CB");
        assertThat(KnownHardware.of(host.host()).board().flatMap(Board::firmware)).hasValue("CB9610J.86A.0059 01/01/2009");
        host.file("/.output/dmesg", "[    0.000000] DMI: Somebody DQ45CB/DQ45CB, BIOS 1 01/01/2009\n");
        assertThat(about(host)).isEmpty();
    }

    @Test
    void chipsetsAreKnownByTheirFunctionsAndRevision() {
        FakeHost host = new FakeHost(folder);
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0, 0)).is(0x8086, 0x3406, 0x060000).type(Optional.empty()).make();
        assertThat(about(host)).containsExactly("Intel X58, 5500 or 5520");
        host.file("/sys/bus/pci/devices/0000:00:00.0/revision", "0x13\n");
        assertThat(about(host)).containsExactly("Intel X58, 5500 or 5520", "Intel X58, 5500 or 5520, revision 13 and below");
        host.file("/sys/bus/pci/devices/0000:00:00.0/revision", "0x22\n");
        assertThat(about(host)).containsExactly("Intel X58, 5500 or 5520");
        FakeHost card = new FakeHost(folder.resolve("card"));
        FakePci.at(card, "pci0000:00", new Sbdf(0, 3, 0, 0)).is(0x8086, 0x3406, 0x060000).type(Optional.empty()).make();
        assertThat(about(card)).as("not on bus 0").isEmpty();
    }

    /** vmx is not VT-d. */
    @Test
    void processorsThatRunGuestsAndHaveNoRemappingAreKnown() {
        FakeHost host = new FakeHost(folder).file("/proc/cpuinfo", "vendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Core(TM) i7-2600K CPU @ 3.40GHz\n");
        assertThat(KnownHardware.of(host.host()).notes()).singleElement().satisfies(note -> assertThat(note.standing()).isEqualTo(HardwareNote.Standing.LACKS));
        host.file("/proc/cpuinfo", "model name\t: Intel(R) Core(TM) i7-2600 CPU @ 3.40GHz\n");
        assertThat(about(host)).isEmpty();
        FakeHost log = new FakeHost(folder.resolve("log")).file("/.output/dmesg", "[    0.1] smpboot: CPU0: Intel(R) Core(TM) i5-3570K CPU @ 3.40GHz (family: 6)\n");
        assertThat(about(log)).hasSize(1);
    }

    @Test
    void whatIsKnownOfTheBoardStandsBesideTheMissingTable() {
        FakeHost host = machine("SAMSUNG ELECTRONICS CO., LTD.", "X460", "X460").file("/sys/firmware/acpi/tables/APIC", "x").folder("/sys/class/iommu")
                .file("/proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: vmx\n").file("/proc/cmdline", "intel_iommu=on\n");
        IommuStanding standing = IommuStanding.of(host.host());
        assertThat(standing.reason().orElseThrow().says()).contains("Firmware gives no table DMAR", "Samsung X460: The firmware gives no DMAR table");
    }
}
