package dev.dmarshal.lab.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every row of the specification tables on the model, one test a row. */
class UnitRowsTest {

    @TestFactory
    Stream<DynamicTest> rows() {
        return RowReader.all().stream().map(row -> DynamicTest.dynamicTest(row.id(),
                () -> assertThat(UnitPlayer.play(RowCompiler.compile(row))).as("line %d: %s", row.line(), row.section()).isEmpty()));
    }

    @Test
    void thereAreAsManyAsThereShouldBe() {
        assertThat(RowReader.all()).hasSizeGreaterThanOrEqualTo(1100);
    }
}
