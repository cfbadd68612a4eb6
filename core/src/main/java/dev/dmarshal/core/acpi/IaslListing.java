package dev.dmarshal.core.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A listing of {@code iasl -d}, field by field, for holding our reading of a table against it. Knows the forms since 2010:
 * {@code [024h 0036   1]  Host Address Width : 26}, and with the size in hexadecimal digits ({@code 001h}) since 2022.
 *
 * @param fields in the listing's order
 * @param stops  offsets at which the listing says that it met a structure unknown or too short for it, and so leaves bytes out
 */
public record IaslListing(List<Field> fields, Set<Integer> stops) {

    /**
     * One line of a listing.
     *
     * @param offset    from the start of the table, bytes
     * @param sizeBytes length
     * @param name      iasl's name
     * @param value     as iasl prints it, without its explanation
     */
    public record Field(int offset, int sizeBytes, String name, String value) {
    }

    /**
     * What a comparison gave.
     *
     * @param compared    fields of the listing that were compared
     * @param left        fields of ours that the listing leaves out where it says so
     * @param differences in words; empty if both readings are the same
     */
    public record Comparison(int compared, int left, List<String> differences) {
    }

    private static final Pattern LINE = Pattern.compile("^\\[([0-9A-F]{1,8})h +(\\d{1,9}) +([0-9A-F]{1,8})(h?)\\] +(.*?) : ?(.*)$");
    /** An old iasl prints all types that are unknown to it with the number of the first of them. */
    private static final String UNKNOWN_TYPE = "[Unknown Subtable Type]";
    /** Names that iasl uses for the specification's, where they differ in more than case. */
    private static final Map<String, Set<String>> OTHER_NAMES = Map.ofEntries(
            Map.entry("Type", Set.of("Subtable Type")),
            Map.entry("Length", Set.of("Entry Length")),
            Map.entry("Segment Number", Set.of("PCI Segment Number")),
            Map.entry("Reserved Memory Region Base Address", Set.of("Base Address")),
            Map.entry("Reserved Memory Region Limit Address", Set.of("End Address (limit)")),
            Map.entry("Register Base Address", Set.of("Base Address")),
            Map.entry("Size", Set.of("Reserved", "Size (decoded below)")),
            Map.entry("Flags", Set.of("Flags (decoded below)", "Reserved")),
            Map.entry("Start Bus Number", Set.of("PCI Bus Number")),
            Map.entry("Path", Set.of("PCI Path")),
            Map.entry("ACPI Device Number", Set.of("Device Number")),
            Map.entry("ACPI Object Name", Set.of("Device Name")),
            Map.entry("Creator ID", Set.of("Asl Compiler ID")),
            Map.entry("Creator Revision", Set.of("Asl Compiler Revision")),
            Map.entry("Device ID", Set.of("DeviceId")),
            Map.entry("IOMMU Base Address", Set.of("Base Address")),
            Map.entry("IOMMU Info", Set.of("Virtualization Info")),
            Map.entry("Feature Reporting", Set.of("Reserved")),
            Map.entry("EFR2 Image", Set.of("Reserved")),
            Map.entry("Entry Type", Set.of("Subtable Type")),
            Map.entry("Data Setting", Set.of("Data Setting (decoded below)")),
            Map.entry("Source Device ID", Set.of("Source Used Device ID")),
            Map.entry("Hardware ID", Set.of("ACPI HID")),
            Map.entry("Compatible ID", Set.of("ACPI CID")));

    /** Copies the collections. */
    public IaslListing {
        fields = List.copyOf(fields);
        stops = Set.copyOf(stops);
    }

    /** Reads a listing; lines of other forms are left out. */
    public static IaslListing of(String text) {
        List<Field> fields = new ArrayList<>();
        Set<Integer> stops = new HashSet<>();
        for (String line : text.split("\\r?\\n")) {
            Matcher match = LINE.matcher(line);
            if (match.matches()) {
                int size = Integer.parseUnsignedInt(match.group(3), match.group(4).isEmpty() ? 10 : 16);
                fields.add(new Field(Integer.parseUnsignedInt(match.group(1), 16), size, match.group(5).strip(), value(match.group(6))));
            }
            if ((line.startsWith("**** ") || line.contains("terminates early")) && !fields.isEmpty()) {
                stops.add(fields.getLast().offset() + fields.getLast().sizeBytes());
            }
        }
        return new IaslListing(fields, stops);
    }

    /** Cuts off the explanation in brackets. */
    private static String value(String text) {
        String stripped = text.strip();
        if (stripped.endsWith(UNKNOWN_TYPE)) {
            return UNKNOWN_TYPE;
        }
        if (stripped.startsWith("\"")) {
            int close = stripped.lastIndexOf('"');
            return close > 0 ? stripped.substring(0, close + 1) : stripped;
        }
        return stripped.replaceAll("\\s*(\\[|/\\*).*$", "");
    }

