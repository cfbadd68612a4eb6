package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the PCI functions that a path below {@code /sys/devices} leads through. */
final class PciPath {

    private PciPath() {
    }

    /**
     * The functions whose loss takes the path's end away and which can be given to a guest: the last function of the path, and each function that has a
     * segment of its own below it (Intel VMD shows its drives in a segment of theirs). Bridges between do not count.
     */
    static List<Sbdf> owners(String path) {
        String[] parts = path.split("/");
        List<Sbdf> owners = new ArrayList<>();
        Optional<Sbdf> last = Optional.empty();
        for (String part : parts) {
            if (part.startsWith("pci") && last.isPresent()) {
                owners.add(last.get());
            }
            last = address(part).or(pick(last));
        }
        last.filter(address -> !owners.contains(address)).ifPresent(owners::add);
        return owners;
    }

    private static java.util.function.Supplier<Optional<Sbdf>> pick(Optional<Sbdf> otherwise) {
        return () -> otherwise;
    }

    /** Reads {@code dddd:bb:dd.f} as sysfs writes it. */
    static Optional<Sbdf> address(String name) {
        int length = name.length();
        if (length < 12 || length > 16 || name.charAt(length - 2) != '.' || name.charAt(length - 5) != ':' || name.charAt(length - 8) != ':') {
            return Optional.empty();
        }
        long segment = hex(name, 0, length - 8);
        long bus = hex(name, length - 7, length - 5);
        long device = hex(name, length - 4, length - 2);
        long function = hex(name, length - 1, length);
        if (segment < 0 || segment > Integer.MAX_VALUE || bus < 0 || device < 0 || device > 31 || function < 0 || function > 7) {
            return Optional.empty();
        }
        return Optional.of(new Sbdf((int) segment, (int) bus, (int) device, (int) function));
    }

    private static long hex(String text, int from, int to) {
        long value = 0;
        for (int at = from; at < to; at++) {
            int digit = Character.digit(text.charAt(at), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
