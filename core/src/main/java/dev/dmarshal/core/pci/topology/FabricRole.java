package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.pci.config.PortType;
import java.util.Optional;

/** What a function is in the fabric: one of the PCI Express types, or something that is not PCI Express. */
public enum FabricRole {
    /** PCI Express endpoint. */
    ENDPOINT(PortType.ENDPOINT, "endpoint"),
    /** Legacy PCI Express endpoint. */
    LEGACY_ENDPOINT(PortType.LEGACY_ENDPOINT, "legacy endpoint"),
    /** Root port of a root complex. */
    ROOT_PORT(PortType.ROOT_PORT, "root port"),
    /** Upstream port of a switch. */
    UPSTREAM_PORT(PortType.UPSTREAM_PORT, "switch upstream port"),
    /** Downstream port of a switch. */
    DOWNSTREAM_PORT(PortType.DOWNSTREAM_PORT, "switch downstream port"),
    /** PCI Express to PCI or PCI-X bridge. */
    PCIE_TO_PCI_BRIDGE(PortType.PCIE_TO_PCI_BRIDGE, "PCIe-to-PCI bridge"),
    /** PCI or PCI-X to PCI Express bridge. */
    PCI_TO_PCIE_BRIDGE(PortType.PCI_TO_PCIE_BRIDGE, "PCI-to-PCIe bridge"),
    /** Endpoint integrated into the root complex. */
    INTEGRATED_ENDPOINT(PortType.ROOT_COMPLEX_ENDPOINT, "integrated endpoint"),
    /** Event collector of a root complex. */
    EVENT_COLLECTOR(PortType.EVENT_COLLECTOR, "event collector"),
    /** A PCI Express type that the specification keeps for later. */
    RESERVED(null, "function of a reserved PCIe type"),
    /** No PCI Express capability: conventional PCI or PCI-X, or a function inside the chipset that does not say. */
    CONVENTIONAL(null, "conventional PCI function");

    private final PortType type;
    private final String label;

    FabricRole(PortType type, String label) {
        this.type = type;
        this.label = label;
    }

    /** The role of a function with a PCI Express capability; empty type for a reserved code. */
    public static FabricRole of(Optional<PortType> type) {
        if (type.isPresent()) {
            for (FabricRole role : values()) {
                if (role.type == type.get()) {
                    return role;
                }
            }
        }
        return RESERVED;
    }

    /** In words, such as {@code root port}. */
    public String label() {
        return label;
    }

    /** Whether it has the PCI Express capability. */
    public boolean express() {
        return this != CONVENTIONAL;
    }

    /** Whether a link leads down from it: root port, or downstream port of a switch. */
    public boolean downstream() {
        return this == ROOT_PORT || this == DOWNSTREAM_PORT;
    }
}
