package dev.dmarshal.passthrough.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Guest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hot plug and unplug through QMP, and the guests that do not let go. */
class QmpGuestTest {

    private static final String NIC = "0000:01:00.0";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path temporary;

    @Test
    void plugsInFindsAndUnplugs() throws IOException {
        try (FakeQemu qemu = qemu(FakeQemu.Manner.LETS_GO)) {
            GuestPort guest = guest();
            assertThat(guest.look(NIC, false)).isEqualTo(new Condition.Holds());
            assertThat(guest.attach(NIC, Map.of("bus", "rp1"), LIMIT)).isEqualTo(new Deed.Done());
            assertThat(qemu.devices).containsExactly(Map.entry("hostdev-0000-01-00-0", NIC));
            assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Holds());
            assertThat(guest.look("0000:02:00.0", true)).isEqualTo(new Condition.Fails("it does not have it"));
            assertThat(guest.detach(NIC, Map.of(), LIMIT)).isEqualTo(new Deed.Done());
            assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Fails("it does not have it"));
        }
    }

    @Test
    void findsADeviceThatSomebodyElsePluggedIn() throws IOException {
        try (FakeQemu qemu = qemu(FakeQemu.Manner.LETS_GO)) {
            qemu.devices.put("mine", NIC);
            assertThat(guest().detach(NIC, Map.of(), LIMIT)).isEqualTo(new Deed.Done());
            assertThat(qemu.devices).isEmpty();
        }
    }

    @Test
    void aGuestThatRefuses() throws IOException {
        try (FakeQemu qemu = qemu(FakeQemu.Manner.REFUSES)) {
            qemu.devices.put("mine", NIC);
            assertThat(guest().detach(NIC, Map.of(), LIMIT)).isEqualTo(new Deed.Refused("the guest refused to let go of " + NIC));
        }
    }

    @Test
    void aGuestThatSaysNothing() throws IOException {
        try (FakeQemu qemu = qemu(FakeQemu.Manner.SILENT)) {
            qemu.devices.put("mine", NIC);
            assertThat(guest().detach(NIC, Map.of(), Duration.ofMillis(300))).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                    .contains("may still"));
        }
    }

    @Test
    void aSecondIdIsQemusRefusal() throws IOException {
        try (FakeQemu qemu = qemu(FakeQemu.Manner.LETS_GO)) {
            qemu.devices.put("hostdev-0000-01-00-0", "0000:05:00.0");
            assertThat(guest().attach(NIC, Map.of(), LIMIT)).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                    .contains("Duplicate device ID"));
        }
    }

    @Test
    void noSocketIsUnmeasured() {
        assertThat(guest().look(NIC, true)).isInstanceOf(Condition.Unmeasured.class);
        assertThat(new Guests().to(new Guest("bhyve", "x")).look(NIC, true)).isInstanceOf(Condition.Unmeasured.class);
    }

    private FakeQemu qemu(FakeQemu.Manner manner) throws IOException {
        return new FakeQemu(temporary.resolve("qmp"), manner);
    }

    private GuestPort guest() {
        return new Guests().to(new Guest("qemu", temporary.resolve("qmp").toString()));
    }

    @Test
    void thePlanShowsTheCommandThatIsSent() {
        Map<String, String> options = Map.of("multifunction", "on", "bus", "rp1", "addr", "00.0");
        assertThat(new Action.Attach(new Guest("qemu", "/run/g.qmp"), "0000:01:00.0", options).inWords()).isEqualTo("plug 0000:01:00.0 into guest"
                + " /run/g.qmp: {\"execute\":\"device_add\",\"arguments\":{\"driver\":\"vfio-pci\",\"id\":\"hostdev-0000-01-00-0\",\"host\":\"0000:01:00.0\","
                + "\"addr\":\"00.0\",\"bus\":\"rp1\",\"multifunction\":true}}");
    }
}
