package dev.dmarshal.passthrough.journal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * One line: number, checksum over number and text, text.
 *
 * @param number counted from 1
 * @param json   the entry
 */
record JournalLine(long number, String json) {

    static JournalLine of(long number, String json) {
        return new JournalLine(number, json);
    }

    byte[] bytes() {
        return (number + " " + checksum(number, json) + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads one line without its end. @return null if it is not one or its checksum is wrong; stays in this package */
    static JournalLine parse(String line, long expected) {
        String[] parts = line.split(" ", 3);
        if (parts.length != 3 || !parts[0].equals(Long.toString(expected)) || !parts[1].equals(checksum(expected, parts[2]))) {
            return null;
        }
        return new JournalLine(expected, parts[2]);
    }

    private static String checksum(long number, String json) {
        CRC32C crc = new CRC32C();
        crc.update((number + " " + json).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
