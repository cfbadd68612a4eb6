package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation.Delivery;

/**
 * What the interrupt-remapping table says to an interrupt request, past the interrupt entry cache.
 *
 * @param delivery what becomes of it
 * @param fault    the fault reason if it is blocked, else 0
 * @param low      lower word of the entry; 0 if none was read
 * @param high     upper word of the entry
 */
public record EntryUse(Delivery delivery, int fault, long low, long high) {
}
