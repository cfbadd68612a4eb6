package dev.dmarshal.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of traps names tests that are there. */
class TrapTableTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*Test)\\.(\\w+)`");
    private static final int TRAPS = 20;

    @Test
    void everyTrapHasTestsThatAreThere() throws IOException {
        List<String> rows = Files.readAllLines(ROOT.resolve("docs/traps.md")).stream().filter(line -> line.matches("\\| [0-9]+ \\|.*")).toList();
        assertThat(rows).hasSize(TRAPS);
        Map<String, String> sources = sources();
        for (int at = 0; at < TRAPS; at++) {
            assertThat(rows.get(at)).startsWith("| " + (at + 1) + " |");
            Matcher named = NAMED.matcher(rows.get(at));
            List<String> tests = new ArrayList<>();
            while (named.find()) {
                tests.add(named.group());
                assertThat(sources.getOrDefault(named.group(1), "")).as(named.group()).containsPattern("@(?:Parameterized)?Test[^}]*?\\bvoid "
                        + named.group(2) + "\\(");
            }
            assertThat(tests).as(rows.get(at)).isNotEmpty();
        }
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String room : List.of("core", "host", "doctor", "passthrough", "cli")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(room + "/src/test/java"))) {
                for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }
}
