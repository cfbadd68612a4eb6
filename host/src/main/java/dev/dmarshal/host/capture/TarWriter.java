package dev.dmarshal.host.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a tar archive that every tar reads: ustar, with a pax header before an entry whose name or target is long or not ASCII (POSIX.1-2017 pax). Owners are
 * root, times are zero: neither is anybody's business.
 */
final class TarWriter {

    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int SUM_AT = 148;
    private static final int SUM_LENGTH = 8;

    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void file(String name, byte[] content) throws IOException {
        entry('0', name, "", content.length);
        content(content);
    }

    void link(String name, String target) throws IOException {
        entry('2', name, target, 0);
    }

    void folder(String name) throws IOException {
        entry('5', name + "/", "", 0);
    }

    /** Writes the end mark; the stream stays open. */
    void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void content(byte[] content) throws IOException {
        out.write(content);
        out.write(new byte[-content.length & (BLOCK - 1)]);
    }

    private void entry(char type, String name, String target, int size) throws IOException {
        String records = (plain(name) ? "" : record("path", name)) + (plain(target) ? "" : record("linkpath", target));
        if (!records.isEmpty()) {
            byte[] bytes = records.getBytes(StandardCharsets.UTF_8);
            out.write(header('x', "pax", "", bytes.length));
            content(bytes);
        }
        out.write(header(type, name, target, size));
    }

    private static boolean plain(String text) {
        return text.length() <= NAME && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** The length of a record counts its own digits. */
    private static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int bytes = rest.getBytes(StandardCharsets.UTF_8).length;
        int length = bytes + 1;
        while (length != bytes + Integer.toString(length).length()) {
            length++;
        }
        return length + rest;
    }

    private static byte[] header(char type, String name, String target, int size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name, NAME);
        put(header, 100, type == '5' ? "0000755" : "0000644", 7);
        put(header, 108, "0000000", 7);
        put(header, 116, "0000000", 7);
        put(header, 124, octal(size, 11), 11);
        put(header, 136, octal(0, 11), 11);
        header[156] = (byte) type;
        put(header, 157, target, NAME);
        put(header, 257, "ustar\00000", 8);
        Arrays.fill(header, SUM_AT, SUM_AT + SUM_LENGTH, (byte) ' ');
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, SUM_AT, octal(sum, 6) + "\0", 7);
        return header;
    }

    private static String octal(int value, int digits) {
        String text = Integer.toOctalString(value);
        return "0".repeat(digits - text.length()) + text;
    }

    private static void put(byte[] header, int at, String text, int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(most, bytes.length));
    }
}
