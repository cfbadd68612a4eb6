package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.tables.CoreFuzz.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the fuzzer found worth keeping, and some hundred changes of what it starts from, end without an exception, each in its target. */
class FuzzCorpusTest {
    private static final Path CORPUS = Path.of(System.getProperty("project.root", ".."), "core/src/test/resources/fuzz");

    private static List<byte[]> saved(Target target) throws IOException {
        List<byte[]> saved = new ArrayList<>();
        try (Stream<Path> files = Files.list(CORPUS.resolve(target.folder()))) {
            for (Path file : files.toList()) {
                saved.add(Files.readAllBytes(file));
            }
        }
        return saved;
    }

    @ParameterizedTest
    @EnumSource
    void theCorpusEnds(Target target) throws IOException {
        List<byte[]> saved = saved(target);
        assertThat(saved).hasSizeGreaterThan(10);
        saved.forEach(target::play);
    }

    @ParameterizedTest
    @EnumSource
    void changedSeedsEnd(Target target) {
        List<byte[]> seeds = FuzzSeeds.of(target);
        for (int round = 0; round < 400; round++) {
            Random random = new Random(round);
            byte[] file = seeds.get(round % seeds.size()).clone();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                if (file.length < Long.BYTES || random.nextBoolean()) {
                    file[random.nextInt(file.length)] = (byte) random.nextInt();
                } else {
                    int at = Math.min(random.nextInt(file.length) & -Long.BYTES, file.length - Long.BYTES);
                    FuzzSeeds.word(file, at, random.nextBoolean() ? random.nextLong(0, 8) << 12 | 3 : random.nextLong() >>> random.nextInt(64));
                }
            }
            target.play(file);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WALK", "MAPPINGS", "SEARCH", "AUDIT"})
    void anyOrdersEnd(Target target) {
        for (int round = 0; round < 1000; round++) {
            Random random = new Random(round);
            byte[] orders = new byte[8 + random.nextInt(200)];
            random.nextBytes(orders);
            target.play(orders);
        }
    }

    @Test
    void towersAndSelfReferencesEndSoon() {
        // Every page of the image is a table whose every entry points to some table of the image: five levels of 512 ways each, over 64 pages.
        Random random = new Random(3);
        for (int flags : new int[] {3, 1}) {
            byte[] memory = new byte[64 * 4096];
            for (int at = 0; at < memory.length; at += 8) {
                FuzzSeeds.word(memory, at, random.nextLong(0, 64) << 12 | flags);
            }
            Target.FILES.play(memory);
        }
    }
}
