package dev.dmarshal.core.pci.config;

import java.util.Optional;

/** Layout of the header from offset 10h on: bits 6:0 of the header type register. */
public enum HeaderType {
    /** Type 0: everything that is no bridge, host bridges included. */
    ENDPOINT(6),
    /** Type 1: a PCI-to-PCI bridge, which every PCI Express port is too. */
    BRIDGE(2),
    /** Type 2: a CardBus bridge. */
    CARDBUS(1);

    private final int bars;

    HeaderType(int bars) {
        this.bars = bars;
    }

    /** How many base address registers it has room for. */
    public int bars() {
        return bars;
    }

    /** The layout of a code 0 to 127; empty for codes that no specification gives. */
    public static Optional<HeaderType> of(int code) {
        return code >= 0 && code < values().length ? Optional.of(values()[code]) : Optional.empty();
    }
}
