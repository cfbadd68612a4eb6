package dev.dmarshal.bench.image;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.TreeLister;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.ImageFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lists the mappings of {@link ImageSpeed}'s image once, as the first thing that a process does, and says what that took. With the argument {@code make} before
 * the file it makes a small image first: that is the run from which an AOT cache is made, as the build makes one of the application.
 */
public final class ImageFirst {
    private static final long SMALL = 64L << 20;
    private static final int FEW = 1 << 13;

    private ImageFirst() {
    }

    /** Arguments: the file, perhaps {@code make} before it. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[arguments.length - 1]);
        if (arguments.length > 1) {
            SpeedImage.make(file, SMALL, FEW);
        }
        long root = SpeedImage.root(Files.size(file));
        try (ImageFile image = ImageFile.open(List.of(file), new RawLayout.From(0))) {
            MemoryImage memory = image.machine().memory();
            UnitTables unit = SpeedImage.unit(root);
            long start = System.nanoTime();
            long[] bytes = new long[1];
            double busy = ImageSpeed.busy(() -> bytes[0] = ImageSpeed.list(memory, unit, new TreeLister(memory, unit.capabilities())));
            System.out.printf("first %.1f ms of processor time, %.1f ms of wall time, for %d MiB mapped%n", busy * 1e3, (System.nanoTime() - start) / 1e6,
                    bytes[0] >> 20);
        }
    }
}
