package dev.dmarshal.host.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Adler32;

/**
 * Entries of a tar archive, one after the other: ustar, pax (path, linkpath, size) and GNU long names (POSIX.1-2017 pax, section "ustar Interchange Format";
 * GNU tar manual, "Basic Tar Format"). Every length is bounded before it is used; nothing is allocated by what a header claims.
 */
final class TarReader {

    private static final int BLOCK = 512;
    private static final int LONGEST_HEADER = 64 * 1024;
    private static final int HALF = 256;
    private static final int NAME = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int SUM_AT = 148;
    private static final int SUM_LENGTH = 8;
    private static final int TYPE_AT = 156;
    private static final int LINK_AT = 157;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_LENGTH = 155;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK];
    private long left;
    private int padding;
    private boolean ended;

    TarReader(InputStream in) {
        this.in = in;
    }

    /** What an entry is. */
    enum Kind {
        /** A file with content. */
        FILE,
        /** A folder. */
        FOLDER,
        /** A symbolic link. */
        LINK,
        /** A hard link, a device, a pipe, a sparse file, or what nobody knows. */
        OTHER
    }

    /**
     * One entry.
     *
     * @param name   as it is written
     * @param kind   what it is
     * @param target where a link points; empty text for others
     * @param size   bytes of content
     */
    record Entry(String name, Kind kind, String target, long size) {
    }

    /** Whether a stream that starts with these bytes is a tar archive. */
    static boolean looksLike(byte[] start) {
        return start.length >= BLOCK && new String(start, MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar")
                && sum(start) == octal(start, SUM_AT, SUM_LENGTH);
    }

    /** The next entry; empty at the end. Content of the entry before is passed over. */
    Optional<Entry> next() throws IOException {
        Map<String, String> extended = Map.of();
        while (true) {
            skip(left + padding);
            left = 0;
            padding = 0;
            if (ended || !header()) {
                return Optional.empty();
            }
            long size = octal(block, SIZE_AT, SIZE_LENGTH);
            char type = (char) (block[TYPE_AT] & 0xff);
            if (type == 'x' || type == 'L' || type == 'K') {
                extended = extended.isEmpty() ? new HashMap<>() : extended;
                extend(extended, type, size);
            } else if (type == 'g') {
                begin(size);
            } else {
                return Optional.of(entry(type, size, extended));
            }
        }
    }

    /** At most {@code most} bytes of the content of the entry. */
    byte[] content(int most) throws IOException {
        byte[] content = in.readNBytes((int) Math.min(most, left));
        if (content.length < Math.min(most, left)) {
            throw new IOException("it ends in the middle of a file");
        }
        left -= content.length;
        return content;
    }

    /** Reads what is behind the end mark, at most so many bytes. */
    void rest(int most) throws IOException {
        in.readNBytes(most);
    }

    private Entry entry(char type, long written, Map<String, String> extended) throws IOException {
        long size = written;
        if (!extended.isEmpty() && extended.containsKey("size")) {
            size = decimal(extended.get("size"));
        }
        boolean sparse = !extended.isEmpty() && extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse"));
        Kind kind = switch (type) {
            case '0', '\0', '7' -> sparse ? Kind.OTHER : Kind.FILE;
            case '5' -> Kind.FOLDER;
            case '2' -> Kind.LINK;
            default -> Kind.OTHER;
        };
        // POSIX: links, devices and pipes have no content, whatever their size says; GNU tar writes 0.
        begin(type >= '1' && type <= '6' && type != '5' ? 0 : size);
        String name = extended.isEmpty() ? name() : extended.getOrDefault("path", name());
        return new Entry(name, kind, kind == Kind.LINK ? extended.getOrDefault("linkpath", text(LINK_AT, NAME)) : "", left);
    }

    private String name() {
        boolean prefixed = block[PREFIX_AT] != 0 && text(MAGIC_AT, 6).equals("ustar");
        return prefixed ? text(PREFIX_AT, PREFIX_LENGTH) + "/" + text(0, NAME) : text(0, NAME);
    }

    private void begin(long size) throws IOException {
        if (size < 0) {
            throw new IOException("an entry has no valid size");
        }
        left = size;
        padding = (int) (-size & BLOCK - 1);
    }

    private void extend(Map<String, String> extended, char type, long size) throws IOException {
        if (size > LONGEST_HEADER) {
            throw new IOException("an extended header is longer than " + LONGEST_HEADER + " bytes");
        }
        begin(size);
        byte[] bytes = content(LONGEST_HEADER);
        if (type == 'x') {
            records(bytes, extended);
        } else {
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            extended.put(type == 'L' ? "path" : "linkpath", new String(bytes, 0, end, StandardCharsets.UTF_8));
        }
    }

    /** Records {@code LENGTH KEY=VALUE\n}; what does not have this form ends them. */
    private static void records(byte[] bytes, Map<String, String> extended) {
        int at = 0;
        while (at < bytes.length) {
            int blank = at;
            while (blank < bytes.length && bytes[blank] >= '0' && bytes[blank] <= '9' && blank - at < 6) {
                blank++;
            }
            if (blank == at || blank >= bytes.length || bytes[blank] != ' ') {
                return;
            }
            int end = at + Integer.parseInt(new String(bytes, at, blank - at, StandardCharsets.US_ASCII));
            if (end <= blank + 1 || end > bytes.length) {
                return;
            }
            String record = new String(bytes, blank + 1, end - blank - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (equals > 0) {
                extended.put(record.substring(0, equals), record.substring(equals + 1));
            }
            at = end;
        }
    }

    /** Reads a header. False at the end mark, which is a block of zeros. */
    private boolean header() throws IOException {
        int read = in.readNBytes(block, 0, BLOCK);
        if (read == 0) {
            throw new IOException("it ends without an end mark");
        }
        if (read < BLOCK) {
            throw new IOException("it ends in the middle of a header");
        }
        int zeros = 0;
        while (zeros < BLOCK && block[zeros] == 0) {
            zeros++;
        }
        if (zeros == BLOCK) {
            ended = true;
            return false;
        }
        if (sum(block) != octal(block, SUM_AT, SUM_LENGTH)) {
            throw new IOException("a header has a wrong checksum");
        }
        return true;
    }

    private void skip(long bytes) throws IOException {
        long rest = bytes;
        while (rest > 0) {
            int read = in.read(block, 0, (int) Math.min(rest, BLOCK));
            if (read <= 0) {
                throw new IOException("it ends in the middle of a file");
            }
            rest -= read;
        }
    }

    /** The sum of a header's bytes, its own checksum taken as blanks. */
    private static long sum(byte[] header) {
        return SUM_LENGTH * ' ' + sum(header, 0, SUM_AT) + sum(header, SUM_AT + SUM_LENGTH, HALF) + sum(header, HALF, BLOCK);
    }

    /** Half of Adler-32 is 1 and the sum of at most {@link #HALF} bytes, and the library adds them up in machine code: a large capture has 200,000 headers. */
    private static long sum(byte[] header, int from, int to) {
        Adler32 adler = new Adler32();
        adler.update(header, from, to - from);
        return (adler.getValue() & 0xffff) - 1;
    }

    /** A number in octal digits, or in base 256 if the first bit is set (GNU); a negative one for what is neither. */
    private static long octal(byte[] bytes, int at, int length) {
        if ((bytes[at] & 0x80) != 0) {
            return base256(bytes, at, length);
        }
        long value = 0;
        for (int i = at; i < at + length; i++) {
            int digit = bytes[i];
            if (digit >= '0' && digit <= '7') {
                value = value << 3 | digit - '0';
            } else if (digit != 0 && digit != ' ') {
                return -1;
            }
        }
        return value;
    }

    private static long base256(byte[] bytes, int at, int length) {
        long value = bytes[at] & 0x3f;
        for (int i = at + 1; i < at + length; i++) {
            if (value >>> 40 != 0) {
                return -1;
            }
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }

    private static long decimal(String text) {
        return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : -1;
    }

    private String text(int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.UTF_8);
    }
}
