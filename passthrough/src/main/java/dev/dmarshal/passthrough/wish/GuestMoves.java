package dev.dmarshal.passthrough.wish;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.bind.HostPremise;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestLayout.Plugged;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.libvirt.HostdevXml;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Plans for devices that guests have already: from one guest to another, and out of a guest before its migration and back in after it. Each goes back to the
 * same slot of the same guest if a later step fails.
 */
public final class GuestMoves {

    private static final String DEVICES = "/sys/bus/pci/devices/";

    private final HostRoot host;
    private final Guests guests;
    private final int limitSeconds;

    /**
     * @param host         the host of the guests
     * @param guests       ways to them
     * @param limitSeconds how long a guest may take to let one device go or to take one
     */
    public GuestMoves(HostRoot host, Guests guests, int limitSeconds) {
        this.host = host;
        this.guests = guests;
        this.limitSeconds = limitSeconds;
    }

    /** Takes devices from one running guest and gives them to another. */
    public Answer move(List<Sbdf> devices, Guest from, Guest to) {
        List<Refusal> refusals = new ArrayList<>();
        List<Plugged> moved = new ArrayList<>();
        Optional<GuestLayout> source = layout(from, refusals);
        Reading<GuestLayout> target = guests.to(to).layout();
        layout(to, refusals);
        if (from.equals(to)) {
            refusals.add(new Refusal("same-guest:" + from.name(), "both guests are " + from.name(), "name two guests", false));
        }
        for (Sbdf device : devices) {
            Optional<Plugged> there = source.flatMap(layout -> layout.plugged(device));
            if (there.isEmpty() && source.isPresent()) {
                refusals.add(new Refusal("not-in-guest:" + device, "guest " + from.name() + " does not have " + device, "dmarshal plan gives it to "
                        + to.name() + " from the host", false));
            }
            there.ifPresent(moved::add);
        }
        source.ifPresent(layout -> left(layout, devices, from, refusals));
        boolean managed = !moved.isEmpty() && moved.stream().allMatch(Plugged::managed);
        GuestSteps plug = new GuestSteps(to, new Plug(managed, false, limitSeconds, Map.of()), target, devices);
        plug.refusals().stream().filter(refusal -> !refusals.contains(refusal)).forEach(refusals::add);
        if (!refusals.isEmpty()) {
            return new Answer.Refused(refusals);
        }
        StepList steps = new StepList();
        List<Condition> goal = new ArrayList<>();
        moved.forEach(one -> unplug(steps, goal, from, one));
        plug.add(steps, goal, Optional.empty(), devices);
        return ready("switch " + words(devices) + " from " + from.name() + " to " + to.name(), devices, steps, goal, plug.remarks());
    }

    /** The rest of a group stays with its guest: VFIO has one user for a group, so all of it goes or none. */
    private void left(GuestLayout layout, List<Sbdf> devices, Guest from, List<Refusal> refusals) {
        for (Sbdf device : devices) {
            List<Sbdf> group = GroupMembers.of(host, device).map(GroupMembers::members).orElse(List.of());
            layout.plugged().stream().map(Plugged::host).filter(other -> group.contains(other) && !devices.contains(other)).forEach(other -> {
                Refusal refusal = new Refusal("group:" + other, other + " is in one IOMMU group with " + device + " and would stay in guest " + from.name(),
                        "name it too: a group has one user", false);
                if (!refusals.contains(refusal)) {
                    refusals.add(refusal);
                }
            });
        }
    }

    /**
     * Takes all of the host's devices out of a running guest and remembers them in a file.
     *
     * @param memory where; nothing may be there yet
     */
    public Answer prepare(Guest guest, Path memory) {
        List<Refusal> refusals = new ArrayList<>();
        Optional<GuestLayout> layout = layout(guest, refusals);
        if (layout.isPresent() && layout.get().plugged().isEmpty()) {
            refusals.add(new Refusal("no-devices:" + guest.name(), "guest " + guest.name() + " has no device of the host", "migrate it as it is", false));
        }
        if (host.has(memory.toString())) {
            refusals.add(new Refusal("prepared:" + guest.name(), memory + " remembers what an earlier prepare took from guest " + guest.name(),
                    "dmarshal migrate finish first, or remove that file", false));
        }
        if (!refusals.isEmpty()) {
            return new Answer.Refused(refusals);
        }
        List<Plugged> plugged = layout.orElseThrow().plugged();
        String text = new Remembered(guest, plugged).text();
        StepList steps = new StepList();
        List<Condition> goal = new ArrayList<>();
        steps.addPersistent("remember what guest " + guest.name() + " has", List.of(new Condition.Missing(memory.toString())),
                new Action.Replace(memory.toString(), text), List.of(new Condition.Digest(memory.toString(), Condition.Digest.of(text))),
                List.of(new Action.Delete(memory.toString())));
        plugged.forEach(one -> unplug(steps, goal, guest, one));
        List<Sbdf> devices = plugged.stream().map(Plugged::host).toList();
        return ready("take " + words(devices) + " out of guest " + guest.name() + " for its migration", devices, steps, goal, List.of());
    }

