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
            last = Sbdf.parse(part).or(pick(last));
        }
        last.filter(address -> !owners.contains(address)).ifPresent(owners::add);
        return owners;
    }

    private static java.util.function.Supplier<Optional<Sbdf>> pick(Optional<Sbdf> otherwise) {
        return () -> otherwise;
    }
}
