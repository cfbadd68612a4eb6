package dev.dmarshal.core.unit;

/**
 * Where the writes go by which a unit interrupts processors. They are not remapped again.
 *
 * <p>Events of the registers are sent while the register lock is held, so that their order is that of their causes: an implementation may use the same
 * unit from the same thread, but must not wait for another thread that uses it.
 */
@FunctionalInterface
public interface MessageSink {

    /** Nobody listens. */
    MessageSink NONE = (origin, address, value) -> { };

    /** Why a message is sent. */
    enum Origin {
        /** A fault was recorded, or the invalidation queue failed (FEADDR, FEDATA). */
        FAULT_EVENT,
        /** A wait descriptor with interrupt flag is complete (IEADDR, IEDATA). */
        INVALIDATION_EVENT,
        /** The page request queue has news (PEADDR, PEDATA). */
        PAGE_REQUEST_EVENT,
        /** A device's or IOAPIC's interrupt, remapped or passed. */
        INTERRUPT,
        /** The notification of a posted interrupt. */
        NOTIFICATION
    }

    /** A write of the word {@code value} to {@code address}. */
    void send(Origin origin, long address, int value);
}
