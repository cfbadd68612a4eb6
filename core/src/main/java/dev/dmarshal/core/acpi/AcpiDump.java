package dev.dmarshal.core.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what people have when they have ACPI tables: raw tables, one or several one behind the other, and text with hex dumps, as acpidump writes them
 * ({@code DMAR @ 0x…}, then lines {@code 0000: 44 4D …}) and as iasl puts them at the end of its listings ({@code Raw Table Data}). Text may have
 * anything between the dumps.
 */
public final class AcpiDump {

    private static final int OFFSET_DIGITS = 8;

    private AcpiDump() {
    }

    /**
     * All tables in these bytes, in order: those of a text, or raw ones. Raw bytes are cut by the length in each header; a table whose length cannot be
     * right takes all that is left. Dumps too short for a header are left out.
     */
    public static List<AcpiTable> tables(byte[] bytes) {
        List<byte[]> dumps = looksRaw(bytes) ? raw(bytes) : text(bytes);
        List<AcpiTable> tables = new ArrayList<>();
        dumps.forEach(dump -> AcpiTable.of(dump).ifPresent(tables::add));
        return tables;
    }

    /** Tables are full of zero bytes, which no text has. */
    private static boolean looksRaw(byte[] bytes) {
        for (byte each : bytes) {
            if (each == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean signature(byte[] bytes, int at) {
        for (int i = at; i < at + 4; i++) {
            if (!(bytes[i] >= 'A' && bytes[i] <= 'Z' || bytes[i] >= '0' && bytes[i] <= '9' || bytes[i] == '_')) {
                return false;
            }
        }
        return true;
    }

    private static List<byte[]> raw(byte[] bytes) {
        List<byte[]> tables = new ArrayList<>();
        TableBytes all = TableBytes.of(bytes);
        int at = 0;
        while (bytes.length - at >= TableHeader.SIZE_BYTES) {
            long length = TableHeader.LENGTH.get(all, at);
            int room = bytes.length - at;
            boolean another = length >= TableHeader.SIZE_BYTES && length + TableHeader.SIZE_BYTES <= room && signature(bytes, at + (int) length);
            int take = another ? (int) length : room;
            tables.add(all.copy(at, take));
            at += take;
        }
        return tables;
    }

    private static List<byte[]> text(byte[] bytes) {
        List<byte[]> tables = new ArrayList<>();
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n")) {
            long offset = offset(line);
            if (offset < 0) {
                continue;
            }
            // Offset 0 begins a table. A gap means lost lines: what follows has no place.
            if (offset == 0 && table.size() > 0) {
                tables.add(table.toByteArray());
                table.reset();
            }
            if (offset == table.size()) {
                octets(line.substring(line.indexOf(':') + 1), table);
            }
        }
        if (table.size() > 0) {
            tables.add(table.toByteArray());
        }
        return tables;
    }

    /** Offset before the colon of a dump line, or a negative number if this is no dump line. */
    private static long offset(String line) {
        int colon = line.indexOf(':');
        String digits = colon < 0 ? "" : line.substring(0, colon).strip();
        boolean dump = !digits.isEmpty() && digits.length() <= OFFSET_DIGITS && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0);
        return dump && pair(line, colon + 2) ? Long.parseLong(digits, 16) : -1;
    }

    private static boolean pair(String line, int at) {
        return at + 2 <= line.length() && line.charAt(at - 1) == ' '
                && Character.digit(line.charAt(at), 16) >= 0 && Character.digit(line.charAt(at + 1), 16) >= 0
                && (at + 2 == line.length() || Character.isWhitespace(line.charAt(at + 2)));
    }

    /** Up to 16 pairs of digits, each behind one blank; what follows is the same as characters. */
    private static void octets(String pairs, ByteArrayOutputStream table) {
        for (int i = 0, at = 1; i < 16 && pair(pairs, at); i++, at += 3) {
            table.write(Integer.parseInt(pairs.substring(at, at + 2), 16));
        }
    }
}
