package dev.dmarshal.core.pci.lspci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.Resources;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One function as a text of lspci has it.
 *
 * @param address   where; segment 0 if the text names none, as lspci leaves it out where a machine has only that one
 * @param title     the rest of its first line: class and names as lspci had them
 * @param space     the bytes of its hexadecimal dump; nothing is measured if there was none
 * @param resources sizes of regions that the decoded text told
 * @param driver    driver that the text named
 * @param modules   modules that the text named
 * @param group     IOMMU group that the text named
 * @param numaNode  NUMA node that the text named
 */
public record LspciDevice(Sbdf address, String title, ConfigSpace space, Resources resources, Optional<String> driver, List<String> modules,
        OptionalInt group, OptionalInt numaNode) {

    /** Copies the list. */
    public LspciDevice {
        modules = List.copyOf(modules);
    }
}
