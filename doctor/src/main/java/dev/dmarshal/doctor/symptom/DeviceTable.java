package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Learns PCI functions from enumeration lines, group lines and drivers' prefixes. Not thread-safe. */
final class DeviceTable {

    /** More functions than any host has; a hostile log stops here. */
    private static final int MOST = 65_536;
    /** Linux drivers/pci/controller/vmd.c, vmd_find_free_domain. */
    private static final int FIRST_MADE_UP = 0x10000;
    private static final Pattern BUSES = Pattern.compile("([0-9a-f]{1,2})(?:-([0-9a-f]{1,2}))?");

    private final TreeMap<Sbdf, SeenDevice> devices = new TreeMap<>();

    void learn(SeenDevice device) {
        SeenDevice known = devices.get(device.address());
        if (known != null) {
            devices.put(device.address(), known.with(device));
        } else if (devices.size() < MOST) {
            devices.put(device.address(), device);
        }
    }

    void learn(LogMessage message) {
        if (message.device().isEmpty()) {
            return;
        }
        Sbdf address = message.device().get();
        switch (message.kind()) {
            case PCI_DEVICE -> learn(new SeenDevice(address, true, ids(message.fields()), hex(message, "class"), Optional.empty(), OptionalInt.empty(),
                    OptionalInt.empty(), OptionalInt.empty()));
            case GROUP_ADD -> learn(new SeenDevice(address, true, Optional.empty(), OptionalInt.empty(), Optional.empty(), decimal(message, "group"),
                    OptionalInt.empty(), OptionalInt.empty()));
            case PCI_BRIDGE -> learnBridge(address, message.field("buses").orElse(""));
            case PCI_BAR, PCI_BRIDGE_WINDOW, PCI_PME, ACS_QUIRK, PCI_ATS -> learn(new SeenDevice(address, true, Optional.empty(), OptionalInt.empty(),
                    driver(message), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty()));
            default -> learn(new SeenDevice(address, false, Optional.empty(), OptionalInt.empty(), driver(message), OptionalInt.empty(),
                    OptionalInt.empty(), OptionalInt.empty()));
        }
    }

    private void learnBridge(Sbdf address, String buses) {
        Matcher range = BUSES.matcher(buses);
        if (range.find()) {
            int first = Integer.parseInt(range.group(1), 16);
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2), 16);
            learn(new SeenDevice(address, true, Optional.empty(), OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.of(first),
                    OptionalInt.of(last)));
        }
    }

    /** A driver's prefix names the bound driver, except those prefixes that the PCI core itself writes. */
    private static Optional<String> driver(LogMessage message) {
        // Wordings of VFIO and pciback name their driver literally.
        for (String speaker : List.of("vfio-pci", "pciback")) {
            if (message.driver().isEmpty() && message.text().startsWith(speaker + " ")) {
                return Optional.of(speaker);
            }
        }
        return message.driver().filter(name -> !name.equals("pci") && !name.equals("pci_bus") && !name.equals("iommu"));
    }

    private static Optional<String> ids(Map<String, String> fields) {
        String vendor = fields.get("vendor");
        String product = fields.get("product");
        return vendor == null || product == null ? Optional.empty() : Optional.of(vendor + ":" + product);
    }

    private static OptionalInt hex(LogMessage message, String field) {
        return message.field(field).filter(text -> text.length() <= 7).map(text -> OptionalInt.of(Integer.parseInt(text, 16))).orElse(OptionalInt.empty());
    }

    private static OptionalInt decimal(LogMessage message, String field) {
        return message.field(field).filter(text -> text.length() <= 9).map(text -> OptionalInt.of(Integer.parseInt(text))).orElse(OptionalInt.empty());
    }

    /**
     * The segment of a requester id that came without one: where a function with that id is, else where its bus is, else the only segment that there is.
     * Empty if several are left. Functions in segments that Linux makes up for VMD do not sign requests themselves.
     */
    OptionalInt segmentOf(SourceId id) {
        if (devices.isEmpty() || devices.lastKey().segment() == 0) {
            return OptionalInt.of(0);
        }
        List<Sbdf> real = devices.keySet().stream().filter(address -> address.segment() < FIRST_MADE_UP).toList();
        List<Integer> same = real.stream().filter(address -> address.sourceId().equals(id)).map(Sbdf::segment).distinct().toList();
        List<Integer> left = same.isEmpty() ? real.stream().filter(address -> address.bus() == id.bus()).map(Sbdf::segment).distinct().toList() : same;
        if (left.isEmpty()) {
            left = real.stream().map(Sbdf::segment).distinct().toList();
        }
        return left.isEmpty() ? OptionalInt.of(0) : left.size() == 1 ? OptionalInt.of(left.getFirst()) : OptionalInt.empty();
    }

    SortedMap<Sbdf, SeenDevice> devices() {
        return new TreeMap<>(devices);
    }
}
