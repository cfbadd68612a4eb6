package dev.dmarshal.lab.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.RegisterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rows that {@code docs/spec-map.md} names are there, and nothing that the unit has is without rows. */
class SpecMapTest {

    private static Set<String> inRows(String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return RowReader.all().stream().flatMap(row -> row.statements().stream())
                .flatMap(statement -> wanted.matcher(statement).results().map(found -> found.group(1))).collect(Collectors.toSet());
    }

    @Test
    void everyFaultCodeHasRows() {
        assertThat(inRows("(?:fault|quiet|blocked|no-rights) ([0-9A-F]{2})h"))
                .containsAll(Stream.of(FaultReason.values()).map(reason -> "%02X".formatted(reason.code())).toList());
    }

    @Test
    void everyRegisterHasRows() {
        assertThat(inRows("\\b([A-Z_]{2,})\\b")).containsAll(Stream.of(RegisterName.values()).map(Enum::name).toList());
    }

    @Test
    void everyInvalidationDescriptorHasRows() {
        assertThat(inRows("^queue ([a-z-]+)")).contains("context-cache", "iotlb", "device-tlb", "interrupt-entry", "wait", "pasid-iotlb", "pasid-cache",
                "pasid-device-tlb", "page-group-response", "raw");
    }

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
