package dev.dmarshal.core.pci.config;

import java.util.Optional;

/**
 * Ways to reset one function that its own configuration space can prove, in the order in which Linux tries them (drivers/pci/pci.c,
 * pci_reset_fn_methods). Others
 * (device specific, ACPI, the bus above) need more than the function itself.
 */
public enum ResetMethod {
    /** PCI Express function level reset. */
    FLR("flr", "PCI Express function level reset"),
    /** Function level reset of the advanced features capability. */
    AF_FLR("af_flr", "function level reset of PCI Advanced Features"),
    /** To D3hot and back. */
    PM("pm", "soft reset on the way from D3hot to D0");

    private final String label;
    private final String title;

    ResetMethod(String label, String title) {
        this.label = label;
        this.title = title;
    }

    /** Linux's word for it, as in {@code /sys/bus/pci/devices/…/reset_method}. */
    public String label() {
        return label;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** Whether a function says that it can be reset so; empty if the capabilities that would say it were not measured. */
    public Optional<Boolean> of(CapabilityList list) {
        CapabilityKind kind = switch (this) {
            case FLR -> CapabilityKind.PCI_EXPRESS;
            case AF_FLR -> CapabilityKind.ADVANCED_FEATURES;
            case PM -> CapabilityKind.POWER_MANAGEMENT;
        };
        if (list.first(kind).isEmpty()) {
            return list.standardComplete() ? Optional.of(false) : Optional.empty();
        }
        return switch (this) {
            case FLR -> PcieCapability.of(list).flatMap(PcieCapability::functionLevelReset);
            case AF_FLR -> AdvancedFeaturesCapability.of(list).flatMap(AdvancedFeaturesCapability::functionLevelReset);
            case PM -> PowerManagementCapability.of(list).flatMap(PowerManagementCapability::softReset);
        };
    }
}
