package dev.dmarshal.host.holders;

/** The parts of a host in which holders are looked for; each can be seen or not on its own. */
public enum HolderArea {
    /** File systems, swap, volumes, arrays. */
    STORAGE,
    /** Addresses, routes, bridges, sessions. */
    NETWORK,
    /** Screens, frame buffers, consoles on serial lines. */
    CONSOLE,
    /** Keyboards. */
    INPUT,
    /** Processes that have the device open. */
    PROCESSES,
    /** The rest: sound, watchdogs, TPM. */
    OTHER;

    /** The name in JSON and text. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
