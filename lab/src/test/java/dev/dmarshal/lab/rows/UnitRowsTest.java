package dev.dmarshal.lab.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.unit.CacheSizes;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every row of the specification tables on the model, one test a row. */
class UnitRowsTest {

    @TestFactory
    Stream<DynamicTest> rows() {
        return RowReader.all().stream().map(row -> DynamicTest.dynamicTest(row.id(),
                () -> assertThat(UnitPlayer.play(RowCompiler.compile(row), CacheSizes.DEFAULT)).as("line %d: %s", row.line(), row.section()).isEmpty()));
    }

    /** Without translation caches nothing is stale: rows that rest on it come out different, all others the same. */
    @TestFactory
    Stream<DynamicTest> rowsWithoutCaches() {
        return RowReader.all().stream().map(row -> DynamicTest.dynamicTest(row.id(),
                () -> assertThat(UnitPlayer.play(RowCompiler.compile(row), CacheSizes.NONE).isEmpty())
                .as("line %d of %s comes out the same without caches", row.line(), row.id()).isEqualTo(!row.stale())));
    }

    @Test
    void thereAreAsManyAsThereShouldBe() {
        assertThat(RowReader.all()).hasSizeGreaterThanOrEqualTo(1100);
    }
}
