package dev.dmarshal.host.pci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads one function's folder in {@code /sys/bus/pci/devices}. One file ({@code uevent}) has most of it; single files say the rest, and all where it is not.
 */
final class FunctionLister {

    private static final int BRIDGES = 0x06;

    private final HostRoot host;

    FunctionLister(HostRoot host) {
        this.host = host;
    }

    ListedFunction read(String folder, Sbdf address) {
        Map<String, String> event = event(folder);
        OptionalInt classCode = event.containsKey("PCI_CLASS") ? hex(event.get("PCI_CLASS")) : number(folder + "class");
        Reading<String> driver = event.isEmpty() ? host.linkName(folder + "driver") : new Reading.Absent<>(folder + "driver");
        boolean bridge = classCode.isEmpty() || classCode.getAsInt() >>> 16 == BRIDGES;
        return new ListedFunction(address, folder, ids(folder, event), classCode, driver.trouble().isEmpty(),
                driver.present().or(() -> Optional.ofNullable(event.get("DRIVER"))), decimal(host.linkName(folder + "iommu_group").present()),
                bridge ? new ListedFunction.BelowBridge(decimal(text(folder + "secondary_bus_number")), decimal(text(folder + "subordinate_bus_number")))
                        : ListedFunction.BelowBridge.NONE,
                host.linkName(folder + "physfn").present().flatMap(Sbdf::parse),
                host.link(folder.substring(0, folder.length() - 1)).present().map(FunctionPlace::of));
    }

    private Map<String, String> event(String folder) {
        String text = host.text(folder + "uevent").present().orElse("");
        Map<String, String> event = new HashMap<>();
        for (int from = 0; from < text.length();) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline;
            int equals = text.indexOf('=', from);
            if (equals > from && equals < end) {
                event.put(text.substring(from, equals), text.substring(equals + 1, end));
            }
            from = end + 1;
        }
        return event;
    }

    private FunctionIds ids(String folder, Map<String, String> event) {
        String[] made = event.getOrDefault("PCI_ID", "").split(":");
        String[] board = event.getOrDefault("PCI_SUBSYS_ID", "").split(":");
        if (made.length == 2 && board.length == 2) {
            return new FunctionIds(hex(made[0]), hex(made[1]), hex(board[0]), hex(board[1]));
        }
        return new FunctionIds(number(folder + "vendor"), number(folder + "device"), number(folder + "subsystem_vendor"), number(folder + "subsystem_device"));
    }

    private Optional<String> text(String path) {
        return host.text(path).present().map(String::strip);
    }

    /** sysfs writes ids as {@code 0x8086}. */
    private OptionalInt number(String path) {
        Optional<String> text = text(path);
        return text.isPresent() && text.get().startsWith("0x") ? hex(text.get().substring(2)) : OptionalInt.empty();
    }

    /** One to nine digits. */
    private static OptionalInt decimal(Optional<String> text) {
        String digits = text.orElse("");
        int value = 0;
        for (int at = 0; at < digits.length(); at++) {
            char digit = digits.charAt(at);
            if (digit < '0' || digit > '9' || at == 9) {
                return OptionalInt.empty();
            }
            value = 10 * value + digit - '0';
        }
        return digits.isEmpty() ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static OptionalInt hex(String text) {
        try {
            return text.isEmpty() || text.length() > 7 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text, 16));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
