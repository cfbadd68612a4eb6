package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.passthrough.xen.XlRefusals.Objection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a release of Xen makes of a guest's list of devices: where the guest sees each, what xl refuses, and what it reads otherwise than it is written.
 *
 * @param release whose rules
 * @param model   what the guest is, and what its bus has besides
 * @param rows    one for each entry, in the order of the configuration
 */
public record ConfigReview(Release release, DeviceModel model, List<Row> rows) {

    /** xl is the toolstack since then; before, xm reads every notation. */
    private static final Release XL = new Release(4, 1, 0);
    /** Since then an entry that xl cannot read ends it; before, xl went on without the device (d43dea81f9 of Xen). */
    private static final Release ENDS = new Release(4, 6, 0);

    /** Keeps its own copy. */
    public ConfigReview {
        rows = List.copyOf(rows);
    }

    /**
     * One entry.
     *
     * @param entry      as it was read
     * @param text       the whole notation; as it is written, in quotes, where xl does not read it for the way in which it is written
     * @param places     where each function is to be seen
     * @param objections what xl refuses of it or reads otherwise
     * @param layout     why there is no place for it on the guest's bus
     * @param notes      what is not known
     */
    public record Row(PciEntry entry, String text, List<VirtualSlots.Place> places, List<Objection> objections, Optional<String> layout, List<String> notes) {

        /** Keeps its own copies. */
        public Row {
            places = List.copyOf(places);
            objections = List.copyOf(objections);
            notes = List.copyOf(notes);
        }

        /** All that speaks against it, in words. */
        public List<String> troubles() {
            return Stream.concat(objections.stream().map(Objection::words), layout.stream()).toList();
        }
    }

    /** Reviews entries; {@code *} stands for the functions that the card has, where this host has it. */
    public static ConfigReview of(Release release, DeviceModel model, List<String> entries, HostRoot host) {
        Reader reader = new Reader(release, model, host);
        return new ConfigReview(release, model, entries.stream().map(reader::row).toList());
    }

    /** Whether nothing speaks against any of it. */
    public boolean fine() {
        return rows.stream().allMatch(row -> row.troubles().isEmpty());
    }

    /** Whether {@code xl create} ends at an entry that it cannot read; else the guest starts without that device. */
    public boolean endsAtRefusals() {
        return release.atLeast(ENDS) || !release.atLeast(XL);
    }

    private static final class Reader {

        private final Release release;
        private final DeviceModel model;
        private final HostRoot host;
        private final List<PciEntry> placed = new ArrayList<>();

        Reader(Release release, DeviceModel model, HostRoot host) {
            this.release = release;
            this.model = model;
            this.host = host;
        }

        Row row(String text) {
            List<Objection> spelling = release.atLeast(XL) ? XlRefusals.spelling(text, release) : List.of();
            return switch (PciEntry.parse(text)) {
                case PciEntry.Unreadable unreadable -> new Row(unreadable, unreadable.text(), List.of(), List.of(new Objection(unreadable.reason(), true)),
                        Optional.empty(), List.of());
                case PciEntry.Named named -> named(named, with(spelling, release.atLeast(XL) ? XlRefusals.of(named, release)
                        : List.of(new Objection("xm knows no names of devices", true))));
                case PciEntry.Device device -> {
                    String shown = spelling.isEmpty() ? device.toString() : "'" + text + "'";
                    List<Objection> found = with(spelling, release.atLeast(XL) ? XlRefusals.of(device, release) : List.of());
                    Optional<String> again = twice(device);
                    yield again.isPresent() ? new Row(device, shown, List.of(), found, again, List.of())
                            : placed(there(device), new Row(device, shown, List.of(), found, Optional.empty(), List.of()));
                }
            };
        }

        /** Which device it is stands in xenstore only; that it takes a slot is certain. */
        private Row named(PciEntry.Named named, List<Objection> found) {
            List<String> notes = new ArrayList<>();
            if (found.stream().anyMatch(Objection::refuses)) {
                return new Row(named, named.text(), List.of(), found, Optional.empty(), notes);
            }
            notes.add("which device has this name stands in xenstore and was not looked up: xl pci-assignable-list -n shows it");
            if (model.kind() == DeviceModel.Kind.PV) {
                notes.add("the slots that follow hold if it is no function of a card that is named before or after it");
            }
            return placed(named, new Row(named, named.text(), List.of(), found, Optional.empty(), notes));
        }

        private Row placed(PciEntry entry, Row row) {
            List<PciEntry> with = new ArrayList<>(placed);
            with.add(entry);
            int before = place(placed).places().size();
            VirtualSlots.Allocation allocation = place(with);
            if (allocation.trouble().isEmpty()) {
                placed.add(entry);
            }
            List<VirtualSlots.Place> places = allocation.trouble().isPresent() ? List.of() : allocation.places().subList(before, allocation.places().size());
            return new Row(row.entry(), row.text(), places, row.objections(), allocation.trouble(), row.notes());
        }

        private VirtualSlots.Allocation place(List<PciEntry> entries) {
            return switch (model.kind()) {
                case HVM -> new VirtualSlots(release, model.slots().keySet()).place(entries);
                case PV -> VirtualSlots.behindPciback(entries, function -> host.has("/sys/bus/pci/devices/" + function + "/physfn"));
                case PVH -> new VirtualSlots.Allocation(List.of(), Optional.of("a PVH guest takes no PCI devices"));
            };
        }

        /** xm says so (pciif.py, dev_check_assignability_and_do_FLR); xl finds the device given away already. */
        private Optional<String> twice(PciEntry.Device device) {
            return placed.stream().flatMap(other -> other instanceof PciEntry.Device before ? before.functions().stream() : Stream.empty())
                    .filter(device.functions()::contains).findFirst().map(function -> function + " stands in an entry before this one");
        }

        private PciEntry.Device there(PciEntry.Device device) {
            List<Sbdf> there = device.functions().stream().filter(function -> host.has("/sys/bus/pci/devices/" + function)).toList();
            return !device.wholeSlot() || there.isEmpty() ? device
                    : new PciEntry.Device(there, device.virtualSlot(), device.virtualFunctions(), device.options());
        }

        private static List<Objection> with(List<Objection> some, List<Objection> more) {
            return Stream.concat(some.stream(), more.stream()).toList();
        }
    }
}
