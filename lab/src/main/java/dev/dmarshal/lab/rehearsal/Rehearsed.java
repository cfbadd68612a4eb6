package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What became of one function's stand-in.
 *
 * @param standIn what stood for what
 * @param address where it was in the machine; bus numbers can differ from the host's
 * @param group   the IOMMU group that the kernel gave it; empty if none
 * @param type    the type of that group's default domain, such as {@code DMA-FQ} or {@code identity}
 * @param driver  the driver that took it
 */
public record Rehearsed(StandIn standIn, Optional<Sbdf> address, OptionalInt group, Optional<String> type, Optional<String> driver) {
}
