package dev.dmarshal.core.fault;

import java.nio.charset.StandardCharsets;

/** Bytes of a line compared with text that stands in it, without allocation. */
final class Ascii {

    static final byte[] XEN = of("(XEN) ");
    static final byte[] KERNEL = of("kernel: ");
    static final byte[] MESSAGE = of("MESSAGE=");
    static final byte[] KERN = of("kern ");
    static final byte[] DEBUG = of("DEBUG:");
    static final byte[] INFO = of("INFO:\t");

    private Ascii() {
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether {@code text} stands at {@code at}, all of it before {@code end}. */
    static boolean starts(byte[] line, int at, int end, byte[] text) {
        if (at < 0 || end - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (line[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where {@code wanted} is first in {@code [from, to)}, or -1. */
    static int indexOf(byte[] line, int from, int to, byte wanted) {
        for (int i = from; i < to; i++) {
            if (line[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** Where {@code text} first begins in {@code [from, to)} and ends there too, or -1. */
    static int indexOf(byte[] line, int from, int to, byte[] text) {
        for (int i = from; i <= to - text.length; i++) {
            if (line[i] == text[0] && starts(line, i, to, text)) {
                return i;
            }
        }
        return -1;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Text of bytes that may be no UTF-8. */
    static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.UTF_8);
    }
}
