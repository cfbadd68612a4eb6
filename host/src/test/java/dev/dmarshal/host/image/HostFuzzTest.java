package dev.dmarshal.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.image.HostFuzz.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the fuzzer found worth keeping, and some hundred changes of what it starts from, end without an exception, each in its target. */
class HostFuzzTest {
    private static final Path CORPUS = Path.of(System.getProperty("project.root", ".."), "host/src/test/resources/fuzz");

    @ParameterizedTest
    @EnumSource
    void theCorpusEnds(Target target) throws IOException {
        List<byte[]> saved = new ArrayList<>();
        try (Stream<Path> files = Files.list(CORPUS.resolve(target.folder()))) {
            for (Path file : files.toList()) {
                saved.add(Files.readAllBytes(file));
            }
        }
        assertThat(saved).hasSizeGreaterThan(10);
        saved.forEach(target::play);
    }

    @ParameterizedTest
    @EnumSource
    void changedSeedsEnd(Target target) {
        List<byte[]> seeds = HostFuzzSeeds.of(target);
        for (int round = 0; round < 400; round++) {
            Random random = new Random(round);
            byte[] file = seeds.get(round % seeds.size()).clone();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                file[random.nextInt(file.length)] = (byte) random.nextInt();
            }
            target.play(file);
        }
    }
}
