package dev.dmarshal.lab.scenario;

import dev.dmarshal.core.pci.SourceId;

/**
 * The devices of the test machine that can cause DMA. What each can do follows from the device that QEMU models.
 *
 * <p>Functions behind the PCIe-to-PCI bridge sign with the bridge's secondary bus and devfn 0 (PCI Express to PCI/PCI-X Bridge specification 2.3),
 * so all three carry one source-id.
 */
public enum Requester {
    /** A network card on bus 0. */
    READER(Kind.E1000, SourceId.of(0, 2, 0)),
    /** A network card on bus 0. */
    WRITER(Kind.RTL8139, SourceId.of(0, 3, 0)),
    /** A card on bus 0 whose context entry lies in the upper half of a scalable-mode pair. */
    HIGH_READER(Kind.E1000, SourceId.of(0, 0x18, 0)),
    /** Second function of the same device. */
    HIGH_WRITER(Kind.RTL8139, SourceId.of(0, 0x18, 1)),
    /** A card behind a root port. */
    PORT_READER(Kind.E1000, SourceId.of(1, 0, 0)),
    /** Second function behind the root port. */
    PORT_WRITER(Kind.RTL8139, SourceId.of(1, 0, 1)),
    /** A card behind a PCIe-to-PCI bridge. */
    BRIDGE_READER(Kind.E1000, SourceId.of(3, 0, 0)),
    /** Another card behind that bridge: same source-id. */
    BRIDGE_WRITER(Kind.RTL8139, SourceId.of(3, 0, 0)),
    /** The teaching device on bus 0. */
    EDU_A(Kind.EDU, SourceId.of(0, 4, 0)),
    /** The teaching device on bus 0. */
    EDU_B(Kind.EDU, SourceId.of(0, 5, 0)),
    /** The teaching device on bus 0. */
    EDU_C(Kind.EDU, SourceId.of(0, 0x19, 0)),
    /** The teaching device behind the PCIe-to-PCI bridge. */
    EDU_BRIDGE(Kind.EDU, SourceId.of(3, 0, 0));

    /** The model of a device. */
    public enum Kind {
        /** Reads 16 bytes at any address, then writes 4 of them back if what it read asks for it. */
        E1000,
        /** Writes 64 bytes, all zero, at any address that is a multiple of 64. */
        RTL8139,
        /** Copies up to 4,095 bytes by way of its buffer, 100 ms for each half; sends MSIs to any address with 16 bits of data. */
        EDU
    }

    private final Kind kind;
    private final SourceId sourceId;

    Requester(Kind kind, SourceId sourceId) {
        this.kind = kind;
        this.sourceId = sourceId;
    }

    /** What it can do. */
    public Kind kind() {
        return kind;
    }

    /** The requester id that its requests carry. */
    public SourceId sourceId() {
        return sourceId;
    }
}
