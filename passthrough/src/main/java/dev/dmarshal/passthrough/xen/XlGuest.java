package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestPort;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running guest of Xen, through {@code xl pci-attach}, {@code pci-detach} and {@code pci-list}. What {@code xl} says is not believed: the list tells whether
 * the guest has a device, for a guest that ignores the unplug makes {@code xl} fail late, and some versions say nothing at all.
 *
 * <p>An {@code xl} that was ended half way leaves what no list shows (tools/libs/light/libxl_pci.c). A plug notes the guest under {@code /libxl/pci} (since
 * Xen 4.15), gives it the rights to registers and interrupt, moves the device into its IOMMU tables, and lists it last; an unplug takes them in that order and
 * the note last. So a device that is noted and not listed is neither the guest's nor free; {@code xl} itself then says that it is not assignable, for good.
 */
public final class XlGuest implements GuestPort {

    /** {@code 05.0 0000:01:00.0} (tools/xl/xl_pci.c, pcilist); before Xen 4.2 the columns of {@code xm}, with {@code 0x} each. */
    private static final Pattern ROW = Pattern.compile("([0-9a-f]{2})\\.([0-7])\\s+([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7])");
    private static final Pattern OLD_ROW = Pattern.compile("0x([0-9a-f]+)\\s+0x([0-9a-f]+)\\s+0x([0-9a-f]+)\\s+0x([0-9a-f]+)\\s+0x([0-7])");
    /** What xl says of an HVM guest that does not let go; nothing is taken from it then (libxl_pci.c, pci_remove_timeout). */
    private static final String HELD = "timed out waiting for DM to remove";
    private static final String DEAF = "the guest did not answer its device model's request to let go, and keeps the device. Does it run, with ACPI hot-plug"
            + " (Linux: acpiphp)?";
    private static final Duration SHORT = Duration.ofSeconds(15);
    /** Its column of states in {@code xl list}: running, blocked, paused, shut down, crashed, dying (tools/xl/xl_list.c). */
    private static final Pattern PAUSED = Pattern.compile("(?m)\\s[r-][b-]p[s-][c-][d-]\\s");
    /** Of the ten seconds that xl gives a guest to answer, and some more. */
    private static final Duration UNPLUG = Duration.ofSeconds(12);
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** XenbusStateConnected (xen/include/public/io/xenbus.h). */
    private static final String CONNECTED = "4";

    private final Xl xl;
    private final String name;
    private final Duration patience;

    /** @param name the guest's name or number */
    public XlGuest(Xl xl, String name) {
        this(xl, name, UNPLUG);
    }

    /** @param patience how long an unplug that has begun, whoever began it, may take before it counts as ended half way */
    XlGuest(Xl xl, String name, Duration patience) {
        this.xl = xl;
        this.name = name;
        this.patience = patience;
    }

    /**
     * A device that the guest has already, by the list, is taken out first: an unplug may have been ended after it took the guest's rights.
     *
     * @param options {@code addr} for the slot in the guest, as {@code 05} or {@code 05.0}; the others as in a configuration: {@code permissive}…
     */
    @Override
    public Deed attach(String device, Map<String, String> options, Duration limit) {
        if (!(DeviceNotation.parse(device) instanceof DeviceNotation.Function function)) {
            return new Deed.Refused(device + " is no function");
        }
        Optional<String> left = endUnplug(function.address());
        if (left.isPresent()) {
            return new Deed.Refused(left.get());
        }
        if (look(device, true).holds()) {
            Optional<String> silent = silent(Duration.ZERO);
            Deed out = silent.isPresent() ? new Deed.Refused(silent.get()) : deed(xl.ask(limit, "pci-detach", name, device), device, false);
            if (out instanceof Deed.Refused refused && refused.reason().startsWith(DEAF)) {
                return new Deed.Done();
            }
            if (!(out instanceof Deed.Done)) {
                return out;
            }
        } else if (noted(function.address())) {
            forget(device, limit);
        }
        return plug(function.address(), options, limit);
    }

    private Deed plug(Sbdf function, Map<String, String> options, Duration limit) {
        Map<String, String> rest = new java.util.LinkedHashMap<>(options);
        rest.remove("bus");
        String entry = PciEntry.Device.of(function, rest).toString();
        return deed(xl.ask(limit, "pci-attach", name, entry), function.toString(), true);
    }

