package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.pci.topology.PciFunction;
import java.util.Optional;

/**
 * What stands in QEMU's machine for a function of the recorded host.
 *
 * @param original the function
 * @param model    QEMU's name of what stands for it
 * @param part     its name in the machine; empty for what QEMU's chipset has at the same address by itself
 */
public record StandIn(PciFunction original, String model, Optional<String> part) {
}
