package dev.dmarshal.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.KdumpWriter.Codec;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kdump-compressed files whole, flattened, split, cut and damaged. */
class KdumpTest {
    private static final PageCodec NO_ZSTD = (packed, length, page) -> false;
    private static final long FAR = 70_000;

    private static Map<Long, byte[]> pages() {
        Random random = new Random(5);
        Map<Long, byte[]> pages = new HashMap<>();
        for (long page : new long[] {0, 1, 7, 8, 4095, 4096, 4097, 5000, FAR}) {
            pages.put(page, KdumpWriter.repeating(random));
        }
        pages.put(9L, null);
        return pages;
    }

    private static void holds(MemoryImage image, Map<Long, byte[]> pages) {
        pages.forEach((page, bytes) -> {
            if (bytes == null) {
                assertThat(image.presence(page << 12)).isEqualTo(Presence.EXCLUDED);
            } else {
                ImageFormatsTest.holds(image, page << 12, bytes);
            }
        });
        assertThat(image.presence(10 << 12)).isEqualTo(Presence.NO_MEMORY);
        assertThat(image.presence(-8)).isEqualTo(Presence.NO_MEMORY);
        assertThat(image.readPage(10 << 12, new long[512])).isFalse();
        assertThat(image.damagedPages()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void everyCodecWholeAndFlattened(Codec codec) {
        byte[] file = KdumpWriter.write(pages(), codec, "OSRELEASE=1.2.3\n", false, 0, 0);
        SavedMachine machine = Kdump.read(List.of(ImageWriters.source(file)), NO_ZSTD);
        holds(machine.memory(), pages());
        assertThat(machine.coreInfoValues()).containsEntry("OSRELEASE", "1.2.3");
        assertThat(machine.findings()).isEmpty();
        SavedMachine flattened = Kdump.read(List.of(ImageWriters.source(KdumpWriter.flatten(file))), NO_ZSTD);
        holds(flattened.memory(), pages());
        assertThat(flattened.findings()).isEmpty();
        assertThat(flattened.format()).contains("flattened");
    }

    @Test
    void splitDumpsInAnyOrder() {
        byte[] one = KdumpWriter.write(pages(), Codec.ZLIB, "", true, 0, 4096);
        byte[] two = KdumpWriter.write(pages(), Codec.LZO, "", true, 4096, FAR + 1);
        SavedMachine machine = Kdump.read(List.of(ImageWriters.source(two), ImageWriters.source(one)), NO_ZSTD);
        holds(machine.memory(), pages());
        assertThat(machine.memory().spans()).hasSize(2);
        SavedMachine half = Kdump.read(List.of(ImageWriters.source(two)), NO_ZSTD);
        assertThat(half.memory().presence(0)).isEqualTo(Presence.NO_MEMORY);
        ImageFormatsTest.holds(half.memory(), FAR << 12, pages().get(FAR));
    }

    @Test
    void whatCannotBeDecodedIsSaidOfItsPage() {
        byte[] file = KdumpWriter.write(pages(), Codec.ZLIB, "", false, 0, 0);
        byte[] cut = Arrays.copyOf(file, file.length - 20);
        MemoryImage memory = Kdump.read(List.of(ImageWriters.source(cut)), NO_ZSTD).memory();
        assertThat(memory.presence(FAR << 12)).isEqualTo(Presence.TRUNCATED);
        ImageFormatsTest.holds(memory, 0, pages().get(0L));
        file[file.length - 10] ^= 0x55;
        MemoryImage damaged = Kdump.read(List.of(ImageWriters.source(file)), NO_ZSTD).memory();
        assertThat(damaged.presence(FAR << 12)).isEqualTo(Presence.DAMAGED);
        assertThat(damaged.damagedPages()).isPositive();
    }

    @Test
    void anyChangeOfAFileEndsInAnImage() {
        byte[] whole = KdumpWriter.write(pages(), Codec.SNAPPY, "A=B\n", false, 0, 0);
        byte[] flattened = KdumpWriter.flatten(whole);
        for (int round = 0; round < 2000; round++) {
            Random random = new Random(round);
            byte[] file = (round % 2 == 0 ? whole : flattened).clone();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                int at = random.nextBoolean() ? random.nextInt(file.length) : 4096 * random.nextInt(2) + random.nextInt(480);
                file[at] = (byte) (random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
            }
            byte[] cut = random.nextBoolean() ? file : Arrays.copyOf(file, random.nextInt(file.length + 1));
            MemoryImage memory = Kdump.read(List.of(ImageWriters.source(cut)), NO_ZSTD).memory();
            for (long page : pages().keySet()) {
                memory.presence(page << 12);
                memory.readPage(page << 12, new long[512]);
            }
        }
    }

    @Test
    void anyBytesEndInTheDecoders() {
        Random random = new Random(9);
        byte[] page = new byte[4096];
        for (int round = 0; round < 20_000; round++) {
            byte[] packed = KdumpWriter.pack(KdumpWriter.repeating(random), round % 2 == 0 ? Codec.LZO : Codec.SNAPPY);
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                packed[random.nextInt(packed.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(packed.length + 1);
            assertThat(Lzo.decompress(packed, length, page) && Snappy.decompress(packed, length, page)).isFalse();
        }
    }
}
