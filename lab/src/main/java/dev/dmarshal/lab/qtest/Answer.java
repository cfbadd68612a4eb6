package dev.dmarshal.lab.qtest;

import java.util.HexFormat;
import java.util.List;

/** QEMU's answer to one request of a {@link Batch}; filled in when the batch has been sent. */
public final class Answer {

    /** An answer with a 64-bit value takes 22. */
    private static final int PLAIN_BYTES = 24;

    private String text;
    private List<String> notes = List.of();
    private int outputBytes = PLAIN_BYTES;

    Answer() {
    }

    /** Says that QEMU may print up to that many bytes of trace before it answers; see {@link QtestMachine#exchange}. */
    Answer printing(int bytes) {
        outputBytes = PLAIN_BYTES + bytes;
        return this;
    }

    /** How much QEMU prints at most before and with this answer. */
    int outputBytes() {
        return outputBytes;
    }

    void fill(String answered, List<String> before) {
        text = answered;
        notes = before;
    }

    /** The number that a read brought, unsigned; fails if the batch was not sent or the request was no read. */
    public long value() {
        String word = word();
        return Long.parseUnsignedLong(word.startsWith("0x") ? word.substring(2) : word, 16);
    }

    /** The bytes that a block read brought. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(word().substring(2));
    }

    /** What QEMU printed to its standard error between the previous answer and this one: trace events and warnings, in order. */
    public List<String> notes() {
        return notes;
    }

    private String word() {
        if (text == null) {
            throw new IllegalStateException("the batch has not been sent");
        }
        if (!text.startsWith("OK ")) {
            throw new IllegalStateException("the request brings no value: " + text);
        }
        return text.substring("OK ".length()).trim();
    }
}
