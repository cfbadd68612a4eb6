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
        return vendors.computeIfAbsent(vendor, id -> find(0, end(), hex(id, 4) + "  "));
    }

    private int deviceLine(int vendor, int device) {
        int line = vendorLine(vendor);
        return line < 0 ? -1 : inside(line, 1, "\t" + hex(device, 4) + "  ");
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
        int end = from;
        while (end < end() && (tabs(end) >= depth || bytes()[end] == '#')) {
            end = next(end);
        }
        return find(from, end, start);
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
