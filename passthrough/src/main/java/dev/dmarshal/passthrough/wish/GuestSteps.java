package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestSlots;
import dev.dmarshal.passthrough.guest.GuestSlots.Place;
import dev.dmarshal.passthrough.libvirt.HostdevXml;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Guest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a plan that is about a guest: which slot each function gets, in which order they are plugged in, and what must hold.
 *
 * <p>libvirt plugs nothing but function 0 into a slot of a running guest, and unplugs nothing from a slot with several functions (src/conf/domain_addr.c,
 * virDomainPCIAddressEnsureAddr); there, each function gets a slot of its own. QEMU takes a whole card in one slot, function 0 last.
 */
final class GuestSteps {

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String VFIO = "vfio-pci";

    private final Guest guest;
    private final Plug plug;
    private final Reading<GuestLayout> layout;
    private final List<String> remarks = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private Map<Sbdf, Place> places = Map.of();

    /** Chooses the slots. */
    GuestSteps(Guest guest, Plug plug, Reading<GuestLayout> layout, List<Sbdf> devices) {
        this.guest = guest;
        this.plug = plug;
        this.layout = layout;
        switch (layout) {
            case Reading.Present<GuestLayout> present -> choose(present.value(), devices);
            case Reading.Absent<GuestLayout> absent -> unknown("there is no guest " + guest.name() + " (" + absent.path() + ")");
            case Reading.Denied<GuestLayout> denied -> unknown(denied.reason());
            case Reading.Malformed<GuestLayout> malformed -> unknown(malformed.reason());
        }
    }

    private void unknown(String reason) {
        refusals.add(new Refusal("guest:" + guest.name(), "guest " + guest.name() + " could not be looked at: " + reason,
                "if it is there all the same, whatever runs it chooses the slots", true));
    }

    private void choose(GuestLayout there, List<Sbdf> devices) {
        devices.stream().filter(device -> there.plugged(device).isPresent()).forEach(device -> refusals.add(new Refusal("in-guest:" + device,
                "guest " + guest.name() + " has " + device + " already", "dmarshal switch gives it to another guest", false)));
        if (!there.running()) {
            remarks.add("guest " + guest.name() + " does not run: it gets the devices at its next start");
        }
        if (plug.options().containsKey("bus") || guest.via().equals("xl")) {
            // Xen's device model knows its free slots; xl tells of those only that it gave away itself.
            return;
        }
        Optional<Map<Sbdf, Place>> chosen = GuestSlots.choose(there, devices, together(there));
        if (chosen.isPresent()) {
            places = chosen.get();
            return;
        }
        if (there.running()) {
            refusals.add(new Refusal("no-slot:" + guest.name(), "guest " + guest.name() + " has no free slot for " + devices.size()
                    + (devices.size() == 1 ? " device" : " devices") + (there.q35() ? ": a running q35 takes devices on root ports only, one each" : ""),
                    "give the guest more root ports (libvirt: <controller type='pci' model='pcie-root-port'/>) and restart it", false));
        } else {
            remarks.add("guest " + guest.name() + " has no free port; libvirt adds one when it plugs the device in");
        }
    }

    private boolean together(GuestLayout there) {
        return !(guest.via().equals("libvirt") && there.running());
    }

    /** Reasons against it that the guest gives. */
    List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    /** What to know before. */
    List<String> remarks() {
        return remarks;
    }

    /** What libvirt's own binding would not bring back, for devices that it would bind. */
    static List<Refusal> againstManaged(HostRoot host, List<Sbdf> devices) {
        List<Refusal> found = new ArrayList<>();
        for (Sbdf device : devices) {
            String override = host.text(DEVICES + device + "/driver_override").present().map(String::strip).orElse("(null)");
            if (!override.equals("(null)") && !override.isEmpty() && !override.equals(VFIO)) {
                found.add(new Refusal("managed-override:" + device, device + " has driver_override \"" + override + "\", which libvirt would wipe with"
                        + " managed='yes'", "--managed no: dmarshal binds it and puts the override back", true));
            }
        }
        return found;
    }

    /**
     * Adds the steps and what must hold in the end.
     *
     * @param host the host, if its drivers have the devices now; empty if a guest has them
     */
    void add(StepList steps, List<Condition> goal, Optional<HostRoot> host, List<Sbdf> devices) {
        boolean running = layout.present().map(GuestLayout::running).orElse(true);
        List<Sbdf> order = places.isEmpty() ? devices : List.copyOf(places.keySet());
        if (!running || plug.lasting()) {
            order.forEach(device -> {
                steps.about(DEVICES + device);
                keep(steps, device);
                goal.add(new Condition.GuestKeeps(guest, device.toString(), true));
            });
        }
        if (running) {
            order.forEach(device -> {
                steps.about(DEVICES + device);
                plug(steps, host, device);
                goal.add(new Condition.GuestHas(guest, device.toString(), true));
            });
        }
    }

    private void keep(StepList steps, Sbdf device) {
        String name = device.toString();
        steps.addPersistent("write " + name + " into the definition of " + guest.name(), List.of(new Condition.GuestKeeps(guest, name, false)),
                new Action.Attach(guest, name, options(device, "config")), List.of(new Condition.GuestKeeps(guest, name, true)),
                List.of(new Action.Detach(guest, name, Map.of("affect", "config"))));
    }

    private void plug(StepList steps, Optional<HostRoot> host, Sbdf device) {
        String name = device.toString();
        List<Condition> before = new ArrayList<>(List.of(new Condition.GuestHas(guest, name, false)));
        List<Condition> after = new ArrayList<>(List.of(new Condition.GuestHas(guest, name, true)));
        if (guest.via().equals("libvirt") && plug.managed()) {
            // libvirt binds and unbinds within these steps; both are looked at. Unbound before: libvirt may find it a driver when it gives it back.
            String path = DEVICES + name + "/driver";
            host.flatMap(root -> root.linkName(path).present()).ifPresent(driver -> before.add(new Condition.Link(path, driver)));
            after.add(new Condition.Link(DEVICES + name + "/driver", VFIO));
        }
        steps.addWithin(plug.limitSeconds(), "plug " + name + " into " + guest.name() + Optional.ofNullable(places.get(device))
                .map(place -> ", where it is " + place.address()).orElse(""), before, new Action.Attach(guest, name, options(device, "live")), after,
                List.of(new Action.Detach(guest, name)));
    }

    private Map<String, String> options(Sbdf device, String affect) {
        Optional<Place> place = Optional.ofNullable(places.get(device));
        Map<String, String> options = new LinkedHashMap<>(plug.options());
        if (guest.via().equals("libvirt")) {
            options.clear();
            options.put("affect", affect);
            options.put("xml", new HostdevXml(device, plug.managed(), place.map(Place::address), place.map(Place::multifunction).orElse(false)).text());
        } else {
            place.ifPresent(found -> found.bus().id().ifPresent(bus -> {
                options.put("bus", bus);
                options.put("addr", String.format(Locale.ROOT, "%02x.%x", found.slot(), found.function()));
                if (found.multifunction()) {
                    options.put("multifunction", "on");
                }
            }));
        }
        return options;
    }
}
