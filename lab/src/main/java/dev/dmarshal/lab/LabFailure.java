package dev.dmarshal.lab;

/**
 * The lab could not do what it was asked: something is missing, QEMU or the guest went away, hangs, or answers nonsense. The message ends with the
 * end of the console.
 */
public final class LabFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that decide by it. */
    public enum Kind {
        /** A program, package or file that the setup brings is not there. */
        MISSING,
        /** QEMU did not take the machine's description. */
        REFUSED,
        /** QEMU ended by itself: a crash of its own, a panic of the guest's kernel, a power-off. */
        ENDED,
        /** The guest did not come up, or stopped answering, within its time. */
        HANGS,
        /** What came from the guest was not the agent's language. */
        GARBLED,
        /** The guest runs without remapping hardware in use. */
        NO_REMAPPING,
        /** The guest refused a file: no such file, full disk. */
        GUEST,
        /** A description of a machine that says nothing sensible. */
        DESCRIPTION
    }

    private final Kind kind;
    private final String console;

    /** A failure with its message. */
    public LabFailure(Kind kind, String message) {
        this(kind, message, "", null);
    }

    /** A failure that another exception caused. */
    public LabFailure(Kind kind, String message, Throwable cause) {
        this(kind, message + ": " + cause.getMessage(), "", cause);
    }

    private LabFailure(Kind kind, String message, String console, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.console = console;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** All that is kept of the machine's console; empty if there was no machine. */
    public String console() {
        return console;
    }

    /** The same failure, with what the console showed: its end for the message, and all of it. */
    public LabFailure with(String consoleEnd, String all) {
        return new LabFailure(kind, getMessage() + consoleEnd, all, this);
    }
}