    /** Gives a guest back what {@link #prepare} took out, at the same slots, and forgets it. */
    public Answer finish(Guest guest, Path memory) {
        List<Refusal> refusals = new ArrayList<>();
        layout(guest, refusals);
        Remembered remembered = null;
        try {
            Optional<String> text = host.text(memory.toString()).present();
            if (text.isEmpty()) {
                refusals.add(new Refusal("not-prepared:" + guest.name(), memory + " is not there: nothing was taken out of guest " + guest.name() + " here",
                        "on the host that the guest went to: dmarshal plan DEVICE --guest " + guest.name(), false));
            } else {
                remembered = Remembered.read(text.get());
            }
        } catch (JsonProcessingException e) {
            refusals.add(new Refusal("memory:" + guest.name(), memory + " cannot be read: " + e.getOriginalMessage(), "dmarshal plan DEVICE --guest "
                    + guest.name(), false));
        }
        if (!refusals.isEmpty()) {
            return new Answer.Refused(refusals);
        }
        StepList steps = new StepList();
        List<Condition> goal = new ArrayList<>();
        for (Plugged one : remembered.plugged()) {
            if (PcibackBinding.dom0(host)) {
                PcibackBinding.addFunction(steps, host, one.host());
            } else if (!one.managed()) {
                VfioBinding.addFunction(steps, host, one.host());
            }
            plugBack(steps, goal, guest, one);
        }
        String text = remembered.text();
        steps.about().addPersistent("forget what was taken out", List.of(new Condition.Digest(memory.toString(), Condition.Digest.of(text))),
                new Action.Delete(memory.toString()), List.of(new Condition.Missing(memory.toString())),
                List.of(new Action.Replace(memory.toString(), text)));
        List<Sbdf> devices = remembered.plugged().stream().map(Plugged::host).toList();
        return ready("give " + words(devices) + " back to guest " + guest.name(), devices, steps, goal, List.of());
    }

    private Optional<GuestLayout> layout(Guest guest, List<Refusal> refusals) {
        Reading<GuestLayout> layout = guests.to(guest).layout();
        if (layout.present().isEmpty()) {
            String why = switch (layout) {
                case Reading.Denied<GuestLayout> denied -> denied.reason();
                case Reading.Malformed<GuestLayout> malformed -> malformed.reason();
                default -> "there is no such guest";
            };
            refusals.add(new Refusal("guest:" + guest.name(), "guest " + guest.name() + " could not be looked at: " + why, "is it this host's, and running?",
                    false));
        } else if (!layout.present().get().running()) {
            refusals.add(new Refusal("not-running:" + guest.name(), "guest " + guest.name() + " does not run", "for its next start, edit its definition:"
                    + " dmarshal"
                    + " plan --guest", false));
        }
        return layout.present();
    }

    private void unplug(StepList steps, List<Condition> goal, Guest guest, Plugged one) {
        String name = one.host().toString();
        Condition without = new Condition.GuestHas(guest, name, false);
        steps.about(DEVICES + name).addWithin(limitSeconds, "unplug " + name + " from " + guest.name(), List.of(new Condition.GuestHas(guest, name, true)),
                new Action.Detach(guest, name), List.of(without), List.of(new Action.Attach(guest, name, back(guest, one))));
        goal.add(without);
    }

    private void plugBack(StepList steps, List<Condition> goal, Guest guest, Plugged one) {
        String name = one.host().toString();
        Condition with = new Condition.GuestHas(guest, name, true);
        steps.about(DEVICES + name).addWithin(limitSeconds, "plug " + name + " into " + guest.name(), List.of(new Condition.GuestHas(guest, name, false)),
                new Action.Attach(guest, name, back(guest, one)), List.of(with), List.of(new Action.Detach(guest, name)));
        goal.add(with);
    }

    /** What plugs a device in where it was. */
    private Map<String, String> back(Guest guest, Plugged one) {
        if (guest.via().equals("libvirt")) {
            return Map.of("affect", "live", "xml", new HostdevXml(one.host(), one.managed(), one.guest(), false).text());
        }
        Map<String, String> options = new TreeMap<>();
        Optional<GuestLayout> layout = guests.to(guest).layout().present();
        one.guest().ifPresent(address -> layout.stream().flatMap(there -> there.buses().stream()).filter(bus -> bus.number() == address.bus()).findFirst()
                .flatMap(GuestLayout.Bus::id).ifPresent(bus -> {
                    options.put("bus", bus);
                    options.put("addr", String.format(Locale.ROOT, "%02x.%x", address.device(), address.function()));
                }));
        return options;
    }

    private Answer ready(String title, List<Sbdf> devices, StepList steps, List<Condition> goal, List<String> remarks) {
        List<Condition> premises = new ArrayList<>(HostPremise.of(host));
        devices.forEach(device -> premises.addAll(VfioBinding.premises(host, device)));
        String id = Plan.idOf(title, steps.steps(), premises);
        // The plan takes nothing from the host: the guests have it.
        return new Answer.Ready(new Plan(Plan.FORMAT, id, title, List.of(), List.of(), premises, steps.steps(), goal), remarks);
    }

    private static String words(List<Sbdf> devices) {
        return String.join(", ", devices.stream().map(Sbdf::toString).toList());
    }
}
