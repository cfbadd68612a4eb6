package dev.dmarshal.core.pci;

import dev.dmarshal.core.pci.DeviceNotation.BridgePath;
import dev.dmarshal.core.pci.DeviceNotation.Function;
import dev.dmarshal.core.pci.DeviceNotation.Ids;
import dev.dmarshal.core.pci.DeviceNotation.Refused;
import dev.dmarshal.core.pci.DeviceNotation.Several;
import dev.dmarshal.core.pci.DeviceNotation.Slot;
import dev.dmarshal.core.pci.DeviceNotation.XenAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link DeviceNotation}s. The forms are told apart by their shape alone; where two shapes meet, the text is refused with both readings. */
final class DeviceNotationParser {

    private static final int LONGEST = 4096;
    private static final Pattern FUNCTION = Pattern.compile("(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\\.([0-7])");
    private static final Pattern SLOT = Pattern.compile("(?:([0-9a-f]{4,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})(?:\\.\\*)?");
    private static final Pattern UNDERSCORES = Pattern.compile("(?:pci_)?([0-9a-f]{4,8})_([0-9a-f]{2})_([0-9a-f]{2})[_.]([0-7])");
    private static final Pattern IDS = Pattern.compile("([0-9a-f]{4}):([0-9a-f]{4})(?::([0-9a-f]{4}):([0-9a-f]{4}))?");
    private static final String FUNCTIONS = "[0-7](?:-[0-7])?(?:,[0-7](?:-[0-7])?)*";
    private static final Pattern XEN = Pattern.compile("(.+?)\\.(" + FUNCTIONS + "|\\*)(?:@([0-9a-f]{1,2}))?"
            + "(?:=(" + FUNCTIONS + "))?((?:,[a-z_]+=[a-z0-9_]+)*)");
    private static final Pattern PATH_ROOT = Pattern.compile("(?:([0-9a-f]{4,8})_)?([0-9a-f]{2})_([0-9a-f]{2})\\.([0-7])");
    private static final Pattern PATH_HOP = Pattern.compile("00_([0-9a-f]{2})\\.([0-7])");
    private static final Pattern ATTRIBUTE = Pattern.compile("(domain|bus|slot|function)\\s*=\\s*['\"](?:0x)?([0-9a-f]{1,8})['\"]");
    private static final Pattern THREE_POINTS = Pattern.compile("(?:([0-9a-f]{4,8}):)?([0-9a-f]{2})[.:]([0-9a-f]{1,2})[.:]([0-7])");
    private static final Pattern BARE = Pattern.compile("([0-9a-f]{2}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");

    private DeviceNotationParser() {
    }

    static DeviceNotation parse(String written) {
        String text = written.strip().toLowerCase(Locale.ROOT);
        if (text.isEmpty() || text.length() > LONGEST) {
            return new Refused(written, text.isEmpty() ? "nothing is written" : "too long for a device", List.of());
        }
        if (text.startsWith("(") || text.indexOf(';') >= 0) {
            return several(written, text);
        }
        return attributes(written, text).or(() -> sysfs(written, text)).or(() -> plain(written, text)).or(() -> path(text)).or(() -> xen(text))
                .orElseGet(() -> refuse(written, text));
    }

    private static DeviceNotation several(String written, String text) {
        List<DeviceNotation> each = new ArrayList<>();
        if (text.startsWith("(") != text.endsWith(")")) {
            return new Refused(written, "parentheses do not pair", List.of());
        }
        String separated = text.startsWith("(") ? text.replaceAll("\\)\\s*\\(", ";").replaceAll("^\\(|\\)$", "") : text;
        for (String part : separated.split(";")) {
            if (part.isBlank()) {
                continue;
            }
            if (part.indexOf('(') >= 0) {
                return new Refused(written, "parentheses do not pair", List.of());
            }
            DeviceNotation one = parse(part);
            if (one instanceof Refused refused) {
                return new Refused(written, refused.text().strip() + ": " + refused.reason(), refused.candidates());
            }
            each.add(one);
        }
        return each.isEmpty() ? new Refused(written, "nothing is written", List.of()) : each.size() == 1 ? each.getFirst() : new Several(each);
    }

