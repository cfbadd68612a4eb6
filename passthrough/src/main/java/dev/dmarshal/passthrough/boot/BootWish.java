package dev.dmarshal.passthrough.boot;

import java.util.List;

/**
 * What is to outlast a restart of the host.
 *
 * @param bind       whether vfio-pci is to have the functions at each boot, before their own drivers
 * @param parameters what is to stand on the kernel's command line from the next boot on, such as {@code intel_iommu=on}
 */
public record BootWish(boolean bind, List<String> parameters) {

    /** Nothing. */
    public static final BootWish NONE = new BootWish(false, List.of());

    /** Keeps its own copy. */
    public BootWish {
        parameters = List.copyOf(parameters);
    }

    /** Whether anything is wanted. */
    public boolean any() {
        return bind || !parameters.isEmpty();
    }
}
