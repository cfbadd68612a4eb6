package dev.dmarshal.host.pci;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where sysfs has a function: {@code …/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0}.
 *
 * @param root    the bus of its host bridge, {@code dddd:bb}; empty if the path names none
 * @param bridges the functions above it, nearest the root first; those of another segment are the owners of a segment of their own (VMD)
 */
public record FunctionPlace(Optional<String> root, List<Sbdf> bridges) {

    /** Copies the list. */
    public FunctionPlace {
        bridges = List.copyOf(bridges);
    }

    /** Reads what the link in {@code /sys/bus/pci/devices} says. */
    static FunctionPlace of(String path) {
        Optional<String> root = Optional.empty();
        List<Sbdf> functions = new ArrayList<>();
        for (String part : path.split("/")) {
            if (hostBridge(part)) {
                root = Optional.of(part.substring("pci".length()));
            } else {
                Sbdf.parse(part).ifPresent(functions::add);
            }
        }
        return new FunctionPlace(root, functions.isEmpty() ? List.of() : functions.subList(0, functions.size() - 1));
    }

    /** {@code pci} and {@code dddd:bb}, the segment in four digits or more. */
    private static boolean hostBridge(String part) {
        return part.startsWith("pci") && part.length() >= "pci0000:00".length() && Sbdf.parse(part.substring("pci".length()) + ":00.0").isPresent();
    }

    /** The bridge right above the function, in its own segment. */
    Optional<Sbdf> upstream(int segment) {
        return bridges.isEmpty() || bridges.getLast().segment() != segment ? Optional.empty() : Optional.of(bridges.getLast());
    }

    /** The function of another segment below which its host bridge is. */
    Optional<Sbdf> dmaOwner(int segment) {
        return bridges.stream().filter(bridge -> bridge.segment() != segment).reduce((first, second) -> second);
    }
}
