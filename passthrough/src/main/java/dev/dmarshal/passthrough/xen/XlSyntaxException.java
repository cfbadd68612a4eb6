package dev.dmarshal.passthrough.xen;

/** A guest's configuration that {@code xl} would not read either. The message begins with the line. */
public final class XlSyntaxException extends Exception {

    private static final long serialVersionUID = 1;

    /** Line counted from 1. */
    XlSyntaxException(int line, String reason) {
        super("line " + line + ": " + reason);
    }
}
