package dev.dmarshal.doctor.twin;

/**
 * A present entry of the interrupt-remapping table.
 *
 * @param sourceId the only requester that may use it
 */
public record InterruptSlot(int sourceId) {
}
