package dev.dmarshal.lab.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rows that {@code docs/spec-map.md} names are there. */
class SpecMapTest {

    @Test
    void namesRowsThatExist() throws IOException {
        Path map = Path.of("..").resolve("docs/spec-map.md");
        Set<String> rows = RowReader.all().stream().map(Row::id).collect(Collectors.toSet());
        Set<String> files = rows.stream().map(id -> id.substring(0, id.indexOf('/'))).collect(Collectors.toSet());
        Set<String> named = Pattern.compile("`([a-z0-9-]+/[a-z0-9-]+)`").matcher(Files.readString(map)).results().map((MatchResult found) -> found.group(1))
                .filter(id -> files.contains(id.substring(0, id.indexOf('/')))).collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).hasSizeGreaterThan(40);
        assertThat(rows).containsAll(named);
    }
}
