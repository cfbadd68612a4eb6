package dev.dmarshal.core.tables;

import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.ScratchMemory;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a fuzzer calls to spoil tables rather than files: its bytes are not memory but orders to write words into a few pages, so that a hundred bytes make whole
 * trees, loops and towers, and no time goes by in reading zeros. Nothing may be thrown. See {@link ImageFuzz} for files.
 *
 * <p>The first byte says where the root table is and its mode; then each order has two bytes (page, place, and what follows), and a pointer's flags or 8 bytes.
 */
public final class TableFuzz {
    private static final int PAGES = 16;
    private static final int WORDS = PAGES * MemoryImage.PAGE_WORDS;
    private static final int MOST_BYTES = 4096;
    private static final long[] MEMORY = new long[WORDS];
    private static final MemoryImage IMAGE = new RawLayout.From(0).read(new MappedBytes(MemorySegment.ofArray(MEMORY))).memory();

    private TableFuzz() {
    }

    /** Jazzer's entry point. One thread at a time, as Jazzer does. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MOST_BYTES) {
            return;
        }
        Arrays.fill(MEMORY, 0);
        ByteBuffer orders = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int first = orders.get();
        while (orders.remaining() >= 3) {
            write(orders);
        }
        long register = (long) (first & PAGES - 1) << 12 | (long) (first >>> 4 & 3) << 10;
        UnitTables unit = new UnitTables("fuzz", OptionalLong.of(register), OptionalLong.empty(), UnitTables.anyUnit(), false, "fuzz", Confidence.TOLD);
        look(unit);
        TableSearch.Result found = TableSearch.all(IMAGE);
        Kinship.among(IMAGE, found.roots(), java.util.Optional.empty());
        found.roots().stream().limit(1).forEach(root -> look(root.tables()));
        unit.unit(new ScratchMemory(IMAGE)).trace(first & 0xFF, 0x1000, Request.READ, 0);
    }

    /** Bits 15:7 of the first two bytes are the place, 6:3 the page; then bit 0 says pointer (flags and page in a byte) or word, 2:1 how often. */
    private static void write(ByteBuffer orders) {
        int head = orders.getShort() & 0xFFFF;
        int at = (head >>> 3 & PAGES - 1) * MemoryImage.PAGE_WORDS + (head >>> 7);
        long value;
        if ((head & 1) == 0 || orders.remaining() < Long.BYTES) {
            int pointer = orders.get() & 0xFF;
            value = (long) (pointer & PAGES - 1) << 12 | switch (pointer >>> 4 & 3) {
                case 0 -> 1;
                case 1 -> 3;
                case 2 -> 7;
                default -> 0x83;
            };
        } else {
            value = orders.getLong();
        }
        for (int i = 0; i < 1 << 2 * (head >>> 1 & 3); i++) {
            MEMORY[(at + i * 2) % WORDS] = value;
        }
    }

    private static void look(UnitTables unit) {
        ZoneCollector collector = new ZoneCollector(IMAGE);
        var zones = collector.ofUnit(unit);
        zones.addAll(collector.ofProcessor(0x3000, 5));
        var interrupts = new InterruptCheck(IMAGE).table(0x4000).map(List::of).orElse(List.of());
        for (TableFinding finding : Audit.of(IMAGE, new AuditScope(List.of(unit), interrupts, zones, List.of()))) {
            if (FindingTexts.of(finding.label()).isEmpty()) {
                throw new AssertionError("no text for " + finding.label());
            }
        }
    }
}
