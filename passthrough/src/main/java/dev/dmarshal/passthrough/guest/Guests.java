package dev.dmarshal.passthrough.guest;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.libvirt.DefinitionFiles;
import dev.dmarshal.passthrough.libvirt.LibvirtBinding;
import dev.dmarshal.passthrough.libvirt.LibvirtGuest;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.xen.Xl;
import dev.dmarshal.passthrough.xen.XlGuest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Finds the way to a guest by what runs it. */
public final class Guests {

    private final Map<String, Function<Guest, GuestPort>> ways = new HashMap<>();

    /** The ways that dmarshal has. */
    public Guests() {
        ways.put("qemu", guest -> new QmpGuest(Path.of(guest.name())));
        ways.put("libvirt", guest -> new LibvirtGuest(guest.name(), LibvirtBinding::open));
        ways.put("xl", guest -> new XlGuest(new Xl(), guest.name()));
    }

    /** The ways to guests of a host that is known by its files only: their definitions can be read, and nothing done. */
    public static Guests ofFiles(HostRoot host) {
        Guests guests = new Guests();
        guests.ways.clear();
        return guests.with("libvirt", guest -> new DefinitionFiles(host, guest.name()));
    }

    /** Adds or replaces a way. */
    public Guests with(String via, Function<Guest, GuestPort> way) {
        ways.put(via, way);
        return this;
    }

    /** The way to a guest; where there is none, one that says so. */
    public GuestPort to(Guest guest) {
        Function<Guest, GuestPort> way = ways.get(guest.via());
        return way == null ? new Unreachable("no way to guests that run by " + guest.via()) : way.apply(guest);
    }

    private record Unreachable(String reason) implements GuestPort {

        @Override
        public Deed attach(String device, Map<String, String> options, Duration limit) {
            return new Deed.Refused(reason);
        }

        @Override
        public Deed detach(String device, Map<String, String> options, Duration limit) {
            return new Deed.Refused(reason);
        }

        @Override
        public Condition.Answer look(String device, boolean has) {
            return new Condition.Unmeasured(reason);
        }

        @Override
        public Condition.Answer lookSaved(String device, boolean has) {
            return new Condition.Unmeasured(reason);
        }

        @Override
        public Reading<GuestLayout> layout() {
            return new Reading.Denied<>("guest", reason);
        }
    }
}
