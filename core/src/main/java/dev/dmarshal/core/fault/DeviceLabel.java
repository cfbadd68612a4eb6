package dev.dmarshal.core.fault;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import java.util.Optional;

/** {@code driver ssss:bb:dd.f: } (dev_printk) or {@code driver ssss:bb:dd.f name: } (netdev_printk) at the start of a message. Reused. */
final class DeviceLabel {

    private static final int LONGEST_DRIVER = 48;

    private final Cursor cursor = new Cursor();
    private byte[] line;
    private int start;
    private int driverEnd;
    private boolean found;
    private int segment;
    private int source;
    private int text;

    /** Looks for a label in {@code bytes[from, end)}. */
    void read(byte[] bytes, int from, int end) {
        line = bytes;
        start = from;
        found = false;
        int space = Ascii.indexOf(bytes, from, Math.min(end, from + LONGEST_DRIVER), (byte) ' ');
        if (space <= from || bytes[space - 1] == ':') {
            return;
        }
        driverEnd = space;
        cursor.set(bytes, space + 1, end);
        found = address() && behind(end);
    }

    private boolean address() {
        int at = cursor.at;
        if (!cursor.hex() || cursor.number >>> 31 != 0 || cursor.at - at < 4) {
            return false;
        }
        segment = (int) cursor.number;
        if (!cursor.skip(':') || !cursor.hex() || cursor.number >>> 8 != 0) {
            return false;
        }
        int bus = (int) cursor.number;
        if (!cursor.skip(':') || !cursor.hex() || cursor.number >>> 5 != 0) {
            return false;
        }
        int device = (int) cursor.number;
        if (!cursor.skip('.') || !cursor.hex() || cursor.number >>> 3 != 0) {
            return false;
        }
        source = bus << 8 | device << 3 | (int) cursor.number;
        return true;
    }

    private boolean behind(int end) {
        if (cursor.skip(':')) {
            text = cursor.at;
            if (cursor.skip(' ')) {
                text++;
            }
            return true;
        }
        if (!cursor.skip(' ')) {
            return false;
        }
        text = cursor.at;
        int colon = Ascii.indexOf(line, text, Math.min(end, text + 24), (byte) ':');
        return colon > 0 && Ascii.indexOf(line, text, colon, (byte) ' ') < 0;
    }

    boolean found() {
        return found;
    }

    /** Where the text behind the label starts. */
    int text() {
        return text;
    }

    int segment() {
        return segment;
    }

    int source() {
        return source;
    }

    String driver() {
        return Ascii.text(line, start, driverEnd);
    }

    boolean driverIs(String name) {
        if (name.length() != driverEnd - start) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (line[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    Optional<Sbdf> sbdf() {
        return found ? Optional.of(new SourceId(source).in(segment)) : Optional.empty();
    }

    /** {@code bb:dd.f} or {@code ssss:bb:dd.f} as the kernel prints it; nothing if it is none. */
    static Optional<Sbdf> parse(String text) {
        FaultLine into = new FaultLine();
        Cursor at = new Cursor();
        byte[] bytes = Ascii.of(text);
        at.set(bytes, 0, bytes.length);
        new DeviceField().read(at, into);
        return into.hasSource() && at.at == at.end ? Optional.of(new SourceId(into.source()).in(into.hasSegment() ? into.segment() : 0)) : Optional.empty();
    }
}
