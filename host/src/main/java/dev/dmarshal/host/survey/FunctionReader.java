package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.SriovCapability;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@link FunctionFacts} from sysfs ({@code /sys/bus/pci/devices}, Documentation/ABI/testing/sysfs-bus-pci) or from the dumps that a source has there. */
final class FunctionReader {

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String SLOTS = "/sys/bus/pci/slots/";

    private final HostRoot host;
    private final Map<String, String> slots = new HashMap<>();

    FunctionReader(HostRoot host) {
        this.host = host;
        for (String slot : host.list(SLOTS).present().orElse(List.of())) {
            host.text(SLOTS + slot + "/address").present().ifPresent(address -> slots.put(address.strip(), slot));
        }
    }

    /** The functions that the host lists, by name. */
    static Reading<List<String>> names(HostRoot host) {
        return host.list(DEVICES);
    }

    FunctionFacts read(String name, Sbdf address) {
        String folder = DEVICES + name + "/";
        Map<String, String> event = event(folder);
        Optional<ConfigSpace> config = config(folder);
        Made made = made(folder, event, config);
        return new FunctionFacts(address, made, binding(folder, event), group(folder), host.text(folder + "resource").present().map(Region::parse), config,
                virtual(folder, config), new PowerFacts(word(folder + "power_state"), word(folder + "d3cold_allowed").map("1"::equals)),
                resets(folder), place(folder), slot(name));
    }

    private Optional<String> slot(String name) {
        return Optional.ofNullable(slots.get(name.substring(0, name.lastIndexOf('.'))));
    }

    private Map<String, String> event(String folder) {
        Map<String, String> event = new HashMap<>();
        for (String line : host.text(folder + "uevent").present().orElse("").split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                event.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return event;
    }

    private Optional<ConfigSpace> config(String folder) {
        return host.bytes(folder + "config").present().filter(bytes -> bytes.length > 0 && bytes.length <= ConfigSpace.EXTENDED_BYTES).map(ConfigSpace::of);
    }

    /** One file ({@code uevent}) has most of it; single files and the configuration space say the rest. */
    private Made made(String folder, Map<String, String> event, Optional<ConfigSpace> config) {
        String[] ids = event.getOrDefault("PCI_ID", "").split(":");
        String[] board = event.getOrDefault("PCI_SUBSYS_ID", "").split(":");
        boolean whole = ids.length == 2 && board.length == 2;
        OptionalInt vendor = whole ? hex(ids[0]) : number(folder + "vendor");
        OptionalInt device = whole ? hex(ids[1]) : number(folder + "device");
        OptionalInt boardVendor = whole ? hex(board[0]) : number(folder + "subsystem_vendor");
        OptionalInt boardDevice = whole ? hex(board[1]) : number(folder + "subsystem_device");
        OptionalInt classCode = event.containsKey("PCI_CLASS") ? hex(event.get("PCI_CLASS")) : number(folder + "class");
        if (config.isEmpty()) {
            return new Made(vendor, device, boardVendor, boardDevice, number(folder + "revision"), classCode);
        }
        var header = config.get().header();
        return new Made(or(vendor, header.vendorId()), or(device, header.deviceId()), or(boardVendor, header.subsystemVendor()),
                or(boardDevice, header.subsystemId()), header.revision(), or(classCode, header.classCode()));
    }

    private static OptionalInt or(OptionalInt first, OptionalInt second) {
        return first.isPresent() ? first : second;
    }

    private Binding binding(String folder, Map<String, String> event) {
        Optional<String> override = word(folder + "driver_override").filter(text -> !text.isEmpty() && !text.equals("(null)"));
        if (!event.isEmpty()) {
            return new Binding(true, Optional.ofNullable(event.get("DRIVER")), override);
        }
        Reading<String> link = host.linkName(folder + "driver");
        return new Binding(link.trouble().isEmpty(), link.present(), override);
    }

    private OptionalInt group(String folder) {
        return count(host.linkName(folder + "iommu_group").present());
    }

    private VirtualFunctions virtual(String folder, Optional<ConfigSpace> config) {
        Optional<Sbdf> parent = host.linkName(folder + "physfn").present().flatMap(Sbdf::parse);
        OptionalInt live = decimal(folder + "sriov_numvfs");
        OptionalInt most = decimal(folder + "sriov_totalvfs");
        if (live.isPresent() || config.isEmpty() || config.get().end() <= ConfigSpace.CONVENTIONAL_BYTES) {
            return new VirtualFunctions(parent, live, most);
        }
        Optional<SriovCapability> capability = config.get().capabilities().first(CapabilityKind.SRIOV).map(SriovCapability::new);
        return new VirtualFunctions(parent, capability.map(SriovCapability::liveFunctions).orElse(live),
                capability.map(SriovCapability::totalFunctions).orElse(most));
    }

    private Optional<List<String>> resets(String folder) {
        return host.text(folder + "reset_method").present().map(text -> text.isBlank() ? List.of() : List.of(text.strip().split(" ")));
    }

    /** The link's target nests the bridges: {@code ../../../devices/pci0000:00/0000:00:1c.0/0000:02:00.0}. */
    private Optional<List<Sbdf>> place(String folder) {
        return host.link(folder.substring(0, folder.length() - 1)).present().map(target -> {
            List<Sbdf> bridges = new ArrayList<>();
            for (String part : target.split("/")) {
                Sbdf.parse(part).ifPresent(bridges::add);
            }
            return bridges.isEmpty() ? List.of() : List.copyOf(bridges.subList(0, bridges.size() - 1));
        });
    }

    private Optional<String> word(String path) {
        return host.text(path).present().map(String::strip);
    }

    /** sysfs writes ids as {@code 0x8086}. */
    private OptionalInt number(String path) {
        Optional<String> text = word(path);
        return text.isPresent() && text.get().startsWith("0x") ? hex(text.get().substring(2)) : OptionalInt.empty();
    }

    private OptionalInt decimal(String path) {
        return count(word(path));
    }

    /** One to nine digits. */
    private static OptionalInt count(Optional<String> text) {
        String digits = text.orElse("");
        if (digits.isEmpty() || digits.length() > 9) {
            return OptionalInt.empty();
        }
        int value = 0;
        for (int at = 0; at < digits.length(); at++) {
            char digit = digits.charAt(at);
            if (digit < '0' || digit > '9') {
                return OptionalInt.empty();
            }
            value = 10 * value + digit - '0';
        }
        return OptionalInt.of(value);
    }

    private static OptionalInt hex(String text) {
        try {
            return text.isEmpty() || text.length() > 7 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text, 16));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