    /** Holds this listing against the layout of the same table. */
    public Comparison compare(TablePart layout) {
        TreeMap<Integer, FieldValue> ours = new TreeMap<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        layout.allFields().forEach(field -> {
            ours.put(field.offset(), field);
            bytes.writeBytes(octets(field));
        });
        List<String> differences = new ArrayList<>();
        int end = 0;
        int left = 0;
        for (Field field : fields) {
            left += gap(end, field.offset(), ours, differences);
            difference(field, ours, bytes.toByteArray()).ifPresent(differences::add);
            end = Math.max(end, field.offset() + field.sizeBytes());
        }
        left += gap(end, layout.lengthBytes(), ours, differences);
        return new Comparison(fields.size(), left, differences);
    }

    /** Fields of ours between two of iasl's. It prints nothing for fillings and for what it does not know, as we do not decode that. */
    private int gap(int from, int to, TreeMap<Integer, FieldValue> ours, List<String> differences) {
        if (from >= to) {
            return 0;
        }
        List<FieldValue> between = List.copyOf(ours.subMap(from, to).values());
        if (stops.contains(from)) {
            return between.size();
        }
        if (between.isEmpty() || !between.stream().allMatch(field -> opaque(field) || noUid(field))) {
            differences.add("iasl has nothing for %03x to %03x".formatted(from, to));
        }
        return 0;
    }

    private static boolean opaque(FieldValue field) {
        return field.name().equals(TablePart.PADDING) || field.name().equals(TablePart.NOT_DECODED);
    }

    /** Format and length of a unique id that is not there: new iasl leaves them out. */
    private static boolean noUid(FieldValue field) {
        return field.name().equals("UID Format") || field.name().equals("UID Length") && field.text().equals("00");
    }

    private static Optional<String> difference(Field field, TreeMap<Integer, FieldValue> ours, byte[] bytes) {
        int end = field.offset() + field.sizeBytes();
        Map.Entry<Integer, FieldValue> around = ours.floorEntry(field.offset());
        boolean inside = around != null && opaque(around.getValue()) && end <= around.getKey() + around.getValue().sizeBytes();
        // A unique id that is a number has eight bytes for iasl, whatever its length says; it then prints some bytes twice.
        boolean uid = field.name().equals("UID") && field.sizeBytes() == Long.BYTES && end <= bytes.length;
        if (!inside && !uid && (!ours.containsKey(field.offset()) || end != bytes.length && !ours.containsKey(end))) {
            return Optional.of("%03x %s: iasl has %d bytes, our fields do not begin or end there".formatted(field.offset(), field.name(), field.sizeBytes()));
        }
        byte[] value = Arrays.copyOfRange(bytes, field.offset(), end);
        if (!field.value().equals(UNKNOWN_TYPE) && !same(field.value(), value)) {
            return Optional.of("%03x %s: iasl %s, we %s".formatted(field.offset(), field.name(), field.value(), HexFormat.of().formatHex(value)));
        }
        FieldValue own = around.getValue();
        boolean named = inside || own.sizeBytes() != field.sizeBytes() || own.name().equalsIgnoreCase(field.name()) || OTHER_NAMES.getOrDefault(own.name(), Set
                .of()).contains(field.name());
        return named ? Optional.empty() : Optional.of("%03x: iasl calls it %s, we %s".formatted(field.offset(), field.name(), own.name()));
    }

    /** A field's bytes from its printed value, so that what we print is what is compared. */
    private static byte[] octets(FieldValue field) {
        return switch (field.form()) {
            case NUMBER -> reversed(HexFormat.of().parseHex(field.text()));
            case BYTES -> HexFormat.ofDelimiter(" ").parseHex(field.text());
            case TEXT -> field.text().getBytes(StandardCharsets.ISO_8859_1);
        };
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    /** Texts end at a zero byte in a listing, and characters that do not print are blanks or question marks there. */
    private static boolean same(String value, byte[] bytes) {
        if (value.startsWith("\"")) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int zero = text.indexOf('\0');
            String ours = (zero < 0 ? text : text.substring(0, zero)).replaceAll("[^ -~]", "?");
            String theirs = value.substring(1, value.length() - 1).replace("\\\\", "\\");
            return theirs.equals(ours) || theirs.equals(ours.replace('?', ' '));
        }
        String digits = value.replaceAll("[ ,]", "");
        HexFormat hex = HexFormat.of().withUpperCase();
        return digits.equals(hex.formatHex(bytes)) || !value.matches(".*[ ,].*") && digits.equals(hex.formatHex(reversed(bytes)));
    }
}
