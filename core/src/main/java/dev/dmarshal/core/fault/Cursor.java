package dev.dmarshal.core.fault;

/** A place in a line of bytes that moves over what it recognises. Reused, allocates nothing. */
final class Cursor {

    byte[] line;
    int at;
    int end;
    long number;

    void set(byte[] bytes, int from, int to) {
        line = bytes;
        at = from;
        end = to;
    }

    boolean more() {
        return at < end;
    }

    boolean is(byte[] text) {
        return Ascii.starts(line, at, end, text);
    }

    /** Moves over {@code text} if it stands here. */
    boolean skip(byte[] text) {
        if (!is(text)) {
            return false;
        }
        at += text.length;
        return true;
    }

    boolean skip(char c) {
        if (at < end && line[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    /** Moves over a hexadecimal number, with 0x or without, of at most 16 digits; it is then in {@link #number}. */
    boolean hex() {
        int i = at;
        if (end - i > 2 && line[i] == '0' && line[i + 1] == 'x') {
            i += 2;
        }
        int start = i;
        long value = 0;
        while (i < end && i - start < 17) {
            int digit = Ascii.hex(line[i]);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
            i++;
        }
        if (i == start || i - start > 16) {
            return false;
        }
        number = value;
        at = i;
        return true;
    }

    /** Moves over a decimal number of at most 9 digits. */
    boolean decimal() {
        int i = at;
        long value = 0;
        while (i < end && i - at < 10 && line[i] >= '0' && line[i] <= '9') {
            value = value * 10 + line[i] - '0';
            i++;
        }
        if (i == at || i - at > 9) {
            return false;
        }
        number = value;
        at = i;
        return true;
    }

    /** Moves behind the next {@code text}; stays where it is if there is none. */
    boolean seek(byte[] text) {
        int found = Ascii.indexOf(line, at, end, text);
        if (found < 0) {
            return false;
        }
        at = found + text.length;
        return true;
    }
}