    /** libvirt's attributes, alone or in an address element; the address of the guest side looks the same, which only its element can tell. */
    private static Optional<DeviceNotation> attributes(String written, String text) {
        if (text.indexOf('=') < 0 || !text.contains("bus") || !text.contains("slot")) {
            return Optional.empty();
        }
        OptionalInt[] values = {OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty()};
        Matcher matcher = ATTRIBUTE.matcher(text);
        while (matcher.find()) {
            int which = List.of("domain", "bus", "slot", "function").indexOf(matcher.group(1));
            if (values[which].isPresent()) {
                return Optional.of(new Refused(written, matcher.group(1) + " is written twice", List.of()));
            }
            values[which] = OptionalInt.of((int) Math.min(Integer.MAX_VALUE, Long.parseLong(matcher.group(2), 16)));
        }
        if (values[1].isEmpty() || values[2].isEmpty()) {
            return Optional.of(new Refused(written, "bus and slot need a value each, such as bus='0x01' slot='0x00'", List.of()));
        }
        // libvirt documents function as 0 when it is left out, and domain likewise.
        return Optional.of(function(written, values[0], values[1].getAsInt(), values[2].getAsInt(), values[3].orElse(0)));
    }

    private static Optional<DeviceNotation> sysfs(String written, String text) {
        if (text.indexOf('/') < 0) {
            return Optional.empty();
        }
        String last = "";
        for (String part : text.split("/")) {
            last = FUNCTION.matcher(part).matches() && part.indexOf(':') != part.lastIndexOf(':') ? part : last;
        }
        return Optional.of(last.isEmpty() ? new Refused(written, "no part of the path is a PCI function", List.of()) : parse(last));
    }

    private static Optional<DeviceNotation> plain(String written, String text) {
        Matcher function = FUNCTION.matcher(text);
        if (function.matches()) {
            if (function.group(1) != null && function.group(1).length() < 4 && !function.group(1).matches("0")) {
                return Optional.of(shortSegment(written, text));
            }
            return Optional.of(function(written, segment(function.group(1)), hex(function.group(2)), hex(function.group(3)), hex(function.group(4))));
        }
        Matcher underscores = UNDERSCORES.matcher(text);
        if (underscores.matches()) {
            return Optional.of(function(written, segment(underscores.group(1)), hex(underscores.group(2)), hex(underscores.group(3)),
                    hex(underscores.group(4))));
        }
        Matcher ids = IDS.matcher(text);
        if (ids.matches()) {
            return Optional.of(new Ids(hex(ids.group(1)), hex(ids.group(2)),
                    ids.group(3) == null ? OptionalInt.empty() : OptionalInt.of(hex(ids.group(3)) << 16 | hex(ids.group(4)))));
        }
        Matcher slot = SLOT.matcher(text);
        return slot.matches() && !text.endsWith("*") ? Optional.of(slot(written, slot)) : Optional.empty();
    }

    private static DeviceNotation shortSegment(String written, String text) {
        Matcher bare = BARE.matcher(text);
        return bare.matches() ? new Refused(written, "a segment has four digits or more", List.of("00" + text, "0000:" + text.substring(3)))
                : new Refused(written, "a segment has four digits or more", List.of());
    }

    private static DeviceNotation slot(String written, Matcher slot) {
        int bus = hex(slot.group(2));
        int device = hex(slot.group(3));
        OptionalInt segment = segment(slot.group(1));
        if (device > 31) {
            return new Refused(written, "a bus has devices 00 to 1f", List.of());
        }
        return segment.orElse(0) < 0 ? new Refused(written, "the segment is too large", List.of())
                : new Slot(segment.orElse(0), bus, device, segment.isEmpty());
    }

