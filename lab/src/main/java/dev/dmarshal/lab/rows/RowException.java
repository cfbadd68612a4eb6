package dev.dmarshal.lab.rows;

/** A row that is not written in the row language. */
public final class RowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** With what is wrong, for the writer of the row. */
    public RowException(String message) {
        super(message);
    }
}
