package dev.dmarshal.host.params;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The tables themselves. That ranges are in order is checked when they are read. */
class CatalogueTest {

    private final Catalogue catalogue = Catalogue.standard();

    @Test
    void everyRowHasAnEffectAndASourceWithAVersionOrADocument() {
        for (CatalogueRow row : catalogue.rows()) {
            assertThat(row.effect()).as(row.key()).endsWith(".").hasSizeBetween(15, 400);
            assertThat(row.source()).as(row.key()).matches(".*(\\d\\.\\d|\\w\\(\\d\\)|commit ).*");
            row.sets().ifPresent(sets -> assertThat(sets).as(row.key()).matches("[a-z0-9]+=[a-z0-9]+"));
        }
    }

    @Test
    void everyNameIsListedOnceAndHasRows() {
        Set<String> seen = new HashSet<>();
        for (ParameterName name : catalogue.names()) {
            assertThat(seen.add(name.platform() + ParameterName.canonical(name.platform(), name.name()))).as(name.name()).isTrue();
            assertThat(catalogue.rowsOf(name.platform(), name.name())).as(name.name()).isNotEmpty();
        }
        for (CatalogueRow row : catalogue.rows()) {
            assertThat(catalogue.name(row.platform(), row.name()).isPresent()).as(row.key()).isNotEqualTo(row.slip());
        }
    }

    @Test
    void everyAlternativeExists() {
        for (CatalogueRow row : catalogue.rows()) {
            row.narrower().ifPresent(narrower -> assertThat(narrower.startsWith("text:") || catalogue.row(narrower).isPresent())
                    .as("%s -> %s", row.key(), narrower).isTrue());
        }
    }

    @Test
    void slipsSayWhatWasMeant() {
        assertThat(catalogue.rows()).filteredOn(CatalogueRow::slip).isNotEmpty().allSatisfy(row -> assertThat(row.narrower()).isPresent());
    }

    @Test
    void noTwoRowsOfOneFormHoldOnOneRelease() {
        Map<String, List<CatalogueRow>> byKey = new HashMap<>();
        catalogue.rows().forEach(row -> byKey.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row));
        for (List<CatalogueRow> rows : byKey.values()) {
            for (Release release : releases()) {
                long present = rows.stream().filter(row -> row.releases().standing(Optional.of(release)) == Standing.PRESENT).count();
                assertThat(present).as("%s on %s", rows.getFirst().key(), release).isLessThanOrEqualTo(1);
            }
            assertThat(rows.size() == 1 || rows.stream().noneMatch(row -> !row.releases().existed())).as(rows.getFirst().key()).isTrue();
        }
    }

    private static List<Release> releases() {
        List<Release> all = new ArrayList<>();
        for (int major = 2; major <= 8; major++) {
            for (int minor = 0; minor <= 30; minor++) {
                all.add(new Release(major, minor, 0));
                all.add(new Release(major, minor, 18));
                all.add(new Release(major, minor, 32));
            }
        }
        return all;
    }
}