    private static DeviceNotation function(String written, OptionalInt segment, int bus, int device, int function) {
        if (device > 31 || bus > 255 || function > 7 || segment.orElse(0) < 0) {
            return new Refused(written, device > 31 ? "a bus has devices 00 to 1f" : function > 7 ? "a device has functions 0 to 7"
                    : bus > 255 ? "buses go from 00 to ff" : "the segment is too large", List.of());
        }
        return new Function(new Sbdf(segment.orElse(0), bus, device, function), segment.isEmpty());
    }

    private static Optional<DeviceNotation> path(String text) {
        String[] parts = text.split("-", -1);
        Matcher root = PATH_ROOT.matcher(parts[0]);
        if (!root.matches() || hex(root.group(3)) > 31 || segment(root.group(1)).orElse(0) < 0) {
            return Optional.empty();
        }
        List<BridgePath.Hop> hops = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            Matcher hop = PATH_HOP.matcher(parts[i]);
            if (!hop.matches() || hex(hop.group(1)) > 31) {
                return Optional.empty();
            }
            hops.add(new BridgePath.Hop(hex(hop.group(1)), hex(hop.group(2))));
        }
        OptionalInt segment = segment(root.group(1));
        Sbdf first = new Sbdf(segment.orElse(0), hex(root.group(2)), hex(root.group(3)), hex(root.group(4)));
        return Optional.of(new BridgePath(new Function(first, segment.isEmpty()), hops));
    }

    private static Optional<DeviceNotation> xen(String text) {
        Matcher xen = XEN.matcher(text.replaceAll("\\s+", ""));
        if (!xen.matches()) {
            return Optional.empty();
        }
        Matcher place = SLOT.matcher(xen.group(1));
        if (!place.matches() || hex(place.group(3)) > 31 || segment(place.group(1)).orElse(0) < 0) {
            return Optional.empty();
        }
        List<Integer> functions = xen.group(2).equals("*") ? List.of() : numbers(xen.group(2));
        List<Integer> virtual = xen.group(4) == null ? List.of() : numbers(xen.group(4));
        OptionalInt virtualSlot = xen.group(3) == null ? OptionalInt.empty() : OptionalInt.of(hex(xen.group(3)));
        if (virtualSlot.orElse(0) > 31) {
            return Optional.of(new Refused(text, "a guest's bus has slots 00 to 1f", List.of()));
        }
        if (!virtual.isEmpty() && virtual.size() != functions.size()) {
            return Optional.of(new Refused(text, "as many functions after = as before it", List.of()));
        }
        List<String> options = xen.group(5).isEmpty() ? List.of() : List.of(xen.group(5).substring(1).split(","));
        OptionalInt segment = segment(place.group(1));
        Slot slot = new Slot(segment.orElse(0), hex(place.group(2)), hex(place.group(3)), segment.isEmpty());
        return Optional.of(new XenAssignment(slot, functions, virtualSlot, virtual, options));
    }

    private static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : list.split(",")) {
            int first = part.charAt(0) - '0';
            int last = part.charAt(part.length() - 1) - '0';
            for (int i = first; first <= last ? i <= last : i >= last; i += first <= last ? 1 : -1) {
                numbers.add(i);
            }
        }
        return numbers;
    }

    private static DeviceNotation refuse(String written, String text) {
        Matcher points = THREE_POINTS.matcher(text);
        if (points.matches()) {
            String segment = points.group(1) == null ? "0000" : points.group(1);
            String device = points.group(3).length() == 1 ? "0" + points.group(3) : points.group(3);
            return new Refused(written, "colons and points are in the wrong places; a function is written DDDD:BB:DD.F",
                    List.of(segment + ":" + points.group(2) + ":" + device + "." + points.group(4)));
        }
        return new Refused(written, "this is no notation of a PCI device", List.of());
    }

    private static OptionalInt segment(String text) {
        return text == null ? OptionalInt.empty() : OptionalInt.of((int) Long.parseLong(text, 16));
    }

    private static int hex(String text) {
        return Integer.parseInt(text, 16);
    }
}
