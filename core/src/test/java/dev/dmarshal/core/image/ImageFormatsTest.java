package dev.dmarshal.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.image.ImageWriters.Part;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each format gives back the memory that was written, and says what is missing. */
class ImageFormatsTest {
    private static final byte[] LOW = random(0x3000, 1);
    private static final byte[] HIGH = random(0x2000, 2);
    private static final List<Part> PARTS = List.of(Part.of(0x1_0000_0000L, HIGH), Part.of(0x10_0000, LOW));

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A source that is not mapped. */
    private record Copied(byte[] file) implements ByteSource {
        @Override
        public long sizeBytes() {
            return file.length;
        }

        @Override
        public int read(long offset, byte[] into, int from, int length) {
            int count = offset < 0 || offset >= file.length ? 0 : (int) Math.min(length, file.length - offset);
            System.arraycopy(file, count == 0 ? 0 : (int) offset, into, from, count);
            return count;
        }

        @Override
        public Optional<MemorySegment> segment() {
            return Optional.empty();
        }
    }

    static void holds(MemoryImage image, long base, byte[] bytes) {
        ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long[] words = new long[MemoryImage.PAGE_WORDS];
        for (int at = 0; at < bytes.length; at += 4096) {
            assertThat(image.readPage(base + at, words)).isTrue();
            assertThat(words[511]).isEqualTo(expected.getLong(at + 4088));
        }
        for (int at = 0; at < bytes.length; at += 4) {
            assertThat(image.read32(base + at)).isEqualTo(expected.getInt(at));
        }
        for (int at = 0; at <= bytes.length - 8; at += 4) {
            assertThat(image.read64(base + at)).isEqualTo(expected.getLong(at));
        }
        assertThat(image.contains(base, bytes.length)).isTrue();
        assertThat(image.presence(base)).isEqualTo(Presence.READABLE);
    }

    @Test
    void elfCoresWithNotes() {
        for (boolean extended : new boolean[] {false, true}) {
            byte[] file = ImageWriters.elf(PARTS, "OSRELEASE=9.9.9\nPAGESIZE=4096\nno line\n", 0x1234_5000, extended);
            for (ByteSource source : List.of(ImageWriters.source(file), new Copied(file))) {
                assertThat(ElfCore.recognises(source)).isTrue();
                SavedMachine machine = ElfCore.read(source);
                holds(machine.memory(), 0x1_0000_0000L, HIGH);
                holds(machine.memory(), 0x10_0000, LOW);
                assertThat(machine.coreInfoValues()).containsEntry("OSRELEASE", "9.9.9").hasSize(2);
                assertThat(machine.registers()).containsExactly(0x1234_5000L);
                assertThat(machine.findings()).isEmpty();
                assertThat(machine.memory().spans()).extracting(MemoryImage.Span::base).containsExactly(0x10_0000L, 0x1_0000_0000L);
                assertThat(machine.memory().presence(0x50_0000)).isEqualTo(Presence.NO_MEMORY);
                assertThat(machine.memory().contains(0x10_2000, 0x1001)).isFalse();
                assertThatThrownBy(() -> machine.memory().read64(0x50_0000)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> machine.memory().write64(0x10_0000, 1)).isInstanceOf(UnsupportedOperationException.class);
            }
        }
    }

    @Test
    void limeFiles() {
        SavedMachine machine = Lime.read(ImageWriters.source(ImageWriters.lime(PARTS)));
        holds(machine.memory(), 0x1_0000_0000L, HIGH);
        holds(machine.memory(), 0x10_0000, LOW);
        assertThat(machine.findings()).isEmpty();
    }

