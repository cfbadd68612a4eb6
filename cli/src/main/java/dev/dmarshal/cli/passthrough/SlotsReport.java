package dev.dmarshal.cli.passthrough;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.passthrough.xen.DeviceModel;
import dev.dmarshal.passthrough.xen.PciEntry;
import dev.dmarshal.passthrough.xen.VirtualSlots;
import dev.dmarshal.passthrough.xen.XlRefusals;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a guest sees each device of its configuration.
 *
 * @param release whose rules
 * @param model   what the guest is, and what its bus has besides
 * @param rows    one for each entry, in the order of the configuration
 */
record SlotsReport(Release release, DeviceModel model, List<Row> rows) {

    /** xl is the toolstack since then; before, xm reads every notation. */
    private static final Release XL = new Release(4, 1, 0);

    /**
     * One entry.
     *
     * @param text     the whole notation; as it is written, in quotes, where xl does not read it for the way in which it is written
     * @param places   where each function is to be seen, as {@code 05.0}
     * @param troubles why there is no place, or why xl would not read it
     */
    record Row(String text, List<VirtualSlots.Place> places, List<String> troubles) {
    }

    /** Places the entries; {@code *} stands for the functions that the card has, where this host has it. */
    static SlotsReport of(Release release, DeviceModel model, List<String> entries, HostRoot host) {
        List<Row> rows = new ArrayList<>();
        List<PciEntry.Device> placed = new ArrayList<>();
        for (String text : entries) {
            List<String> spelling = release.atLeast(XL) ? XlRefusals.spelling(text, release) : List.of();
            rows.add(switch (PciEntry.parse(text)) {
                case PciEntry.Unreadable unreadable -> new Row(unreadable.text(), List.of(), List.of(unreadable.reason()));
                case PciEntry.Named named -> new Row(named.text(), List.of(), with(spelling,
                        List.of("the name is in xenstore, not here: xl pci-assignable-list -n shows it")));
                case PciEntry.Device device -> {
                    Row written = new Row(spelling.isEmpty() ? device.toString() : "'" + text + "'", List.of(),
                            with(spelling, release.atLeast(XL) ? XlRefusals.of(device) : List.of()));
                    yield twice(placed, device).map(again -> new Row(written.text(), List.of(), with(written.troubles(), List.of(again))))
                            .orElseGet(() -> placed(with -> place(release, model, with, host), placed, there(device, host), written));
                }
            });
        }
        return new SlotsReport(release, model, rows);
    }

    private static VirtualSlots.Allocation place(Release release, DeviceModel model, List<PciEntry.Device> devices, HostRoot host) {
        return switch (model.kind()) {
            case HVM -> new VirtualSlots(release, model.slots().keySet()).place(devices);
            case PV -> VirtualSlots.behindPciback(devices, function -> host.has("/sys/bus/pci/devices/" + function + "/physfn"));
            case PVH -> new VirtualSlots.Allocation(List.of(), Optional.of("a PVH guest takes no PCI devices"));
        };
    }

    /** xm says so (pciif.py, dev_check_assignability_and_do_FLR); xl finds the device given away already. */
    private static Optional<String> twice(List<PciEntry.Device> before, PciEntry.Device device) {
        return before.stream().flatMap(other -> other.functions().stream()).filter(device.functions()::contains).findFirst()
                .map(function -> function + " stands in an entry before this one");
    }

    private static List<String> with(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static PciEntry.Device there(PciEntry.Device device, HostRoot host) {
        List<Sbdf> there = device.functions().stream().filter(function -> host.has("/sys/bus/pci/devices/" + function)).toList();
        return !device.wholeSlot() || there.isEmpty() ? device
                : new PciEntry.Device(there, device.virtualSlot(), device.virtualFunctions(), device.options());
    }

    private static Row placed(Function<List<PciEntry.Device>, VirtualSlots.Allocation> bus, List<PciEntry.Device> before, PciEntry.Device device, Row written) {
        List<PciEntry.Device> with = new ArrayList<>(before);
        with.add(device);
        int taken = bus.apply(before).places().size();
        VirtualSlots.Allocation allocation = bus.apply(with);
        List<String> troubles = new ArrayList<>(written.troubles());
        allocation.trouble().ifPresentOrElse(troubles::add, () -> before.add(device));
        return new Row(written.text(), allocation.trouble().isPresent() ? List.of() : allocation.places().subList(taken, allocation.places().size()), troubles);
    }

    boolean fine() {
        return rows.stream().allMatch(row -> row.troubles().isEmpty());
    }

    void write(Page page, boolean known) {
        page.paragraph(0, (known ? "Xen " + release : "No Xen here and none named: as since Xen " + release) + ". " + switch (model.kind()) {
            case HVM -> hvm();
            case PV -> "This is a PV guest: pciback makes its bus, and numbers the cards from slot 0 on, whatever slot is asked for; functions of a card keep"
                    + " together and keep their numbers.";
            case PVH -> "This is a PVH guest.";
        });
        model.notes().forEach(note -> page.paragraph(0, note));
        for (Row row : rows) {
            page.blank().line(0, row.text());
            row.places().forEach(place -> page.line(2, place.device() + " is " + seen(place) + " in the guest"));
            row.troubles().forEach(trouble -> page.paragraph(2, "not so: " + trouble));
        }
    }

    private String hvm() {
        VirtualSlots slots = new VirtualSlots(release, model.slots().keySet());
        String own = model.slots().entrySet().stream().map(slot -> Integer.toHexString(slot.getKey()) + " " + slot.getValue()).collect(Collectors.joining("; "));
        return "An HVM guest has 32 slots, of which its device model has " + model.slots().size() + " (" + own + "); "
                + (slots.anySlot() ? "any other may be asked for" : "6 and 7 are for passthrough, and none can be asked for") + ". " + (slots.multifunction()
                        ? "A card's functions keep together where one entry names them; one that is named alone is function 0."
                        : "Each function is function 0 of a slot of its own.");
    }

    void writeJson(PrintWriter out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("schema", 1);
            json.writeStringField("xen", release.toString());
            writeGuest(json);
            json.writeArrayFieldStart("entries");
            for (Row row : rows) {
                json.writeStartObject();
                json.writeStringField("text", row.text());
                json.writeArrayFieldStart("places");
                for (VirtualSlots.Place place : row.places()) {
                    json.writeStartObject();
                    json.writeStringField("device", place.device());
                    json.writeStringField("guest", seen(place));
                    json.writeEndObject();
                }
                json.writeEndArray();
                JsonFields.texts(json, "troubles", row.troubles());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private void writeGuest(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("guest");
        json.writeStringField("kind", model.kind().name().toLowerCase(Locale.ROOT));
        json.writeArrayFieldStart("deviceModel");
        for (Map.Entry<Integer, String> slot : model.slots().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("slot", slot.getKey());
            json.writeStringField("device", slot.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        JsonFields.texts(json, "notes", model.notes());
        json.writeEndObject();
    }

    private static String seen(VirtualSlots.Place place) {
        return (place.slot() < 16 ? "0" : "") + Integer.toHexString(place.slot()) + "." + place.function();
    }
}
