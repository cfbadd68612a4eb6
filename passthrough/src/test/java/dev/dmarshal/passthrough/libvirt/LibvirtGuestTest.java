package dev.dmarshal.passthrough.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hot plug and unplug through libvirt, and what guests and libvirt may do instead. */
class LibvirtGuestTest {

    private static final String NIC = "0000:01:00.0";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Map<String, String> CONFIG = Map.of("affect", "config");

    private final FakeLibvirt libvirt = new FakeLibvirt().guest("web", true).guest("off", false);

    @Test
    void plugsInAndWaitsUntilItIsGone() {
        LibvirtGuest guest = guest("web");
        assertThat(guest.look(NIC, false)).isEqualTo(new Condition.Holds());
        assertThat(guest.attach(NIC, Map.of(), LIMIT)).isEqualTo(new Deed.Done());
        assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Holds());
        assertThat(guest.lookSaved(NIC, true)).isEqualTo(new Condition.Fails("it does not have it"));
        assertThat(guest.detach(NIC, Map.of(), LIMIT)).isEqualTo(new Deed.Done());
        assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Fails("it does not have it"));
    }

    @Test
    void theDefinitionIsAnotherThing() {
        LibvirtGuest guest = guest("off");
        assertThat(guest.attach(NIC, CONFIG, LIMIT)).isEqualTo(new Deed.Done());
        assertThat(guest.lookSaved(NIC, true)).isEqualTo(new Condition.Holds());
        assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Fails("the guest does not run"));
        assertThat(guest.detach(NIC, CONFIG, LIMIT)).isEqualTo(new Deed.Done());
        assertThat(guest.lookSaved(NIC, false)).isEqualTo(new Condition.Holds());
        assertThat(guest.layout()).isInstanceOfSatisfying(Reading.Present.class, present -> assertThat(((GuestLayout) present.value()).running()).isFalse());
    }

    @Test
    void aGuestThatRefuses() {
        guest("web").attach(NIC, Map.of(), LIMIT);
        libvirt.manner(FakeLibvirt.Manner.REFUSES);
        assertThat(guest("web").detach(NIC, Map.of(), LIMIT)).isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                .contains("rejected by the guest"));
    }

    @Test
    void aGuestThatSaysNothing() {
        guest("web").attach(NIC, Map.of(), LIMIT);
        libvirt.manner(FakeLibvirt.Manner.SILENT);
        assertThat(guest("web").detach(NIC, Map.of(), Duration.ofMillis(300)))
                .isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason())
                .contains("may still"));
    }

    @Test
    void aLibvirtThatDoesNotReturn() {
        LibvirtGuest guest = new LibvirtGuest("web", () -> new SlowLibvirt(libvirt.connect()));
        assertThat(guest.attach(NIC, Map.of(), Duration.ofMillis(300))).isEqualTo(new Deed.Hung());
    }

    @Test
    void noLibvirtIsUnmeasured() {
        LibvirtGuest guest = new LibvirtGuest("web", () -> {
            throw new IOException("libvirt.so.0 cannot be loaded");
        });
        assertThat(guest.look(NIC, true)).isEqualTo(new Condition.Unmeasured("libvirt.so.0 cannot be loaded"));
        assertThat(guest.attach(NIC, Map.of(), LIMIT)).isEqualTo(new Deed.Refused("libvirt.so.0 cannot be loaded"));
        assertThat(guest("nobody").layout()).isInstanceOfSatisfying(Reading.Denied.class, denied -> assertThat(denied.reason()).contains("Domain not found"));
    }

    private LibvirtGuest guest(String name) {
        return new LibvirtGuest(name, libvirt::connect);
    }

    /** Takes devices for ever. */
    private record SlowLibvirt(LibvirtConnection real) implements LibvirtConnection {

        @Override
        public boolean runs(String domain) throws IOException {
            return real.runs(domain);
        }

        @Override
        public boolean kept(String domain) throws IOException {
            return real.kept(domain);
        }

        @Override
        public String xml(String domain, boolean saved) throws IOException {
            return real.xml(domain, saved);
        }

        @Override
        public void attach(String domain, String xml, int scope) throws IOException {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void detach(String domain, String xml, int scope) throws IOException {
            real.detach(domain, xml, scope);
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
