package dev.dmarshal.host;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The PCI functions that sysfs lists ({@code /sys/bus/pci/devices}, Documentation/ABI/testing/sysfs-bus-pci). */
public final class PciListing {

    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final Pattern ADDRESS = Pattern.compile("([0-9a-f]{4,8}):([0-9a-f]{2}):([01][0-9a-f])\\.([0-7])");

    private PciListing() {
    }

    /**
     * One function.
     *
     * @param address   where
     * @param ids       vendor and device id, such as {@code 8086:1533}
     * @param classCode 24-bit class code
     * @param driver    driver bound to it
     * @param group     IOMMU group
     * @param secondary first bus below it, for bridges
     * @param last      last bus below it, for bridges
     */
    public record Function(Sbdf address, Optional<String> ids, OptionalInt classCode, Optional<String> driver, OptionalInt group, OptionalInt secondary,
            OptionalInt last) {
    }

    /** All functions of a host. */
    public static Reading<List<Function>> of(HostRoot host) {
        return host.list(DEVICES).map(names -> functions(host, names));
    }

    private static List<Function> functions(HostRoot host, List<String> names) {
        List<Function> functions = new ArrayList<>();
        for (String name : names) {
            Matcher address = ADDRESS.matcher(name);
            if (address.matches()) {
                functions.add(function(host, name, new Sbdf(Integer.parseUnsignedInt(address.group(1), 16) & Integer.MAX_VALUE,
                        Integer.parseInt(address.group(2), 16), Integer.parseInt(address.group(3), 16), Integer.parseInt(address.group(4), 16))));
            }
        }
        return functions;
    }

    private static Function function(HostRoot host, String name, Sbdf address) {
        String folder = DEVICES + "/" + name + "/";
        OptionalInt vendor = number(host, folder + "vendor");
        OptionalInt device = number(host, folder + "device");
        Optional<String> ids = vendor.isPresent() && device.isPresent() ? Optional.of(HexFormat.of()
                .toHexDigits((short) vendor.getAsInt()) + ":" + HexFormat.of().toHexDigits((short) device.getAsInt()))
                : Optional.empty();
        return new Function(address, ids, number(host, folder + "class"), host.linkName(folder + "driver").present(), group(host, folder),
                number(host, folder + "secondary_bus_number"), number(host, folder + "subordinate_bus_number"));
    }

    private static OptionalInt group(HostRoot host, String folder) {
        return host.linkName(folder + "iommu_group").present().filter(text -> text.matches("[0-9]{1,9}")).map(text -> OptionalInt.of(Integer.parseInt(text)))
                .orElse(OptionalInt.empty());
    }

    /** sysfs writes ids as {@code 0x8086} and bus numbers in decimal. */
    private static OptionalInt number(HostRoot host, String path) {
        String text = host.text(path).present().orElse("").strip();
        if (text.matches("0x[0-9a-f]{1,7}")) {
            return OptionalInt.of(Integer.parseInt(text.substring(2), 16));
        }
        return text.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
