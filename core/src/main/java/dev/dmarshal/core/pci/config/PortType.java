package dev.dmarshal.core.pci.config;

import java.util.Arrays;
import java.util.Optional;

/** What a function is in PCI Express: bits 7:4 of the capabilities register. Source: PCI Express Base Specification 6.0, section 7.5.3.2. */
public enum PortType {
    /** Endpoint. */
    ENDPOINT(0x0, "Endpoint"),
    /** Endpoint that needs I/O or locked accesses. */
    LEGACY_ENDPOINT(0x1, "Legacy Endpoint"),
    /** Port of the root complex. */
    ROOT_PORT(0x4, "Root Port"),
    /** A switch's port towards the root. */
    UPSTREAM_PORT(0x5, "Upstream Port"),
    /** A switch's port away from the root. */
    DOWNSTREAM_PORT(0x6, "Downstream Port"),
    /** Conventional PCI below PCI Express: everything below goes by the bridge's requester id. */
    PCIE_TO_PCI_BRIDGE(0x7, "PCI-Express to PCI/PCI-X Bridge"),
    /** PCI Express below conventional PCI. */
    PCI_TO_PCIE_BRIDGE(0x8, "PCI/PCI-X to PCI-Express Bridge"),
    /** Endpoint inside the root complex. */
    ROOT_COMPLEX_ENDPOINT(0x9, "Root Complex Integrated Endpoint"),
    /** Collects errors of endpoints inside the root complex. */
    EVENT_COLLECTOR(0xa, "Root Complex Event Collector");

    private final int code;
    private final String title;

    PortType(int code, String title) {
        this.code = code;
        this.title = title;
    }

    /** The type of a code; empty for reserved ones. */
    public static Optional<PortType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Its four bits. */
    public int code() {
        return code;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** Whether a link or a conventional bus hangs below it. */
    public boolean isBridge() {
        return switch (this) {
            case ROOT_PORT, UPSTREAM_PORT, DOWNSTREAM_PORT, PCIE_TO_PCI_BRIDGE, PCI_TO_PCIE_BRIDGE -> true;
            case ENDPOINT, LEGACY_ENDPOINT, ROOT_COMPLEX_ENDPOINT, EVENT_COLLECTOR -> false;
        };
    }

    /** Whether it has a link at all: what is inside the root complex has none. */
    public boolean hasLink() {
        return this != ROOT_COMPLEX_ENDPOINT && this != EVENT_COLLECTOR;
    }

    /** Whether its link leads away from the root, so that slot registers may be meant. */
    public boolean isDownstream() {
        return this == ROOT_PORT || this == DOWNSTREAM_PORT || this == PCI_TO_PCIE_BRIDGE;
    }

    /** Whether root registers are meant. */
    public boolean hasRoot() {
        return this == ROOT_PORT || this == EVENT_COLLECTOR;
    }
}