    @Test
    void whatTheFileDoesNotHaveIsSaidByAddress() {
        byte[] whole = ImageWriters.elf(List.of(Part.of(0, LOW), new Part(0x10_0000, 0x5000, HIGH)), "", 0, false);
        byte[] cut = Arrays.copyOf(whole, whole.length - 0x1000);
        for (ByteSource source : List.of(ImageWriters.source(cut), new Copied(cut))) {
            MemoryImage memory = ElfCore.read(source).memory();
            assertThat(memory.presence(0x10_0000)).isEqualTo(Presence.READABLE);
            assertThat(memory.presence(0x10_1000)).isEqualTo(Presence.TRUNCATED);
            assertThat(memory.presence(0x10_2000)).isEqualTo(Presence.EXCLUDED);
            assertThat(memory.presence(0x10_5000)).isEqualTo(Presence.NO_MEMORY);
            assertThat(memory.readPage(0x10_1000, new long[512])).isFalse();
            assertThat(ElfCore.read(source).findings()).extracting(ImageFinding::label).containsExactly(ImageFinding.TRUNCATED);
        }
    }

    @Test
    void overlappingRangesCountOnce() {
        byte[] file = ImageWriters.elf(List.of(Part.of(0, LOW), Part.of(0x1000, HIGH), Part.of(0x2000, LOW)), "", 0, false);
        MemoryImage memory = ElfCore.read(ImageWriters.source(file)).memory();
        holds(memory, 0, LOW);
        holds(memory, 0x3000, Arrays.copyOfRange(LOW, 0x1000, 0x3000));
        assertThat(memory.spans()).hasSize(2);
    }

    @Test
    void rawFilesLieWhereTheUserSays() {
        byte[] file = random(0x5000, 3);
        holds(new RawLayout.From(0x8000_0000L).read(ImageWriters.source(file)).memory(), 0x8000_0000L, file);
        String iomem = "00001000-00001fff : System RAM\n  00001200-000012ff : Kernel code\n000a0000-000bffff : PCI Bus\n00003000-00003fff : System RAM\n";
        MemoryImage sparse = new RawLayout.Listed(RawLayout.ranges(iomem), false).read(ImageWriters.source(file)).memory();
        holds(sparse, 0x3000, Arrays.copyOfRange(file, 0x3000, 0x4000));
        assertThat(sparse.presence(0x2000)).isEqualTo(Presence.NO_MEMORY);
        MemoryImage packed = new RawLayout.Listed(RawLayout.ranges(iomem), true).read(ImageWriters.source(file)).memory();
        holds(packed, 0x3000, Arrays.copyOfRange(file, 0x1000, 0x2000));
        String log = "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\nBIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved\n";
        assertThat(RawLayout.ranges(log)).containsExactly(new RawLayout.Range(0, 0x9FBFF));
        assertThat(RawLayout.ranges("0x1000-0x1fff\n2000-2fff\n")).hasSize(2);
    }

    @Test
    void qemuPutsTheRestAboveFourGigabytes() {
        assertThat(new RawLayout.Qemu(true).extents(0xB000_0000L - 0x1000)).hasSize(1);
        assertThat(new RawLayout.Qemu(true).extents(0x1_0000_0000L)).containsExactly(new ExtentImage.Extent(0, 0x8000_0000L, 0, 0x8000_0000L),
                new ExtentImage.Extent(0x1_0000_0000L, 0x8000_0000L, 0x8000_0000L, 0x8000_0000L));
        assertThat(new RawLayout.Qemu(false).extents(0x1_0000_0000L).getFirst().sizeBytes()).isEqualTo(0xC000_0000L);
    }

    @Test
    void anyChangeOfAFileEndsInAnImage() {
        byte[] elf = ImageWriters.elf(PARTS, "A=B\n", 7, true);
        byte[] lime = ImageWriters.lime(PARTS);
        for (int round = 0; round < 4000; round++) {
            Random random = new Random(round);
            byte[] file = (round % 2 == 0 ? elf : lime).clone();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                file[random.nextInt(Math.min(file.length, 400))] = (byte) (random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
            }
            byte[] cut = Arrays.copyOf(file, random.nextInt(file.length + 1));
            SavedMachine machine = round % 2 == 0 ? ElfCore.read(ImageWriters.source(cut)) : Lime.read(ImageWriters.source(cut));
            for (MemoryImage.Span span : machine.memory().spans()) {
                assertThat(machine.memory().contains(span.base(), 1)).isTrue();
                machine.memory().readPage(span.base() & -4096, new long[512]);
            }
        }
    }
}
