package dev.dmarshal.doctor.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.acpi.TableFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableAdviceTest {

    private static final Pattern LABEL = Pattern.compile("\"((?:table|dmar|ivrs)-[a-z0-9-]+)\"");
    private static final Path ROOM = Path.of("../core/src/main/java/dev/dmarshal/core/acpi");

    private static Set<String> labelsInCode() throws IOException {
        Set<String> labels = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOM)) {
            for (Path file : files.toList()) {
                Matcher label = LABEL.matcher(Files.readString(file));
                while (label.find()) {
                    labels.add(label.group(1));
                }
            }
        }
        return labels;
    }

    @Test
    void everyFindingHasItsWordsAndEveryRowIsUsed() throws IOException {
        assertThat(TableAdvice.labels()).isEqualTo(labelsInCode());
    }

    @Test
    void everyRowIsComplete() {
        for (String label : TableAdvice.labels()) {
            TableAdvice advice = TableAdvice.of(new TableFinding(label, 0, Map.of()));
            assertThat(Stream.of(advice.title(), advice.why(), advice.linux(), advice.xen(), advice.source())).as(label).noneMatch(String::isBlank);
        }
    }

    @Test
    void holesAreFilledFromTheFinding() {
        assertThat(TableAdvice.of(new TableFinding("dmar-rmrr-overlap", 64, Map.of("range", "0x1000 to 0x1fff", "other", "0x0 to 0x1fff", "at", "0x30")))
                .title()).isEqualTo("The reserved region 0x1000 to 0x1fff overlaps 0x0 to 0x1fff (at offset 0x30)");
    }
}
