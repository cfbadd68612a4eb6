package dev.dmarshal.lab.qtest;

/** QEMU did not start, did not answer in time, or answered with a failure. The message carries the end of what QEMU printed. */
public final class QtestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QtestException(String message) {
        super(message);
    }

    QtestException(String message, Throwable cause) {
        super(message, cause);
    }
}
