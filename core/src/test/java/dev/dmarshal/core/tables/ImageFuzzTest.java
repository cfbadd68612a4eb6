package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.ImageWriters;
import dev.dmarshal.core.image.KdumpWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The fuzzer's corpus, and some hundred changes of well-formed images, end without an exception. */
class ImageFuzzTest {
    private static final Path CORPUS = Path.of(System.getProperty("project.root", ".."), "core/src/test/resources/fuzz");

    /** One well-formed image of each format, with tables in it. */
    static List<byte[]> seeds() {
        byte[] memory = new byte[8 * 4096];
        word(memory, 0, 0x1001);
        word(memory, 0x1000 + 0x10 * 16, 0x2001);
        word(memory, 0x1008 + 0x10 * 16, 0x502);
        for (int level = 0; level < 3; level++) {
            word(memory, 0x2000 + level * 0x1000, 0x3003 + level * 0x1000);
        }
        word(memory, 0x5000, 0x7003);
        Map<Long, byte[]> pages = new HashMap<>();
        for (long page = 0; page < 8; page++) {
            pages.put(page, java.util.Arrays.copyOfRange(memory, (int) page * 4096, (int) page * 4096 + 4096));
        }
        byte[] kdump = KdumpWriter.write(pages, KdumpWriter.Codec.ZLIB, "OSRELEASE=1\n", false, 0, 0);
        return List.of(memory, ImageWriters.elf(List.of(ImageWriters.Part.of(0, memory)), "A=B\n", 1, true),
                ImageWriters.lime(List.of(ImageWriters.Part.of(0, memory))), kdump, KdumpWriter.flatten(kdump));
    }

    private static void word(byte[] memory, int at, long value) {
        for (int i = 0; i < 8; i++) {
            memory[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private static List<byte[]> saved(Path corpus) throws IOException {
        List<byte[]> saved = new ArrayList<>();
        try (Stream<Path> files = Files.list(corpus)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                saved.add(Files.readAllBytes(file));
            }
        }
        assertThat(saved).hasSizeGreaterThan(50);
        return saved;
    }

    @Test
    void theCorpusEnds() throws IOException {
        saved(CORPUS).forEach(ImageFuzz::fuzzerTestOneInput);
    }

    @Test
    void theCorpusOfSpoiledTablesEnds() throws IOException {
        saved(CORPUS.resolveSibling("fuzz-tables")).forEach(TableFuzz::fuzzerTestOneInput);
    }

    @Test
    void anyOrdersEnd() {
        for (int round = 0; round < 2000; round++) {
            Random random = new Random(round);
            byte[] orders = new byte[8 + random.nextInt(200)];
            random.nextBytes(orders);
            TableFuzz.fuzzerTestOneInput(orders);
        }
    }

    @Test
    void changedImagesEnd() {
        List<byte[]> seeds = seeds();
        for (int round = 0; round < 400; round++) {
            Random random = new Random(round);
            byte[] file = seeds.get(round % seeds.size()).clone();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                int at = random.nextInt(file.length);
                word(file, Math.min(at & ~7, file.length - 8), random.nextBoolean() ? random.nextLong(0, 8) << 12 | 3 : random.nextLong() >>> random.nextInt(64));
            }
            ImageFuzz.fuzzerTestOneInput(file);
        }
    }

    @Test
    void towersAndSelfReferencesEndSoon() {
        // Every page of the image is a table whose every entry points to some table of the image: five levels of 512 ways each, over 64 pages.
        Random random = new Random(3);
        byte[] memory = new byte[64 * 4096];
        for (int at = 0; at < memory.length; at += 8) {
            word(memory, at, random.nextLong(0, 64) << 12 | 3);
        }
        ImageFuzz.fuzzerTestOneInput(memory);
        for (int at = 0; at < memory.length; at += 8) {
            word(memory, at, random.nextLong(0, 64) << 12 | 1);
        }
        ImageFuzz.fuzzerTestOneInput(memory);
    }
}
