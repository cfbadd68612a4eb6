package dev.dmarshal.lab.scenario;

/** What became of one direction of a DMA access. */
public sealed interface Transfer {

    /** The device did not try. */
    record NotTried() implements Transfer {
    }

    /**
     * The unit blocked it.
     *
     * @param reason     the fault reason
     * @param address    the faulting address without its low 12 bits
     */
    record Blocked(int reason, long address) implements Transfer {
    }

    /** The unit blocked it and fault processing was disabled: no reason is told. */
    record BlockedQuietly() implements Transfer {
    }

    /**
     * It reached a bait.
     *
     * @param bait which
     */
    record Reached(Bait bait) implements Transfer {
    }

    /** No bait was touched and no fault told: it went to memory without bait, to no memory, or vanished. */
    record Unseen() implements Transfer {
    }
}
