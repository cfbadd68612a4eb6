package dev.dmarshal.bench.pci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.lspci.LspciWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random configuration spaces, decoded by the real lspci and by us: no field may differ. {@code -Dseed=} replays; {@code -Dlab=required} forbids the skip. */
class LspciDifferentialTest {

    private static final int RUNS = 4;
    private static final int FUNCTIONS = 60;
    private static final int LEAST_FIELDS = 15_000;

    @TempDir
    private Path folder;

    @Test
    void lspciReadsWhatWeRead() throws Exception {
        if (!LspciRun.installed()) {
            assertThat(System.getProperty("lab")).as("lspci is needed: install pciutils").isNotEqualTo("required");
            Assumptions.abort("no lspci here");
        }
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        Tally tally = new Tally();
        for (int run = 0; run < RUNS; run++) {
            Path dump = folder.resolve("random-" + run + ".txt");
            RandomSpaces spaces = new RandomSpaces(new Random(seed + run));
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < FUNCTIONS; i++) {
                text.append(LspciWriter.write(new Sbdf(0, run, i / 8, i % 8), "random", spaces.next()));
            }
            Files.writeString(dump, text);
            assertThat(PciScore.compare(tally, dump)).as("lspci takes the dump of -Dseed=%d", seed).isTrue();
        }
        assertThat(tally.differences()).as("-Dseed=%d", seed).isEmpty();
        assertThat(tally.unread()).as("values that were not looked up, -Dseed=%d", seed).isEmpty();
        assertThat(tally.fields()).isGreaterThan(LEAST_FIELDS);
        assertThat(tally.functions()).isEqualTo(RUNS * FUNCTIONS);
    }
}
