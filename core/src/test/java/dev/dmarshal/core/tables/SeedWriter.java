package dev.dmarshal.core.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the seeds of the fuzzer's corpus into a folder, for {@code core/fuzz}. */
public final class SeedWriter {

    private SeedWriter() {
    }

    /** The argument is the folder. */
    public static void main(String[] arguments) throws IOException {
        List<byte[]> seeds = ImageFuzzTest.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(Path.of(arguments[0], "seed-" + i), seeds.get(i));
        }
    }
}
