package dev.dmarshal.host.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.Remark;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives that mean harm, or were harmed. */
class ArchiveReaderTest {

    private static final Limits SMALL = new Limits(1000, 4096, 8192, 200_000, 1 << 20, 100, 64 << 10);

    @TempDir
    private Path folder;

    private static ArchiveReader read(byte[] tar, MemoryTree tree) {
        ArchiveReader reader = new ArchiveReader(tree, SMALL, false);
        reader.read(new ByteArrayInputStream(tar));
        return reader;
    }

    private static List<String> labels(ArchiveReader reader) {
        return reader.remarks().stream().map(Remark::label).toList();
    }

    private HostRoot open(String name, byte[] bytes) throws IOException {
        return HostRoot.open(Files.write(folder.resolve(name), bytes)).present().orElseThrow();
    }

    private static String text(MemoryTree tree, String path) {
        return tree.bytes(path, 4096).present().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("none");
    }

    @Test
    void namesThatLeadOutArePassedOver() {
        MemoryTree tree = new MemoryTree();
        ArchiveReader reader = read(new TarBytes().file("../../etc/passwd", "x").file("/etc/passwd", "x").file("a/../../b", "x").file("", "x")
                .file("good", "yes")
                .bytes(), tree);
        assertThat(tree.list("/").present().orElseThrow()).containsExactly("good");
        assertThat(labels(reader)).containsExactly("archive-unsafe-names");
        assertThat(reader.remarks().getFirst().text()).startsWith("4 ");
    }

    @Test
    void linksSeeNothingOutsideAndNoFileIsPutThroughOne() throws IOException {
        Files.writeString(folder.resolve("secret"), "secret");
        MemoryTree tree = new MemoryTree();
        ArchiveReader reader = read(new TarBytes().link("up", "../../../../../../../.." + folder + "/secret").link("straight", folder + "/secret")
                .link("etc", "/tmp")
                .file("etc/planted", "x").link("a", "b").link("b", "a").entry('1', "hard", "up", new byte[0], 0).bytes(), tree);
        assertThat(tree.bytes("/up", 99)).isInstanceOf(Reading.Denied.class);
        assertThat(tree.bytes("/straight", 99)).isInstanceOf(Reading.Denied.class);
        assertThat(tree.bytes("/a", 99)).isInstanceOf(Reading.Malformed.class);
        assertThat(tree.has("/etc/planted")).isFalse();
        assertThat(tree.has("/hard")).isFalse();
        assertThat(labels(reader)).containsExactlyInAnyOrder("archive-odd-entries", "archive-duplicates");
    }

    @Test
    void devicesPipesAndUnknownEntriesAreNoFiles() {
        MemoryTree tree = new MemoryTree();
        ArchiveReader reader = read(new TarBytes().entry('3', "null", "", new byte[0], 0).entry('4', "disk", "", new byte[0], 0)
                .entry('6', "pipe", "", new byte[0], 0)
                .entry('Z', "odd", "", new byte[512], 512).file("good", "yes").bytes(), tree);
        assertThat(tree.list("/").present().orElseThrow()).containsExactly("good");
        assertThat(reader.remarks().getFirst().text()).startsWith("4 ");
        assertThat(reader.whole()).isTrue();
    }

    @Test
    void theFirstOfTwoEntriesOfOneNameCounts() {
        MemoryTree tree = new MemoryTree();
        ArchiveReader reader = read(new TarBytes().file("a", "first").file("a", "second").file("./a", "third").link("a", "b").file("a/b", "x").bytes(), tree);
        assertThat(text(tree, "/a")).isEqualTo("first");
        assertThat(labels(reader)).containsExactly("archive-duplicates");
    }

    @Test
    void countsAndBytesAreBounded() {
        TarBytes many = new TarBytes();
        for (int i = 0; i < 1500; i++) {
            many.folder("d" + i);
        }
        MemoryTree tree = new MemoryTree();
        ArchiveReader counted = read(many.bytes(), tree);
        assertThat(labels(counted)).containsExactly("archive-limit");
        assertThat(tree.list("/").present().orElseThrow()).hasSize(1000);
        TarBytes heavy = new TarBytes();
        for (int i = 0; i < 100; i++) {
            heavy.file("f" + i, "x".repeat(4000));
        }
        ArchiveReader weighed = read(heavy.bytes(), new MemoryTree());
        assertThat(labels(weighed)).containsExactly("archive-limit");
        assertThat(weighed.whole()).isFalse();
    }