    /**
     * A PV guest must listen before it is asked. {@code xl} takes the device out of the guest's IOMMU domain and its BARs out of its rights first, looks at the
     * state of the back end only, then waits ten seconds for the guest, whose silence it does not report (libxl_pci.c, do_pci_remove and pci_remove_done). The
     * back end connects before the front end, and a front end that has not connected drops the request for good (Linux drivers/pci/xen-pcifront.c,
     * pcifront_detach_devices): the device stays listed, and works for nobody. Seen with Xen 4.17 and Linux 6.1.
     *
     * <p>Of what a plug left that was ended half way, {@code pci-detach -f} takes the place in the IOMMU tables and the note, and leaves the guest the rights to
     * registers and interrupt (do_pci_remove); those go with a whole plug and unplug.
     */
    @Override
    public Deed detach(String device, Map<String, String> options, Duration limit) {
        if (DeviceNotation.parse(device) instanceof DeviceNotation.Function function && closing(function.address()).isPresent()) {
            Optional<String> left = endUnplug(function.address());
            if (left.isPresent() || look(device, false).holds()) {
                return left.<Deed>map(Deed.Refused::new).orElse(new Deed.Done());
            }
        }
        if (!look(device, true).holds() && DeviceNotation.parse(device) instanceof DeviceNotation.Function function && noted(function.address())) {
            forget(device, limit);
            Deed whole = plug(function.address(), Map.of(), limit);
            if (!(whole instanceof Deed.Done)) {
                return whole;
            }
        }
        Optional<String> silent = silent(limit);
        return silent.isPresent() && look(device, true).holds() ? new Deed.Refused(silent.get())
                : deed(xl.ask(limit, "pci-detach", name, device), device, false);
    }

    /** Takes the note of a device that is not listed from the toolstack, and the place in the IOMMU's tables. */
    private void forget(String device, Duration limit) {
        number().ifPresent(number -> BackendEntry.dropEmpty(xl, number));
        xl.ask(limit, "pci-detach", "-f", name, device);
    }

    /** The entry of a function of which an unplug has begun, whoever began it. */
    private Optional<BackendEntry> closing(Sbdf function) {
        OptionalInt number = number();
        return number.isPresent() ? BackendEntry.of(xl, number.getAsInt(), function).filter(BackendEntry::closing) : Optional.empty();
    }

