package dev.dmarshal.doctor.twin;

import dev.dmarshal.doctor.symptom.MemoryOutline;
import java.util.List;

/**
 * What of a machine bears on a device's entry under Xen.
 *
 * @param memory  the firmware's memory map, and RMRRs that are not known to be somebody's
 * @param regions RMRRs of the device
 * @param shared  those of them that other devices have too
 */
public record XenMachine(MemoryOutline memory, List<MemoryOutline.Region> regions, List<MemoryOutline.Region> shared) {

    /** Keeps its own copies. */
    public XenMachine {
        regions = List.copyOf(regions);
        shared = List.copyOf(shared);
    }
}
