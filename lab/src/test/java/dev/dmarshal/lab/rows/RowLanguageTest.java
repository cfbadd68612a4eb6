package dev.dmarshal.lab.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.unit.CacheSizes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The row language is strict, and a row can fail. */
class RowLanguageTest {

    private static final String HEAD = "section S\nbase legacy48\ndiffers known before 8.2: why\nnever ends from 10.0: why\n";

    private static List<Row> read(String row) {
        return RowReader.read("f", HEAD + row);
    }

    @Test
    void rowsHaveTheirFileSectionBaseAndNotes() {
        Row row = read("# comment\na-row: root.P=0;\n  read 0x1000 => fault 01h [T2] [decided] [qemu-differs known] [qemu-differs ends]\n").getFirst();
        assertThat(row.id()).isEqualTo("f/a-row");
        assertThat(row.line()).isEqualTo(6);
        assertThat(row.section()).isEqualTo("S");
        assertThat(row.statements()).containsExactly("root.P=0", "read 0x1000 => fault 01h");
        assertThat(row.decisions()).containsExactly("T2", "decided");
        assertThat(row.deviations().getFirst().concerns(702)).isTrue();
        assertThat(row.deviations().getFirst().concerns(802)).isFalse();
        assertThat(row.deviations().getLast().concerns(1000)).isTrue();
        assertThat(row.deviations().getLast().never()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"row", "A: read 0 => 0x5000000", "a: read 0 => 0 [X1]", "a: read 0 => 0 [qemu-differs unknown]", "a: read 0 => 0\na: read 0 => 0"})
    void whatIsNoRowIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(RowException.class).hasMessageContaining("f.txt:");
    }

    @Test
    void rowsNeedASectionAndABase() {
        assertThatThrownBy(() -> RowReader.read("f", "a: read 0 => 0x5000000")).isInstanceOf(RowException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: root.P=0", "a: read 0x1000", "a: read 16 => 0", "a: read 0x1000 quickly => 0x5001000", "a: read 0x1000 => fault 1",
        "a: read 0x1000 => 0x5001000 surely", "a: root.Q=0; read 0 => 0", "a: root.P=2; read 0 => 0", "a: roof.P=0; read 0 => 0", "a: FSTX is 0",
        "a: FSTS.XYZ is 0", "a: command XX; FSTS is 0", "a: queue nothing; FSTS is 0", "a: queue iotlb Z=1; FSTS is 0", "a: FSTS is 0 0",
        "a: read @nowhere => 0x5000000", "a: msi 5 => somewhere", "a: page-request 0 => lost", "a: root.bit128=1; read 0 => 0", "a: sent something",
        "a: hello; FSTS is 0", "a: cap.XX=1; FSTS is 0", "a: memory @root; FSTS is 0", "a: read 0x1000 => fault 05h [T4"})
    void whatIsNotUnderstoodIsRefused(String text) {
        assertThatThrownBy(() -> read(text).forEach(RowCompiler::compile)).isInstanceOf(RowException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read 0x1000 => 0x5002000", "read 0x1000 => fault 06h", "ss1.word0=0; read 0x1000 => fault 05h", "ss1.word0=0; read 0x1000 =>"
            + " quiet 06h",
        "context.FPD=1; ss1.word0=0; read 0x1000 => fault 06h", "read 0x1000 => blocked", "read 0x1000 => 0x5001000 r-", "read 0x1000 => 0x5001000 page 2M",
        "read 0x1000 => interrupt", "msi 5 => vector 0x42 to 3", "msi 5 => vector 0x41 to 4", "msi 5 => vector 0x41 to 3 level", "msi 5 => passed",
        "msi 6 => quiet 22h", "msi 5 => posted", "GSTS is 0", "memory @root is 0", "ss1.A is 1", "sent fault-event 0xfee00000 0", "device was told nothing",
        "page-request 0x1000 => queued", "translate 0x1000 => no-rights 06h", "translate 0x1000 => untranslated-only"})
    void aWrongRowFails(String statements) {
        assertThat(UnitPlayer.play(RowCompiler.compile(read("a: " + statements).getFirst()), CacheSizes.DEFAULT)).isNotEmpty();
    }

    @Test
    void aRightRowPasses() {
        Row row = read("a: read 0x1000 => 0x5001000; ss1.word0=0; write 0x2000 => 0x5002000").getFirst();
        assertThat(UnitPlayer.play(RowCompiler.compile(row), CacheSizes.DEFAULT)).isEmpty();
    }
}
