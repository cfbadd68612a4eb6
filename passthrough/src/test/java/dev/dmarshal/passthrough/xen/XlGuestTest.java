package dev.dmarshal.passthrough.xen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests of Xen, through a program that answers as xl does. */
class XlGuestTest {

    private static final String NIC = "0000:01:00.0";
    private static final Duration MOMENT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;
    private FakeXl fake;
    private XlGuest guest;

    @BeforeEach
    void makeGuest() {
        fake = new FakeXl(folder);
        guest = new XlGuest(fake.xl(), "pv1", Duration.ofMillis(100));
    }

    @Test
    void plugsAndUnplugsAndLooks() throws Exception {
        assertThat(guest.look(NIC, false)).isInstanceOf(Condition.Holds.class);
        assertThat(guest.attach(NIC, Map.of("permissive", "1", "addr", "05.0"), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Holds.class);
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Fails("it does not have it"));
        assertThat(fake.asked()).contains("pci-attach pv1 0000:01:00.0@5,permissive=1\n").contains("pci-detach pv1 0000:01:00.0\n");
    }

    @Test
    void aGuestThatIgnoresTheUnplugHasRefused() {
        fake.put("devices", "00.0 " + NIC + "\n").put("idle", "");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Refused("xl said it was done, and the guest still has it"));
    }

    @Test
    void anHvmGuestThatDoesNotHearOfTheUnplugKeepsTheDevice() {
        fake.put("devices", "03.0 " + NIC + "\n").put("noted", "1\n").put("type", "hvm\n").put("deaf", "");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                .startsWith("the guest did not answer").contains("acpiphp").contains("timed out waiting for DM to remove"));
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Holds.class);
        assertThat(guest.attach(NIC, Map.of(), MOMENT)).as("to put it back is to leave it").isEqualTo(new Deed.Done());
    }

    @Test
    void anUnplugThatWasEndedInTheMidstIsEnded() throws Exception {
        fake.put("devices", "00.0 " + NIC + "\n").put("backend-num_devs", "1\n").put("backend-dev-0", NIC + "\n").put("backend-state-0", "5\n");
        assertThat(guest.look(NIC, true)).isInstanceOfSatisfying(Condition.Fails.class, fails -> assertThat(fails.found()).contains("taken from the guest"));
        assertThat(guest.look(NIC, false)).isInstanceOf(Condition.Fails.class);
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(fake.asked()).contains("xenstore-rm /local/domain/0/backend/pci/1/0\n").doesNotContain("pci-detach");
        assertThat(guest.look(NIC, false)).isInstanceOf(Condition.Holds.class);
    }

    @Test
    void anUnplugThatWasEndedBeforeItsNoteWentIsMadeWhole() throws Exception {
        fake.put("devices", "00.0 " + NIC + "\n").put("noted", "1\n").put("backend-num_devs", "1\n").put("backend-dev-0", NIC + "\n")
                .put("backend-state-0", "5\n");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(fake.asked()).containsSubsequence("xenstore-rm ", "pci-detach -f pv1 " + NIC, "pci-attach pv1 " + NIC, "pci-detach pv1 " + NIC);
        assertThat(guest.look(NIC, false)).isInstanceOf(Condition.Holds.class);
        fake.put("devices", "00.0 " + NIC + "\n").put("noted", "1\n").put("backend-num_devs", "1\n").put("backend-dev-0", NIC + "\n")
                .put("backend-state-0", "5\n");
        assertThat(guest.attach(NIC, Map.of(), MOMENT)).as("or plugged in anew").isEqualTo(new Deed.Done());
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Holds.class);
    }

    @Test
    void endsWithoutADeviceGoBeforeTheNextPlug() throws Exception {
        fake.put("noted", "1\n").put("backend-num_devs", "0\n");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(fake.asked()).containsSubsequence("xenstore-rm /local/domain/0/backend/pci/1/0", "pci-detach -f pv1 " + NIC, "pci-attach pv1 " + NIC,
                "pci-detach pv1 " + NIC);
    }

    @Test
    void entriesOfOtherDevicesAreNotMoved() throws Exception {
        fake.put("devices", "00.0 0000:02:00.0\n01.0 " + NIC + "\n").put("backend-num_devs", "2\n").put("backend-dev-0", "0000:02:00.0\n")
                .put("backend-dev-1", NIC + "\n").put("backend-state-1", "5\n");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                .contains("the guest has other devices"));
        assertThat(fake.asked()).doesNotContain("xenstore-rm");
    }

    @Test
    void aGuestThatDoesNotListenIsNotAsked() throws Exception {
        fake.put("devices", "00.0 " + NIC + "\n").put("state", "3\n");
        Deed deed = guest.detach(NIC, Map.of(), Duration.ofMillis(700));
        assertThat(deed).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason()).contains("has not connected")
                .contains("/local/domain/1/device/pci/0/state is 3"));
        assertThat(fake.asked()).doesNotContain("pci-detach");
        fake.put("running", "--p---\n").put("state", "4\n");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                .contains("is paused"));
        fake.put("running", "r-----\n").put("type", "hvm\n").put("state", "3\n");
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).as("an HVM guest is asked by its device model").isEqualTo(new Deed.Done());
    }

    @Test
    void aPlugThatWasEndedHalfWayIsTakenBackWhole() throws Exception {
        fake.put("noted", "1\n");
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Fails.class);
        assertThat(guest.look(NIC, false)).isInstanceOfSatisfying(Condition.Fails.class, fails -> assertThat(fails.found()).contains("did not end"));
        assertThat(guest.detach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(fake.asked()).as("rights go with a whole plug and unplug only").containsSubsequence("pci-detach -f pv1 " + NIC, "pci-attach pv1 " + NIC,
                "pci-detach pv1 " + NIC);
        assertThat(guest.look(NIC, false)).isInstanceOf(Condition.Holds.class);
        fake.put("noted", "1\n");
        assertThat(guest.attach(NIC, Map.of(), MOMENT)).as("or done anew").isEqualTo(new Deed.Done());
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Holds.class);
    }

    @Test
    void anUnplugThatWasEndedHalfWayIsEndedBeforeThePlug() throws Exception {
        fake.put("devices", "00.0 " + NIC + "\n").put("noted", "1\n");
        assertThat(guest.attach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Done());
        assertThat(fake.asked()).containsSubsequence("pci-detach pv1 " + NIC, "pci-attach pv1 " + NIC);
        fake.put("running", "--p---\n");
        assertThat(guest.attach(NIC, Map.of(), MOMENT)).as("a guest that sleeps is left alone").isInstanceOf(Deed.Refused.class);
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Holds.class);
    }

    @Test
    void whatXlRefusesIsSaidInItsWords() {
        fake.put("refuses", "libxl: error: libxl_pci.c:1: PCI device is not\nassignable\n");
        assertThat(guest.attach(NIC, Map.of(), MOMENT)).isEqualTo(new Deed.Refused("xl pci-attach ended with 1: libxl: error: libxl_pci.c:1: PCI device is not;"
                + " assignable"));
        assertThat(guest.look(NIC, true)).isInstanceOf(Condition.Unmeasured.class);
    }

    @Test
    void anUnknownGuestAndAMissingProgram() {
        assertThat(new XlGuest(fake.xl(), "pv2").look(NIC, true)).isEqualTo(new Condition.Unmeasured("xl pci-list ended with 1: pv2 is an invalid domain"
                + " identifier (rc=-6)"));
        assertThat(new XlGuest(new Xl(folder.resolve("none").toString()), "pv1").layout()).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void aDeadXenstoreCostsNoMoreThanItsTime() {
        fake.put("dead", "");
        assertThat(new Xl(folder.resolve("xl").toString()).ask(Duration.ofMillis(300), "pci-list", "pv1")).isInstanceOf(Xl.Late.class);
    }

    @Test
    void layoutsOfTodayAndOfOldVersions() {
        fake.put("devices", "05.1 " + NIC + "\nnoise\n");
        GuestLayout layout = guest.layout().present().orElseThrow();
        assertThat(layout.plugged()).containsExactly(new GuestLayout.Plugged(new Sbdf(0, 1, 0, 0), Optional.of(new Sbdf(0, 0, 5, 1)), false));
        assertThat(layout.buses().getFirst().used()).containsExactlyInAnyOrder(0, 8, 16, 24, 5 << 3 | 1);
        assertThat(XlGuest.plugged("VSlt domain   bus   slot   func\n0x6    0x0  0x01   0x00    0x0\n")).containsExactly(
                new GuestLayout.Plugged(new Sbdf(0, 1, 0, 0), Optional.of(new Sbdf(0, 0, 6, 0)), false));
    }
}
