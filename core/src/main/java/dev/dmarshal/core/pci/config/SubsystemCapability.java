package dev.dmarshal.core.pci.config;

import java.util.List;

/** Subsystem ids of a bridge, capability 0Dh. Source: PCI-to-PCI Bridge Architecture Specification 1.2, section 3.2.5.13. */
public final class SubsystemCapability {
    /** Subsystem vendor. */
    public static final ConfigRegister VENDOR = ConfigRegister.of("SSVID", 4, 2);
    /** Subsystem. */
    public static final ConfigRegister DEVICE = ConfigRegister.of("SSID", 6, 2);
    /** All registers. */
    static final List<ConfigRegister> REGISTERS = List.of(VENDOR, DEVICE);

    private SubsystemCapability() {
    }
}
