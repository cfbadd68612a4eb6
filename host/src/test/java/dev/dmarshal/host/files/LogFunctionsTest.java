package dev.dmarshal.host.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.Grouping;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFunctionsTest {

    private static final Sbdf PORT = new Sbdf(0, 0, 0x1c, 0);
    private static final Sbdf CARD = new Sbdf(0, 5, 0, 0);
    private static final String BOOT = "[    0.000000] Linux version 6.12.0 (builder@example) #1\n";
    private static final String FUNCTIONS = "[    0.3] pci 0000:00:1c.0: [8086:a110] type 01 class 0x060400 PCIe Root Port\n"
            + "[    0.3] pci 0000:00:1c.0: PCI bridge to [bus 05-06]\n"
            + "[    0.3] pci 0000:05:00.0: [8086:1533] type 00 class 0x020000 PCIe Endpoint\n";

    @TempDir
    private Path folder;

    private HostSurvey survey(String log) throws IOException {
        Path file = Files.writeString(folder.resolve("dmesg.txt"), log);
        return Surveyor.survey(HostRoot.open(file).present().orElseThrow(), Optional.empty());
    }

    @Test
    void functionsBridgesAndGroupsOfABootLog() throws IOException {
        HostSurvey survey = survey(BOOT + FUNCTIONS + "[    0.9] pci 0000:00:1c.0: Adding to iommu group 3\n[    0.9] pci 0000:05:00.0: Adding to iommu group 14\n");
        assertThat(survey.functions()).extracting(FunctionFacts::address).containsExactly(PORT, CARD);
        FunctionFacts card = survey.function(CARD).orElseThrow();
        assertThat(card.made().ids()).hasValue("8086:1533");
        assertThat(card.made().kind()).hasValue(0x0200);
        assertThat(survey.above(CARD)).extracting(FunctionFacts::address).containsExactly(PORT);
        assertThat(survey.grouping().source()).isEqualTo(Grouping.Source.KERNEL);
        assertThat(card.group()).hasValue(14);
        assertThat(survey.remapping().translating().value()).as("groups are there, so an IOMMU is on").contains(true);
        assertThat(card.binding().measured()).as("a log does not tell who has it now").isFalse();
        assertThat(card.regions()).isEmpty();
        assertThat(card.config()).isEmpty();
    }

    @Test
    void whatTheKernelSaidOfInterrupts() throws IOException {
        assertThat(survey(BOOT + FUNCTIONS).remapping().interrupts().value()).isEmpty();
        assertThat(survey(BOOT + FUNCTIONS + "[    0.500000] DMAR-IR: Enabled IRQ remapping in x2apic mode\n").remapping().interrupts()).satisfies(on -> {
            assertThat(on.value()).contains(true);
            assertThat(on.evidence()).contains("Enabled IRQ remapping in x2apic mode");
        });
    }

    @Test
    void olderWordings() throws IOException {
        HostSurvey survey = survey(BOOT + "pci 0000:00:1f.2: [8086:2922] type 0 class 0x000106\npci 0000:00:02.0: [8086:2a42] type 00 class 0x030000\n"
                + "iommu: Adding device 0000:00:02.0 to group 1\n");
        assertThat(survey.function(new Sbdf(0, 0, 0x1f, 2)).orElseThrow().made().classCode()).as("the last byte was not printed").isEmpty();
        assertThat(survey.function(new Sbdf(0, 0, 2, 0)).orElseThrow().group()).hasValue(1);
    }

    @Test
    void theLastBootCounts() throws IOException {
        HostSurvey survey = survey(BOOT + FUNCTIONS + BOOT + "pci 0000:00:02.0: [8086:2a42] type 00 class 0x030000\n");
        assertThat(survey.functions()).extracting(FunctionFacts::address).containsExactly(new Sbdf(0, 0, 2, 0));
        assertThat(survey.grouping().source()).isEqualTo(Grouping.Source.COMPUTED);
        assertThat(survey.remapping().translating().value()).as("no group in a log is no proof").isEmpty();
    }

    @Test
    void theLastBootOfALongLogCounts() throws IOException {
        String noise = "[   99.000000] usb 1-1: reset high-speed USB device number 2 using xhci_hcd\n".repeat(120_000);
        assertThat(noise.length()).isGreaterThan(8 << 20);
        Path file = Files.writeString(folder.resolve("dmesg.txt"), BOOT + "[    0.0] Command line: ro quiet\n" + FUNCTIONS + noise + BOOT.replace("6.12.0", "6.18.0")
                + "[    0.0] Command line: ro intel_iommu=on\n[    0.3] pci 0000:00:02.0: [8086:2a42] type 00 class 0x030000\n");
        HostRoot host = HostRoot.open(file).present().orElseThrow();
        assertThat(Surveyor.survey(host, Optional.empty()).functions()).extracting(FunctionFacts::address).containsExactly(new Sbdf(0, 0, 2, 0));
        assertThat(host.text("/proc/sys/kernel/osrelease").present()).hasValue("6.18.0\n");
        assertThat(host.text("/proc/cmdline").present()).hasValue("ro intel_iommu=on\n");
    }

    @Test
    void otherLogsTellOfNoFunctions() throws IOException {
        assertThat(survey("usb 1-1: new device\npci 0000:00:02.0: vgaarb: setting as boot VGA device\n0000:00:02.0: Adding to iommu group 1\n").functions())
                .isEmpty();
    }
}
