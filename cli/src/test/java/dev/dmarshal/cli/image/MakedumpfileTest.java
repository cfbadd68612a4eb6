package dev.dmarshal.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.lab.LabFailure;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real makedumpfile writes (zlib, LZO, stored, flattened, split) has every page of the core that it was made from. */
class MakedumpfileTest {
    private static final int PAGES = 4096;

    @Test
    void everyPageOfEveryFormIsThatOfTheCore(@TempDir Path folder) throws Exception {
        String lab = System.getProperty("lab", "auto");
        Assumptions.assumeFalse(lab.equals("off"), "lab=off");
        Path core = DumpFormats.core(memory(folder), folder);
        Map<String, List<Path>> dumps;
        try {
            dumps = DumpFormats.ofMakedumpfile(core, folder);
        } catch (LabFailure e) {
            Assumptions.assumeFalse(e.kind() == LabFailure.Kind.MISSING && !lab.equals("required"), e.getMessage());
            throw e;
        }
        assertThat(dumps).hasSize(5);
        try (ImageFile whole = ImageFile.open(List.of(core), new RawLayout.From(0))) {
            for (Map.Entry<String, List<Path>> dump : dumps.entrySet()) {
                try (ImageFile image = ImageFile.open(dump.getValue(), new RawLayout.From(0))) {
                    assertThat(image.machine().findings()).as(dump.getKey()).isEmpty();
                    assertThat(image.machine().format()).startsWith("kdump-compressed");
                    assertThat(same(whole.machine().memory(), image.machine().memory())).as(dump.getKey()).isEqualTo(PAGES);
                }
            }
        }
    }

    /** Of four pages one is noise, one repeats, one is sparse, one is nothing. */
    private static Path memory(Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        Random random = new Random(5);
        ByteBuffer page = ByteBuffer.allocate(4096);
        try (FileChannel out = FileChannel.open(ram, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < PAGES; i++) {
                Arrays.fill(page.array(), (byte) (i % 4 == 1 ? i : 0));
                if (i % 4 == 0) {
                    random.nextBytes(page.array());
                } else if (i % 4 == 2) {
                    page.putLong(random.nextInt(512) * 8, random.nextLong());
                }
                out.write(page.rewind());
            }
        }
        return ram;
    }

    private static int same(MemoryImage whole, MemoryImage dumped) {
        long[] one = new long[MemoryImage.PAGE_WORDS];
        long[] other = new long[MemoryImage.PAGE_WORDS];
        int same = 0;
        for (long at = 0; at < PAGES * 4096L; at += 4096) {
            assertThat(whole.readPage(at, one)).isTrue();
            boolean there = dumped.readPage(at, other);
            boolean leftOut = !there && dumped.presence(at) == Presence.EXCLUDED && Arrays.stream(one).allMatch(word -> word == 0);
            same += there && Arrays.equals(one, other) || leftOut ? 1 : 0;
        }
        return same;
    }
}
