package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.DeviceScope.Hop;
import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.OptionalInt;

/**
 * Turns the path of a device scope into a PCI function, as the specification says (section 8.3.1): start on the start bus, and at each step but the last
 * go down to the secondary bus of the bridge there. Takes I/O APIC and HPET scopes too: their path gives a requester id.
 */
public final class ScopeResolver {

    /** What is known of the bridges. */
    @FunctionalInterface
    public interface Bridges {

        /** Secondary bus of the bridge at this address; empty if there is no bridge or nobody knows. */
        OptionalInt secondaryBus(Sbdf bridge);
    }

    /** Where a path led. */
    public sealed interface Resolution {
    }

    /**
     * To the address of a function, which need not be there.
     *
     * @param function its address
     */
    public record Resolved(Sbdf function) implements Resolution {
    }

    /**
     * To a place that is no bridge, or whose secondary bus nobody knows.
     *
     * @param bridge where the path needs a bridge
     */
    public record NoBridge(Sbdf bridge) implements Resolution {
    }

    /**
     * Nowhere: the path is empty or has a device above 31 or a function above 7.
     *
     * @param path as the table has it
     */
    public record Impossible(List<Hop> path) implements Resolution {
    }

    private final Bridges bridges;

    /** Resolves with these bridges. */
    public ScopeResolver(Bridges bridges) {
        this.bridges = bridges;
    }

    /** Follows the path of a scope in a segment (0 to 65535). */
    public Resolution resolve(int segment, DeviceScope scope) {
        List<Hop> path = scope.path();
        if (path.isEmpty() || !path.stream().allMatch(Hop::valid)) {
            return new Impossible(path);
        }
        int bus = scope.startBus();
        for (Hop hop : path.subList(0, path.size() - 1)) {
            Sbdf bridge = new Sbdf(segment, bus, hop.device(), hop.function());
            OptionalInt next = bridges.secondaryBus(bridge);
            if (next.isEmpty()) {
                return new NoBridge(bridge);
            }
            bus = next.getAsInt();
        }
        return new Resolved(new Sbdf(segment, bus, path.getLast().device(), path.getLast().function()));
    }
}
