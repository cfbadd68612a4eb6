package dev.dmarshal.host.names;

import dev.dmarshal.host.HostRoot;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names from the system's {@code pci.ids}, where it is there. The file is read when the first name is asked for, at most {@link #MOST_BYTES} of it,
 * and searched
 * rather than parsed: a run asks for a few names of some 40,000. Not thread-safe.
 *
 * <p>Form of the file: vendors at the start of a line, devices after one tab, subsystems after two ({@code vendor device}), classes after {@code C}
 * and subclasses
 * after one tab, interfaces after two; an id, two spaces, the name. Source: the head of the file itself.
 */
public final class PciNames {
    /** Where systems keep it, in the order of looking. */
    public static final List<String> PLACES = List.of("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids",
            "/var/lib/pciutils/pci.ids");
    /** Most bytes read of it. */
    public static final int MOST_BYTES = 8 << 20;

    private final HostRoot host;
    private final Map<Integer, Integer> vendors = new HashMap<>();
    private final Map<Integer, Integer> ends = new HashMap<>();
    private byte[] file = {};
    private boolean looked;

    private PciNames(HostRoot host) {
        this.host = host;
    }

    /** Names as a host has them; reads nothing yet. */
    public static PciNames of(HostRoot host) {
        return new PciNames(host);
    }

    /** A vendor's name. */
    public Optional<String> vendor(int vendor) {
        return at(vendorLine(vendor));
    }

    /** A device's name, without its vendor's. */
    public Optional<String> device(int vendor, int device) {
        return at(deviceLine(vendor, device));
    }

    /** A subsystem's name, without its vendor's. */
    public Optional<String> subsystem(int vendor, int device, int subsystemVendor, int subsystem) {
        int line = deviceLine(vendor, device);
        return line < 0 ? Optional.empty() : at(inside(line, 2, "\t\t" + hex(subsystemVendor, 4) + " " + hex(subsystem, 4) + "  "));
    }

    /** The name of a class: of its subclass if that has one, else of its base class. Takes 24 bits. */
    public Optional<String> deviceClass(int code) {
        int base = find(0, end(), "C " + hex(code >>> 16 & 0xff, 2) + "  ");
        if (base < 0) {
            return Optional.empty();
        }
        return at(inside(base, 1, "\t" + hex(code >>> 8 & 0xff, 2) + "  ")).or(() -> at(base));
    }

    private int vendorLine(int vendor) {
        return vendors.computeIfAbsent(vendor, id -> sorted(0, end(), 0, id));
    }

    private int deviceLine(int vendor, int device) {
        int line = vendorLine(vendor);
        if (line < 0) {
            return -1;
        }
        int from = next(line);
        return sorted(from, ends.computeIfAbsent(line, above -> endOf(from, 1)), 1, device);
    }

    /** The first line from {@code from} on that is less deep than {@code depth} tabs. */
    private int endOf(int from, int depth) {
        int end = from;
        while (end < end() && (tabs(end) >= depth || bytes()[end] == '#')) {
            end = next(end);
        }
        return end;
    }

    /**
     * The line of an id among the lines of a depth: by halves, since the file is sorted, and line by line if that meets a line of another form, such as a
     * class's. Intel has a third of the file, and its devices are most of what is asked for.
     */
    private int sorted(int from, int end, int depth, int id) {
        String start = "\t".repeat(depth) + hex(id, 4) + "  ";
        int low = from;
        int high = end;
        while (low < high) {
            int line = atDepth(low, high, low + (high - low) / 2, depth);
            if (line < 0) {
                return -1;
            }
            int found = id(line + depth);
            if (found < 0) {
                return find(from, end, start);
            }
            if (found == id) {
                return line;
            }
            low = found < id ? next(line) : low;
            high = found < id ? high : line;
        }
        return -1;
    }

    /** A line of a depth at or before a place, or the first behind it, within bounds that are starts of lines; negative if there is none. */
    private int atDepth(int low, int high, int place, int depth) {
        int line = place;
        while (line > low && (bytes()[line - 1] != '\n' || !deep(line, depth))) {
            line--;
        }
        while (line < high && !deep(line, depth)) {
            line = next(line);
        }
        return line < high ? line : -1;
    }

    private boolean deep(int line, int depth) {
        return tabs(line) == depth && line + depth < end() && bytes()[line + depth] != '#' && bytes()[line + depth] != '\n';
    }

    /** The four hexadecimal digits at a place, and two spaces; negative if that is not what stands there. */
    private int id(int at) {
        byte[] text = bytes();
        int id = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = i < text.length ? Character.digit(text[i], 16) : -1;
            if (digit < 0) {
                return -1;
            }
            id = id << 4 | digit;
        }
        return at + 5 < text.length && text[at + 4] == ' ' && text[at + 5] == ' ' ? id : -1;
    }

    private byte[] bytes() {
        if (!looked) {
            looked = true;
            file = PLACES.stream().map(place -> host.bytes(place, MOST_BYTES).present()).flatMap(Optional::stream).findFirst().orElse(file);
        }
        return file;
    }

    private int end() {
        return bytes().length;
    }

    private static String hex(int value, int digits) {
        String text = Integer.toHexString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    /** The line below another that starts so; ends where a line is less deep than {@code depth} tabs. */
    private int inside(int above, int depth, String start) {
        int from = next(above);
        return find(from, endOf(from, depth), start);
    }

    private int tabs(int line) {
        byte[] text = bytes();
        int tabs = 0;
        while (line + tabs < text.length && text[line + tabs] == '\t') {
            tabs++;
        }
        return tabs;
    }

    private int find(int from, int end, String start) {
        byte[] wanted = start.getBytes(StandardCharsets.US_ASCII);
        byte[] text = bytes();
        for (int line = from; line + wanted.length <= end; line = next(line)) {
            int i = 0;
            while (i < wanted.length && text[line + i] == wanted[i]) {
                i++;
            }
            if (i == wanted.length) {
                return line;
            }
        }
        return -1;
    }

    /** Most of a run's time with names goes here, and most of that before the loop is compiled: nothing in it is called. */
    private int next(int line) {
        byte[] text = bytes();
        int at = line;
        while (at < text.length && text[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    /** What stands after the two spaces of a line. */
    private Optional<String> at(int line) {
        if (line < 0) {
            return Optional.empty();
        }
        int end = next(line) - 1;
        String text = new String(bytes(), line, end - line, StandardCharsets.UTF_8);
        return Optional.of(text.substring(text.indexOf("  ") + 2).strip());
    }
}
