package dev.dmarshal.core.image;

import dev.dmarshal.core.memory.MemoryImage;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a fuzzer calls to spoil kdump-compressed files: its bytes are orders to change fields of a well-formed one, because a file has six blocks of 4 KiB, most
 * of them zeros; what follows the orders is put where the descriptors point to.
 *
 * <p>The first byte's bits 3:0 say how many orders there are, bit 4 that the file is read as two parts. An order is a field's number, the number of its bytes,
 * and these.
 */
public final class KdumpTarget {
    private static final int BLOCK = 4096;
    private static final int PAGES = 8;
    private static final int DESCRIPTORS = 4 * BLOCK;
    private static final int INFO = DESCRIPTORS + PAGES * KdumpPart.DESCRIPTOR_BYTES;
    private static final int STORED = 5 * BLOCK;
    private static final int PACKED = 6 * BLOCK;
    private static final int MOST_PACKED = 1024;
    private static final int[] CODECS = {0, 1, 2, 4, 0x20, 1, 2, 4};
    private static final byte[] WELL_FORMED = wellFormed();
    private static final byte[] FILE = WELL_FORMED.clone();
    private static final ByteBuffer FIELDS = ByteBuffer.wrap(FILE).order(ByteOrder.LITTLE_ENDIAN);
    private static final int[] PLACES = places();

    private KdumpTarget() {
    }

    private static byte[] wellFormed() {
        Map<Long, byte[]> pages = new HashMap<>();
        for (long page = 0; page < PAGES; page++) {
            pages.put(page, new byte[BLOCK]);
        }
        byte[] stored = KdumpWriter.write(pages, KdumpWriter.Codec.STORED, "OSRELEASE=1\nA\n", false, 0, PAGES);
        ByteBuffer file = ByteBuffer.allocate(PACKED + MOST_PACKED).order(ByteOrder.LITTLE_ENDIAN);
        file.put(stored, 0, STORED);
        for (int page = 0; page < PAGES; page++) {
            file.putLong(DESCRIPTORS + page * 24, CODECS[page] == 0 ? STORED : PACKED).putInt(DESCRIPTORS + page * 24 + 12, CODECS[page]);
        }
        file.position(INFO);
        // A note, for headers that have no VMCOREINFO of their own.
        file.put(64 + INFO, new byte[] {11, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 'V', 'M', 'C', 'O', 'R', 'E', 'I', 'N', 'F', 'O', 0, 0, 'A', '=', 'B', 0});
        return file.array();
    }

    /** Where the fields of the headers, the first bytes of the bitmaps and the descriptors lie. */
    private static int[] places() {
        int[] header = {0, 8, 428, 432, 436, 440};
        int[] sub = {12, 16, 24, 32, 40, 48, 56, 80, 88, 96};
        int[] places = new int[header.length + sub.length + 4 + 3 * PAGES];
        System.arraycopy(header, 0, places, 0, header.length);
        int count = header.length;
        for (int field : sub) {
            places[count++] = BLOCK + field;
        }
        for (int bitmap : new int[] {2 * BLOCK, 3 * BLOCK, 2 * BLOCK + 512, 3 * BLOCK + 512}) {
            places[count++] = bitmap;
        }
        for (int page = 0; page < PAGES; page++) {
            for (int field : new int[] {0, 8, 12}) {
                places[count++] = DESCRIPTORS + page * 24 + field;
            }
        }
        return places;
    }

    /** Spoils the file, reads it, and mends it again. */
    public static void kdump(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        ByteBuffer orders = ByteBuffer.wrap(bytes);
        int head = orders.get();
        int highest = 0;
        for (int i = 0; i < (head & 0xF) && orders.remaining() > 2; i++) {
            int place = PLACES[(orders.get() & 0xFF) % PLACES.length];
            int count = Math.min(1 + (orders.get() & 7), orders.remaining());
            orders.get(FILE, place, count);
            highest = Math.max(highest, place + count);
        }
        int packed = Math.min(orders.remaining(), MOST_PACKED);
        for (int page = 0; page < PAGES; page++) {
            int at = DESCRIPTORS + page * 24 + 8;
            if (FIELDS.getInt(at) == 0) {
                FIELDS.putInt(at, CODECS[page] == 0 ? BLOCK : packed);
            }
        }
        orders.get(FILE, PACKED, packed);
        try {
            MappedBytes file = new MappedBytes(MemorySegment.ofArray(FILE).asSlice(0, PACKED + packed));
            read((head & 0x10) != 0 ? List.of(file, file) : List.of(file));
        } finally {
            System.arraycopy(WELL_FORMED, 0, FILE, 0, Math.max(highest, INFO));
            System.arraycopy(WELL_FORMED, PACKED, FILE, PACKED, packed);
        }
    }

    private static void read(List<ByteSource> parts) {
        if (!parts.stream().allMatch(Kdump::recognises)) {
            return;
        }
        SavedMachine machine = Kdump.read(parts, (packed, length, page) -> length > 0 && packed[0] == 'Z');
        MemoryImage memory = machine.memory();
        if (parts.size() == 1) {
            FormatTargets.probe(machine);
        } else {
            memory.spans();
        }
        long[] words = new long[MemoryImage.PAGE_WORDS];
        for (long page = 0; page < PAGES + 1; page++) {
            boolean there = memory.readPage(page << 12, words);
            FormatTargets.check(there == (memory.presence(page << 12) == MemoryImage.Presence.READABLE), "a page that is read and not there, or the reverse");
        }
        memory.damagedPages();
    }
}
