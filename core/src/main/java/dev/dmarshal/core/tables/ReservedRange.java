package dev.dmarshal.core.tables;

import dev.dmarshal.core.pci.SourceId;

/**
 * A range of memory that firmware says a device needs mapped to itself (RMRR).
 *
 * @param device whose it is
 * @param first  first address
 * @param last   last address
 */
public record ReservedRange(SourceId device, long first, long last) {
}
