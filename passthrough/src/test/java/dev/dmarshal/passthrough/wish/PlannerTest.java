package dev.dmarshal.passthrough.wish;

import static dev.dmarshal.passthrough.FakeRoom.DRIVE;
import static dev.dmarshal.passthrough.FakeRoom.NIC;
import static dev.dmarshal.passthrough.FakeRoom.SCREEN;
import static dev.dmarshal.passthrough.FakeRoom.SOUND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.passthrough.FakeRoom;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.RequesterId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is planned, and what is refused, on hosts of which one thing is spoilt. */
class PlannerTest {

    private static final String NET = "pci0000:00/0000:00:1c.0/" + NIC;

    @TempDir
    Path folder;
    private FakeHost host;

    @BeforeEach
    void inOrder() {
        host = FakeRoom.in(folder);
    }

    private Answer answer(List<Sbdf> devices, Set<Sbdf> with, String... forced) {
        return answer(Optional.empty(), devices, with, forced);
    }

    private Answer answer(Optional<String> session, List<Sbdf> devices, Set<Sbdf> with, String... forced) {
        return new Planner(host.host(), session).answer(new Wish(devices, with, Optional.empty(), Map.of(), Set.of(forced)));
    }

    private static List<Refusal> refusals(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused) answer).refusals();
    }

    private static Plan plan(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Ready.class);
        return ((Answer.Ready) answer).plan();
    }

    /** One refusal of that label, with these words, which force lifts or not. */
    private void refused(Sbdf device, String label, boolean forcible, String... words) {
        List<Refusal> refusals = refusals(answer(List.of(device), Set.of()));
        assertThat(refusals).extracting(Refusal::label).containsExactly(label + ":" + device);
        assertThat(refusals.getFirst().reason()).contains(words);
        assertThat(refusals.getFirst().forcible()).isEqualTo(forcible);
        Answer forced = answer(List.of(device), Set.of(), label + ":" + device);
        assertThat(forced).isInstanceOf(forcible ? Answer.Ready.class : Answer.Refused.class);
        assertThat(forcible ? Refusal.forcibleWords() : Refusal.finalWords()).contains(label);
    }

    @Test
    void aCardAloneTakesThreeSteps() {
        Plan plan = plan(answer(List.of(NIC), Set.of()));
        assertThat(plan.steps()).extracting(step -> step.title()).containsExactly("take " + NIC + " from igb", "let only vfio-pci have " + NIC,
                "give " + NIC + " to vfio-pci");
        assertThat(plan.requesters()).containsExactly(new RequesterId(NIC.toString(), NIC.toString(), "its own requester id", "group 12"));
    }

    @Test
    void theSecondFunctionNeedsConsentByName() {
        List<Refusal> refusals = refusals(answer(List.of(SCREEN), Set.of()));
        assertThat(refusals).extracting(Refusal::label).containsExactly("group:" + SOUND);
        assertThat(refusals.getFirst().way()).contains("--with " + SOUND);
        assertThat(refusals(answer(List.of(SCREEN), Set.of(), "group:" + SOUND))).as("consent is no force").hasSize(1);
        assertThat(plan(answer(List.of(SCREEN), Set.of(SOUND))).devices()).containsExactly(SCREEN.toString(), SOUND.toString());
    }

    @Test
    void whatCannotBeGivenIsNamed() {
        Sbdf nothing = new Sbdf(0, 9, 0, 0);
        assertThat(refusals(answer(List.of(nothing), Set.of()))).extracting(Refusal::label).containsExactly("no-device:" + nothing);
        Sbdf port = new Sbdf(0, 0, 0x1c, 0);
        assertThat(refusals(answer(List.of(port), Set.of()))).extracting(Refusal::label).containsExactly("bridge:" + port);
    }

    @Test
    void theRootDriveIsRefusedAlsoBelowLayers() {
        refused(DRIVE, "root", true, "sda");
        host.stacked("md0", "9:0", "sda1").stacked("dm-0", "253:0", "md0").file("/proc/self/mountinfo", "22 1 253:0 / / rw - ext4 /dev/dm-0 rw\n");
        List<Refusal> refusals = refusals(answer(List.of(DRIVE), Set.of()));
        assertThat(refusals).extracting(Refusal::label).contains("root:" + DRIVE, "raid:" + DRIVE);
    }

    @Test
    void swapIsRefused() {
        host.file("/proc/self/mountinfo", "22 1 8:9 / / rw - ext4 /dev/sdz9 rw\n")
                .file("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda1 partition 1 0 -2\n");
        assertThat(refusals(answer(List.of(DRIVE), Set.of()))).extracting(Refusal::label).contains("swap:" + DRIVE);
    }

    @Test
    void theDefaultRouteIsRefused() {
        host.network("eth0", NET).file("/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
                + "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        refused(NIC, "default-route", true, "eth0");
    }

    @Test
    void theSessionThatAsksIsNotCutOff() {
        host.network("eth0", NET).file("/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
                + "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
        Optional<String> session = Optional.of("192.168.2.7 50022 192.168.2.1 22");
        assertThat(refusals(answer(session, List.of(NIC), Set.of()))).extracting(Refusal::label).contains("session:" + NIC);
        assertThat(refusals(answer(Optional.of("10.9.9.9 50022 10.9.9.1 22"), List.of(NIC), Set.of()))).extracting(Refusal::label)
                .doesNotContain("session:" + NIC);
    }

    @Test
    void theOnlyConsoleIsRefusedThroughTheMemberOfItsGroup() {
        String screen = "pci0000:00/0000:00:01.0/" + SCREEN;
        host.file("/sys/class/tty/console/active", "tty0\n").classEntry("graphics", "fb0", screen + "/graphics/fb0")
                .file("/sys/class/graphics/fb0/name", "nouveaudrmfb\n").file("/sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n")
                .file("/sys/class/vtconsole/vtcon1/bind", "1\n").file("/sys/bus/pci/devices/" + SCREEN + "/boot_vga", "1\n");
        List<Refusal> refusals = refusals(answer(List.of(SOUND), Set.of(SCREEN)));
        assertThat(refusals).anySatisfy(refusal -> {
            assertThat(refusal.label()).isEqualTo("only-console:" + SCREEN);
            assertThat(refusal.reason()).contains("in group 13 with " + SOUND);
        });
        assertThat(refusals(answer(List.of(SOUND), Set.of()))).anySatisfy(refusal -> {
            assertThat(refusal.label()).isEqualTo("group:" + SCREEN);
            assertThat(refusal.way()).contains("hardly");
        });
    }

    @Test
    void reservedMemoryIsRefusedAsTheKernelWould() {
        host.file("/sys/kernel/iommu_groups/12/reserved_regions", "0x000000007f800000 0x000000007fffffff direct\n");
        refused(NIC, "rmrr", false, "Firmware reserves", "0x7f800000");
    }

    @Test
    void conventionalPciSignsAsItsBridgeAndGoesTogether() {
        Sbdf one = new Sbdf(0, 5, 1, 0);
        Sbdf two = new Sbdf(0, 5, 2, 0);
        String bridge = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1e, 0)).is(0x1b21, 0x1080, 0).bridge(PortType.PCIE_TO_PCI_BRIDGE, 5, 5).group(14)
                .make();
        FakePci.at(host, bridge, one).is(0x1102, 2, 0x040100).type(Optional.empty()).group(14).make();
        FakePci.at(host, bridge, two).is(0x1095, 0x3112, 0x010400).type(Optional.empty()).group(14).make();
        FakeRoom.overridable(host, one);
        FakeRoom.overridable(host, two);
        assertThat(refusals(answer(List.of(one), Set.of()))).extracting(Refusal::label).containsExactly("group:" + two);
        Answer.Ready ready = (Answer.Ready) answer(List.of(one), Set.of(two));
        assertThat(ready.remarks()).anyMatch(remark -> remark.contains("conventional PCI behind 0000:00:1e.0"));
        assertThat(ready.plan().requesters()).anySatisfy(id -> {
            assertThat(id.id()).isEqualTo("0000:05:00.0");
            assertThat(id.because()).contains("PCIe-to-PCI bridge");
            assertThat(id.covered()).contains("no function that the kernel lists has this id");
        });
    }

    @Test
    void aDeviceThatDoesNotAnswerIsRefused() {
        byte[] ones = new byte[4096];
        java.util.Arrays.fill(ones, (byte) 0xff);
        host.bytes("/sys/bus/pci/devices/" + NIC + "/config", ones);
        assertThat(refusals(answer(List.of(NIC), Set.of()))).extracting(Refusal::label).contains("answers:" + NIC);
    }

    @Test
    void whatCannotBeSeenIsNotTakenForFree() {
        host.file("/proc/self/mountinfo", "22 1 0:2 / / rw - rootfs rootfs rw\n");
        refused(DRIVE, "unseen", true, "could not be seen");
        assertThat(answer(List.of(NIC), Set.of())).as("a network card holds no drive").isInstanceOf(Answer.Ready.class);
    }

    @Test
    void withoutRemappingNothingIsGiven() throws Exception {
        for (String name : List.of("cap", "ecap")) {
            java.nio.file.Files.delete(folder.resolve("sys/class/iommu/dmar0/intel-iommu/" + name));
        }
        java.nio.file.Files.delete(folder.resolve("sys/class/iommu/dmar0/intel-iommu"));
        java.nio.file.Files.delete(folder.resolve("sys/class/iommu/dmar0"));
        java.nio.file.Files.delete(folder.resolve("sys/bus/pci/devices/" + NIC + "/iommu_group"));
        assertThat(refusals(answer(List.of(NIC), Set.of()))).extracting(Refusal::label).contains("no-group:" + NIC);
    }
}