    @Test
    void aFileThatIsTooLargeCouldNotBeMeasured() {
        MemoryTree tree = new MemoryTree();
        ArchiveReader reader = read(new TarBytes().file("big", "x".repeat(5000)).file("dmesg", "y".repeat(9000)).file("good", "yes").bytes(), tree);
        assertThat(tree.bytes("/big", 10)).isInstanceOf(Reading.Denied.class);
        assertThat(tree.bytes("/dmesg", 10_000).present().orElseThrow()).hasSize(8192);
        assertThat(text(tree, "/good")).isEqualTo("yes");
        assertThat(labels(reader)).containsExactly("archive-large-files");
    }

    @Test
    void sizesThatLieEndTheReading() {
        for (byte[] tar : List.of(new TarBytes().file("good", "yes").entry('0', "long", "", new byte[512], 077777777777L).bytes(),
                new TarBytes().file("good", "yes").entry('x', "pax", "", new byte[512], 1 << 30).bytes(),
                new TarBytes().file("good", "yes").entry('L', "gnu", "", new byte[512], 1 << 30).bytes())) {
            MemoryTree tree = new MemoryTree();
            ArchiveReader reader = read(tar, tree);
            assertThat(text(tree, "/good")).isEqualTo("yes");
            assertThat(reader.whole()).isFalse();
        }
        byte[] negative = new TarBytes().file("good", "yes").bytes();
        negative[124] = (byte) 0xff;
        assertThat(labels(read(negative, new MemoryTree()))).containsExactly("archive-damaged");
    }

    @Test
    void longNamesOfPaxAndGnuAreRead() {
        String name = "n".repeat(120);
        MemoryTree tree = new MemoryTree();
        String record = "path=" + name + "\n";
        String pax = (record.length() + 4) + " " + record;
        read(new TarBytes().file("unused", "x").entry('x', "pax", "", pax.getBytes(StandardCharsets.US_ASCII), pax.length()).file("short", "by pax")
                .entry('L', "gnu", "", ("g" + name + "\0").getBytes(StandardCharsets.US_ASCII), 122).file("short", "by gnu").bytes(), tree);
        assertThat(text(tree, "/" + name)).isEqualTo("by pax");
        assertThat(text(tree, "/g" + name)).isEqualTo("by gnu");
    }

    @Test
    @Timeout(120)
    void bombsAreLeftUnexploded() throws IOException {
        for (String name : List.of("bomb.tar.zst", "bomb.tar.gz")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = name.endsWith("gz") ? new GZIPOutputStream(bytes) : new ZstdOutputStream(bytes)) {
                out.write(new TarBytes().file("proc/cmdline", "quiet").entry('0', "proc/zeros", "", new byte[0], 0x3fffffffL).open());
                byte[] zeros = new byte[1 << 20];
                for (int i = 0; i < 1024; i++) {
                    out.write(zeros);
                }
            }
            HostRoot host = open(name, bytes.toByteArray());
            assertThat(host.text("/proc/cmdline").present()).contains("quiet");
            assertThat(host.remarks()).isNotEmpty();
        }
    }

    @Test
    void theRatioIsBounded() throws IOException {
        byte[] packed = Zstd.compress(new byte[1 << 20]);
        Bounded.Counted counted = new Bounded.Counted(new ByteArrayInputStream(packed));
        try (InputStream in = new Bounded(new ZstdInputStream(counted), counted, SMALL)) {
            assertThat(catchThrowable(in::readAllBytes)).isInstanceOf(Bounded.LimitReached.class);
        }
    }

    @Test
    void aCutArchiveKeepsWhatWasBeforeTheCutAndKnowsNothingOfTheRest() throws IOException {
        byte[] tar = new TarBytes().file("proc/cmdline", "quiet").file("proc/mounts", "x".repeat(3000)).bytes();
        for (int length = 1024; length < tar.length - 1024; length += 400) {
            HostRoot host = open("cut" + length + ".tar", Arrays.copyOf(tar, length));
            assertThat(host.text("/proc/cmdline").present()).contains("quiet");
            assertThat(host.text("/proc/mounts")).isInstanceOf(Reading.Denied.class);
            assertThat(host.remarks()).extracting(Remark::label).contains("archive-damaged");
        }
    }

    @Test
    void anyBytesBehindAnHonestStartEndInAnAnswer() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        Random random = new Random(seed);
        byte[] honest = new TarBytes().file("a/b", "x".repeat(700)).link("l", "a").folder("d").file("e", "y").bytes();
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = honest.clone();
            for (int i = random.nextInt(6); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemoryTree tree = new MemoryTree();
            ArchiveReader reader = read(bytes, tree);
            Optional<List<String>> names = tree.list("/").present();
            assertThat(names).as("seed %d round %d", seed, round).isPresent();
            assertThat(reader.whole() || !reader.remarks().isEmpty()).as("seed %d round %d", seed, round).isTrue();
        }
    }
}