    /** Gives an unplug that has begun its time, and then does its rest. @return why that cannot be done; empty if nothing is left of one */
    private Optional<String> endUnplug(Sbdf function) {
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<BackendEntry> entry = closing(function);
        while (entry.isPresent() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted");
            }
            entry = closing(function);
        }
        return entry.flatMap(left -> left.drop(xl));
    }

    private OptionalInt number() {
        return xl.ask(SHORT, "domid", name) instanceof Xl.Said(String number) && number.strip().matches("[0-9]{1,9}")
                ? OptionalInt.of(Integer.parseInt(number.strip())) : OptionalInt.empty();
    }

    /** Why a PV guest would not hear of the unplug, if it does not begin to listen in time; empty if it listens, needs not, or that cannot be asked. */
    private Optional<String> silent(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        if (xl.ask(SHORT, "list", name) instanceof Xl.Said(String list) && PAUSED.matcher(list).find()) {
            return Optional.of("guest " + name + " is paused: it would not hear of the unplug. xl unpause " + name);
        }
        OptionalInt number = number();
        if (number.isEmpty() || !(xl.read(SHORT, "/libxl/" + number.getAsInt() + "/type") instanceof Xl.Said(String type)) || !type.strip().equals("pv")) {
            return Optional.empty();
        }
        String path = "/local/domain/" + number.getAsInt() + "/device/pci/0/state";
        while (xl.read(SHORT, path) instanceof Xl.Said(String state)) {
            if (state.strip().equals(CONNECTED)) {
                return Optional.empty();
            }
            if (System.nanoTime() >= deadline) {
                return Optional.of("guest " + name + " does not listen: its PCI front end has not connected (" + path + " is " + state.strip() + ", not "
                        + CONNECTED + "). Has it booted, and does it have xen-pcifront?");
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted");
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean unplugsRightsFirst() {
        return true;
    }

    @Override
    public boolean mendsHalfPlug() {
        return true;
    }

    /** Whether the toolstack has noted this guest for a device; false also where it does not say. */
    private boolean noted(Sbdf function) {
        String path = String.format(Locale.ROOT, "/libxl/pci/%04x-%02x-%02x-%x/domid", function.segment(), function.bus(), function.device(),
                function.function());
        OptionalInt number = number();
        return number.isPresent() && xl.read(SHORT, path) instanceof Xl.Said(String noted) && noted.strip().equals(String.valueOf(number.getAsInt()));
    }

    private Deed deed(Xl.Answer answer, String device, boolean wanted) {
        boolean so = look(device, wanted).holds();
        return switch (answer) {
            case Xl.Said said -> so ? new Deed.Done() : new Deed.Refused("xl said it was done, and the guest " + (wanted ? "does not have" : "still has")
                    + " it" + (said.text().isBlank() ? "" : ": " + said.text().strip().replace('\n', ' ')));
            case Xl.Failed failed -> new Deed.Refused(!wanted && failed.reason().contains(HELD) ? DEAF + " " + failed.reason() : failed.reason());
            case Xl.Late _ -> so ? new Deed.Done() : new Deed.Hung();
        };
    }

    @Override
    public Condition.Answer look(String device, boolean has) {
        return switch (xl.ask(SHORT, "pci-list", name)) {
            case Xl.Said said -> {
                boolean there = plugged(said.text()).stream().anyMatch(one -> one.host().toString().equals(device));
                Optional<String> between = DeviceNotation.parse(device) instanceof DeviceNotation.Function function ? between(function.address(), there)
                        : Optional.empty();
                yield between.<Condition.Answer>map(Condition.Fails::new).orElseGet(() -> there == has ? new Condition.Holds()
                        : new Condition.Fails(there ? "it has it" : "it does not have it"));
            }
            case Xl.Failed failed -> new Condition.Unmeasured(failed.reason());
            case Xl.Late _ -> new Condition.Unmeasured("xl pci-list did not answer: is xenstored there?");
        };
    }

    /** What is to be said of a guest that neither has a function nor is without it. */
    private Optional<String> between(Sbdf function, boolean listed) {
        if (listed) {
            return closing(function).map(entry -> "xl began to plug it out and did not end: it is listed, and taken from the guest");
        }
        return noted(function) ? Optional.of("xl began to plug it in or out and did not end: it is noted in xenstore, and not listed") : Optional.empty();
    }

    @Override
    public Reading<GuestLayout> layout() {
        return switch (xl.ask(SHORT, "pci-list", name)) {
            case Xl.Said said -> new Reading.Present<>("xl pci-list " + name, layout(plugged(said.text())));
            case Xl.Failed failed -> new Reading.Denied<>("xl pci-list " + name, failed.reason());
            case Xl.Late _ -> new Reading.Denied<>("xl pci-list " + name, "it did not answer: is xenstored there?");
        };
    }

    /** One bus of 32 slots; what the device model has on it is not told, but which slots it always takes. A PV guest's slots are virtual in another sense. */
    private static GuestLayout layout(List<GuestLayout.Plugged> plugged) {
        Set<Integer> used = new TreeSet<>();
        DeviceModel.usual().slots().keySet().forEach(slot -> used.add(slot << 3));
        plugged.forEach(one -> one.guest().ifPresent(address -> used.add(address.device() << 3 | address.function())));
        return new GuestLayout(true, false, List.of(GuestLayout.Bus.of(0, GuestLayout.Kind.PCI_ROOT, used)), plugged);
    }

    /** What {@code xl pci-list} prints. */
    static List<GuestLayout.Plugged> plugged(String text) {
        List<GuestLayout.Plugged> found = new ArrayList<>();
        text.lines().forEach(line -> {
            Matcher row = ROW.matcher(line);
            Matcher old = OLD_ROW.matcher(line);
            if (row.find()) {
                DeviceNotation.parse(row.group(3)).function().ifPresent(host -> found.add(new GuestLayout.Plugged(host,
                        guest(Integer.parseInt(row.group(1), 16), Integer.parseInt(row.group(2), 16)), false)));
            } else if (old.find()) {
                found.add(new GuestLayout.Plugged(new Sbdf(Integer.parseInt(old.group(2), 16), Integer.parseInt(old.group(3), 16),
                        Integer.parseInt(old.group(4), 16), Integer.parseInt(old.group(5), 16)), guest(Integer.parseInt(old.group(1), 16), 0), false));
            }
        });
        return found;
    }

    private static Optional<Sbdf> guest(int slot, int function) {
        return slot <= VirtualSlots.LAST ? Optional.of(new Sbdf(0, 0, slot, function)) : Optional.empty();
    }
}
