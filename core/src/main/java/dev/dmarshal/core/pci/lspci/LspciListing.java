package dev.dmarshal.core.pci.lspci;

import java.util.List;

/**
 * What was read of a text of lspci.
 *
 * @param devices the functions in the order of the text
 * @param skipped lines that look like parts of a dump but could not be taken: numbered from 1
 */
public record LspciListing(List<LspciDevice> devices, List<Integer> skipped) {

    /** Copies the lists. */
    public LspciListing {
        devices = List.copyOf(devices);
        skipped = List.copyOf(skipped);
    }
}
