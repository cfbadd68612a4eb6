package dev.dmarshal.lab.compare;

import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.lab.scenario.Transfer;

/**
 * What tables say to one direction of a DMA request, past all caches.
 *
 * @param transfer what becomes of it
 * @param trace    the entries that were read
 */
public record Way(Transfer transfer, WalkTrace trace) {
}
