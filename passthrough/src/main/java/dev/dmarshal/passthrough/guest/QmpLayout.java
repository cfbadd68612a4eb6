package dev.dmarshal.passthrough.guest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.guest.GuestLayout.Bus;
import dev.dmarshal.passthrough.guest.GuestLayout.Kind;
import dev.dmarshal.passthrough.guest.GuestLayout.Plugged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The buses of a guest from the answer to {@code query-pci} (qapi/pci.json). Pure. */
final class QmpLayout {

    private static final int BRIDGE_CLASS = 0x0604;
    private static final int ICH9_LPC = 0x2918;
    private static final int MOST_DEPTH = 32;

    /** Vendor and device ids of QEMU's ports and bridges (hw/pci-bridge). Others are taken to be ports' and switches' insides, where nothing is plugged. */
    private static final Map<Integer, Kind> BRIDGES = Map.of(
            0x1b36_000c, Kind.PORT, 0x8086_3420, Kind.PORT, 0x104c_8233, Kind.PORT,
            0x1b36_0001, Kind.CONVENTIONAL, 0x1b36_000e, Kind.CONVENTIONAL, 0x8086_244e, Kind.CONVENTIONAL);

    private final List<Bus> buses = new ArrayList<>();
    private final List<Plugged> plugged = new ArrayList<>();
    private final Map<String, Sbdf> hosts;
    private boolean q35;

    private QmpLayout(Map<String, Sbdf> hosts) {
        this.hosts = hosts;
    }

    /**
     * The layout.
     *
     * @param answer what {@code query-pci} returned
     * @param hosts  the host's functions that the guest has, by QEMU's id
     */
    static GuestLayout of(JsonNode answer, Map<String, Sbdf> hosts) {
        QmpLayout layout = new QmpLayout(hosts);
        for (JsonNode bus : answer) {
            for (JsonNode device : bus.path("devices")) {
                layout.q35 |= device.path("id").path("vendor").asInt() == 0x8086 && device.path("id").path("device").asInt() == ICH9_LPC;
            }
        }
        for (JsonNode bus : answer) {
            layout.bus(bus.path("bus").asInt(), Optional.of(layout.q35 ? "pcie.0" : "pci.0"), layout.q35 ? Kind.PCIE_ROOT : Kind.PCI_ROOT, bus, 0);
        }
        return new GuestLayout(true, layout.q35, layout.buses, layout.plugged);
    }

    private void bus(int number, Optional<String> id, Kind kind, JsonNode bus, int depth) {
        TreeSet<Integer> used = new TreeSet<>();
        int at = buses.size();
        for (JsonNode device : bus.path("devices")) {
            int slot = device.path("slot").asInt() & 0x1f;
            int function = device.path("function").asInt() & 7;
            used.add(slot << 3 | function);
            String name = device.path("qdev_id").asText();
            if (hosts.containsKey(name)) {
                plugged.add(new Plugged(hosts.get(name), Optional.of(new Sbdf(0, number & 0xff, slot, function)), false));
            }
            if (device.path("class_info").path("class").asInt() == BRIDGE_CLASS && depth < MOST_DEPTH && !name.isEmpty()) {
                int ids = device.path("id").path("vendor").asInt() << 16 | device.path("id").path("device").asInt();
                JsonNode below = device.path("pci_bridge");
                bus(below.path("bus").path("secondary").asInt(), Optional.of(name), BRIDGES.getOrDefault(ids, Kind.INNER), below, depth + 1);
            }
        }
        buses.add(at, new Bus(number, id, kind, used));
    }
}
