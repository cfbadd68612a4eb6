package dev.dmarshal.core.fault;

/** What can be said of a line that no format fits. */
final class Text {

    private Text() {
    }

    /** Bytes that no text log has: NUL and other controls, and bytes that UTF-8 never uses. */
    static int binary(byte[] line, int from, int end) {
        int count = 0;
        for (int i = from; i < end; i++) {
            int c = line[i] & 0xff;
            if (c < 0x20 && c != '\t' && c != '\r' && c != 0x1b || c == 0x7f || c == 0xc0 || c == 0xc1 || c > 0xf4) {
                count++;
            }
        }
        return count;
    }

    /** Where another message starts inside the line: behind a carriage return, or at a time stamp that another processor printed; -1 if nowhere. */
    static int innerStart(byte[] line, int from, int end) {
        for (int i = from + 1; i < end; i++) {
            if (line[i] == '\r') {
                return i + 1 < end ? i + 1 : -1;
            }
            if (line[i] == '[' && stamp(line, i + 1, end)) {
                return i;
            }
            if (line[i] == '(' && Ascii.starts(line, i, end, Ascii.XEN)) {
                return i;
            }
        }
        return -1;
    }

    /** {@code    12.345678]}: six digits behind the point, as printk writes it. */
    private static boolean stamp(byte[] line, int from, int end) {
        int i = from;
        while (i < end && line[i] == ' ') {
            i++;
        }
        int digits = i;
        while (i < end && line[i] >= '0' && line[i] <= '9') {
            i++;
        }
        if (i == digits || end - i < 8 || line[i] != '.' || line[i + 7] != ']') {
            return false;
        }
        for (int k = i + 1; k < i + 7; k++) {
            if (line[k] < '0' || line[k] > '9') {
                return false;
            }
        }
        return true;
    }
}
