package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One entry of a guest's {@code pci} list: in the notation of {@code xm} and the HowTo, {@code [DDDD:]BB:SS.F[@VSLOT][=VFN][,option=value]…} with lists and
 * ranges of functions, as {@code xm} itself read it with {@code F=VFN} pairs before the slot ({@link FunctionPairs}), or in that of
 * {@code xl} (docs/man/xl-pci-configuration.5.pod), which also has {@code bdf=} and {@code vslot=} by name.
 */
public sealed interface PciEntry {

    /** Reads what is between the quotes. Of an option that stands twice the last one counts, as to xl. */
    static PciEntry parse(String text) {
        String stripped = text.strip().replaceFirst(",$", "");
        String place = stripped.matches("[a-z_]+\\s*=.*") ? "" : leading(stripped);
        Map<String, String> options = new LinkedHashMap<>();
        String tail = place.isEmpty() ? stripped : stripped.substring(place.length()).replaceFirst("^\\s*,", "");
        for (String option : tail.isBlank() ? List.<String>of() : List.of(tail.split(","))) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                return new Unreadable(text, "\"" + option.strip() + "\" is no option=value");
            }
            options.put(option.substring(0, equals).strip(), option.substring(equals + 1).strip());
        }
        String device = place.isEmpty() ? options.remove("bdf") : place;
        String wanted = options.remove("vslot");
        if (wanted != null && (!wanted.matches("[0-9a-fA-F]{1,2}") || Integer.parseInt(wanted, 16) > VirtualSlots.LAST)) {
            return new Unreadable(text, "virtual slots are 0 to 1f, in hexadecimal, not " + wanted);
        }
        OptionalInt slot = wanted == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(wanted, 16));
        if (device == null) {
            return options.containsKey("name") ? new Named(text, options.remove("name"), slot, options) : new Unreadable(text, "no device is named");
        }
        return located(text, device, slot, options);
    }

    /** The part before the first option. A comma between functions belongs to it. */
    private static String leading(String text) {
        Matcher option = Pattern.compile(",\\s*[a-z_]").matcher(text);
        return option.find() ? text.substring(0, option.start()).strip() : text;
    }

    private static PciEntry located(String text, String device, OptionalInt named, Map<String, String> options) {
        if (!device.contains(".")) {
            return new Unreadable(text, "no function is named: a number, or * for all of the card");
        }
        FunctionPairs pairs = FunctionPairs.of(device);
        if (pairs.trouble().isPresent()) {
            return new Unreadable(text, pairs.trouble().get());
        }
        return switch (DeviceNotation.parse(fullSegment(pairs.device()))) {
            case DeviceNotation.Function one -> new Device(List.of(one.address()), named, List.of(), options);
            case DeviceNotation.Slot slot -> new Device(functions(slot, List.of()), named, List.of(), options);
            case DeviceNotation.XenAssignment xen when xen.options().isEmpty() -> new Device(functions(xen.slot(), xen.functions()),
                    named.isPresent() ? named : xen.virtualSlot(), xen.virtualFunctions(), options);
            case DeviceNotation.Refused refused -> new Unreadable(text, refused.reason());
            case DeviceNotation other -> new Unreadable(text, other + " does not say which slot");
        };
    }

    /** xm and xl read a segment of any length ({@code 0:2:0.0} in the HowTo); elsewhere a short one could be half of something else. */
    private static String fullSegment(String device) {
        Matcher shorter = Pattern.compile("([0-9a-f]{1,3})(:[0-9a-f]{1,2}:.*)", Pattern.CASE_INSENSITIVE).matcher(device);
        return shorter.matches() ? "0".repeat(4 - shorter.group(1).length()) + shorter.group(1) + shorter.group(2) : device;
    }

    private static List<Sbdf> functions(DeviceNotation.Slot slot, List<Integer> numbers) {
        List<Integer> all = numbers.isEmpty() ? IntStream.range(0, 8).boxed().toList() : numbers;
        return all.stream().map(number -> new Sbdf(slot.segment(), slot.bus(), slot.device(), number)).toList();
    }

    /**
     * Functions of one slot by their place.
     *
     * @param functions        in the order written; all eight where {@code *} stands
     * @param virtualSlot      slot in the guest, 0 to 31; empty to let Xen choose
     * @param virtualFunctions functions in the guest, one for each; empty if not said
     * @param options          such as {@code permissive=1}, in the order written
     */
    record Device(List<Sbdf> functions, OptionalInt virtualSlot, List<Integer> virtualFunctions, Map<String, String> options) implements PciEntry {

        /** Keeps its own copies. */
        public Device {
            functions = List.copyOf(functions);
            virtualFunctions = List.copyOf(virtualFunctions);
            options = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        /** One function, without anything else said. */
        public static Device of(Sbdf function) {
            return new Device(List.of(function), OptionalInt.empty(), List.of(), Map.of());
        }

        /**
         * One function with properties as {@code plan --option} takes them.
         *
         * @param properties options of the entry; {@code addr} is the slot in the guest, in hexadecimal, a function behind it does not count; what is no
         *                   slot stays an option, for {@link XlRefusals} to name
         */
        public static Device of(Sbdf function, Map<String, String> properties) {
            Map<String, String> rest = new LinkedHashMap<>(properties);
            OptionalInt slot = OptionalInt.empty();
            if (rest.getOrDefault("addr", "").matches("[01]?[0-9a-f](?:\\..*)?")) {
                slot = OptionalInt.of(Integer.parseInt(rest.remove("addr").replaceFirst("\\..*", ""), 16));
            }
            return new Device(List.of(function), slot, List.of(), rest);
        }

        /** Whether all functions of the slot are meant. */
        public boolean wholeSlot() {
            return functions.size() == 8;
        }

        /** Whether another entry is about the same functions, in whatever order and with whatever options. */
        public boolean sameFunctions(Device other) {
            return java.util.Set.copyOf(functions).equals(java.util.Set.copyOf(other.functions));
        }

        /** As it stands between the quotes. */
        @Override
        public String toString() {
            Sbdf first = functions.getFirst();
            StringBuilder text = new StringBuilder(first.toString().substring(0, first.toString().length() - 1));
            if (virtualSlot.isEmpty() && !virtualFunctions.isEmpty()) {
                // Without a slot between them, 1,2=0,5 would be read as xm read it: 1, 2=0 and 5.
                text.append(String.join(",", IntStream.range(0, functions.size()).mapToObj(i -> functions.get(i).function() + "=" + virtualFunctions.get(i))
                        .toList()));
            } else {
                text.append(wholeSlot() && virtualFunctions.isEmpty() ? "*" : numbers(functions.stream().map(Sbdf::function).toList()));
                virtualSlot.ifPresent(slot -> text.append('@').append(Integer.toHexString(slot)));
                text.append(virtualFunctions.isEmpty() ? "" : "=" + numbers(virtualFunctions));
            }
            options.forEach((name, value) -> text.append(',').append(name).append('=').append(value));
            return text.toString();
        }

        private static String numbers(List<Integer> numbers) {
            return String.join(",", numbers.stream().map(String::valueOf).toList());
        }
    }

    /**
     * A device by the name that {@code xl pci-assignable-add -n} gave it, which stands in xenstore ({@code name2bdf} in tools/libs/light/libxl_pci.c). One
     * function, 0 in an HVM guest.
     *
     * @param virtualSlot slot in the guest; empty to let Xen choose
     * @param options     but for the name and the slot, in the order written
     */
    record Named(String text, String name, OptionalInt virtualSlot, Map<String, String> options) implements PciEntry {

        /** Keeps its own copy. */
        public Named {
            options = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        /** Without anything else said. */
        public Named(String text, String name) {
            this(text, name, OptionalInt.empty(), Map.of());
        }
    }

    /** An entry that {@code xl} would refuse. */
    record Unreadable(String text, String reason) implements PciEntry {
    }
}
