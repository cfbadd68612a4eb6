package dev.dmarshal.host.reset;

import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Ways to reset one function, in the order in which the kernel tries them (Linux drivers/pci/pci.c, {@code pci_reset_fn_methods}; before 5.15
 * {@code __pci_reset_function_locked}, which tried the same ones except ACPI's).
 */
public enum ResetMethod {
    /** A way that the kernel knows for this device alone (drivers/pci/quirks.c, {@code pci_dev_reset_methods}). */
    DEVICE_SPECIFIC("3.1"),
    /** Firmware's {@code _RST}. */
    ACPI("5.15"),
    /** Function level reset of a PCIe function (PCIe 6.0, 6.6.2). */
    FLR("2.6.28"),
    /** Function level reset by the Advanced Features capability of a conventional function. */
    AF_FLR("2.6.29"),
    /** Into D3hot and back, which resets functions that do not have No_Soft_Reset set (PCI PM 1.2, 3.2.4). */
    PM("3.1"),
    /** Reset of the whole bus or hot-plug slot, where nothing else is on it. */
    BUS("3.1"),
    /** The same below a CXL port that masks it. */
    CXL_BUS("6.10");

    private final Release since;

    ResetMethod(String since) {
        this.since = Release.parse(since).orElseThrow();
    }

    /** The name that sysfs and JSON use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The method that the kernel calls so. */
    public static Optional<ResetMethod> of(String word) {
        return Arrays.stream(values()).filter(method -> method.word().equals(word)).findFirst();
    }

    /** The methods of a kernel, in its order; those of the newest if it is not known. */
    public static List<ResetMethod> of(Optional<KernelVersion> kernel) {
        return Arrays.stream(values()).filter(method -> kernel.isEmpty() || kernel.get().release().compareTo(method.since) >= 0).toList();
    }
}
