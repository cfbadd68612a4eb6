package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every label in the code has a text, and every text a label in the code. */
class FindingTextsTest {
    private static final Pattern LABEL = Pattern.compile("(?:TableFinding\\.of|zones)\\((?:[^;]*?, )?\"([a-z]+(?:-[a-z]+)+)\"|new"
            + " Zone\\([^;]*?\"([a-z]+(?:-[a-z]+)+)\"");

    @Test
    void labelsAndTextsBelongTogether() throws IOException {
        Path root = Path.of(System.getProperty("project.root", ".."));
        Set<String> used = new TreeSet<>();
        for (String room : new String[] {"core/src/main/java/dev/dmarshal/core/tables", "host/src/main/java/dev/dmarshal/host/image",
            "cli/src/main/java/dev/dmarshal/cli"}) {
            try (Stream<Path> files = Files.walk(root.resolve(room))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    LABEL.matcher(Files.readString(file)).results().forEach(match -> used.add(match.group(1) != null ? match.group(1) : match.group(2)));
                }
            }
        }
        assertThat(used).isEqualTo(new TreeSet<>(FindingTexts.all().keySet()));
    }
}
