package dev.dmarshal.core.tables;

import dev.dmarshal.core.image.ElfCore;
import dev.dmarshal.core.image.FlattenedBytes;
import dev.dmarshal.core.image.Kdump;
import dev.dmarshal.core.image.Lime;
import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.memory.MemoryImage;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a fuzzer calls: any bytes as an image file, and whatever comes of it looked into by everything that reads images. Slow beside the
 * targets of single formats ({@link dev.dmarshal.core.image.FormatTargets}), but the only one that goes all the way from a file to findings.
 */
public final class FileTarget {
    private static final int MOST_BYTES = 1 << 18;

    private FileTarget() {
    }

    /** Opens, searches, judges. */
    public static void files(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            return;
        }
        MappedBytes source = new MappedBytes(MemorySegment.ofArray(bytes));
        SavedMachine machine = open(source);
        machine.coreInfoValues();
        MemoryImage memory = machine.memory();
        // A dump may claim terabytes that it does not have: only as much is searched as a file of this size can hold.
        long claimed = memory.spans().stream().mapToLong(MemoryImage.Span::sizeBytes).sum();
        TableSearch search = new TableSearch(memory);
        memory.spans().stream().limit(16).forEach(span -> search.search(span.base(), Math.min(span.sizeBytes(), 4L * MOST_BYTES)));
        search.result().roots().forEach(found -> look(memory, found.tables()));
        long first = memory.spans().isEmpty() || claimed == 0 ? 0 : memory.spans().getFirst().base() & -4096;
        for (long register : new long[] {first, first | 1 << 10}) {
            look(memory, new UnitTables("fuzz", OptionalLong.of(register), OptionalLong.empty(), UnitTables.anyUnit(), false, "fuzz",
                    UnitTables.Confidence.TOLD));
        }
    }

    private static SavedMachine open(MappedBytes source) {
        if (ElfCore.recognises(source)) {
            return ElfCore.read(source);
        }
        if (Lime.recognises(source)) {
            return Lime.read(source);
        }
        if (Kdump.recognises(source) || FlattenedBytes.recognises(source)) {
            return Kdump.read(List.of(source), (packed, length, page) -> false);
        }
        return new RawLayout.From(0).read(source);
    }

    private static void look(MemoryImage memory, UnitTables unit) {
        TableTargets.judge(memory, unit, new ZoneCollector(memory).ofUnit(unit));
    }
}
