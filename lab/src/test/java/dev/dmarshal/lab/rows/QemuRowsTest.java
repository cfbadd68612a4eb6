package dev.dmarshal.lab.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.dmarshal.lab.qtest.Lab;
import dev.dmarshal.lab.qtest.QemuExecutor;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The rows of the specification tables on QEMU, as far as its machine can play them. A row that names a way in which this version of QEMU differs has to come
 * out different, so that it is noticed when QEMU changes.
 */
class QemuRowsTest {

    /** Rows that a QEMU without first-stage tables (7.2) plays at least: fewer would mean that rows are left out by mistake. */
    private static final int AT_LEAST = 480;
    /** As {@link #AT_LEAST}, of a QEMU that has them. */
    private static final int AT_LEAST_WITH_FIRST_STAGE = 490;
    private static final Map<Seat, QemuExecutor> MACHINES = new HashMap<>();

    private record Seat(QemuProgram program, Variant variant) {
    }

    @AfterAll
    static void close() {
        MACHINES.values().forEach(QemuExecutor::close);
        MACHINES.clear();
    }

    @TestFactory
    List<DynamicContainer> rows() {
        return Lab.qemus().stream().map(program -> dynamicContainer("QEMU " + program.version(), rows(program))).toList();
    }

    private static List<DynamicTest> rows(QemuProgram program) {
        int version = program.major() * 100 + program.minor();
        List<DynamicTest> tests = new ArrayList<>();
        Map<String, Integer> leftOut = new TreeMap<>();
        for (Row row : RowReader.all()) {
            RowCompiler.Compiled compiled = RowCompiler.compile(row);
            boolean never = row.deviations().stream().anyMatch(known -> known.never() && known.concerns(version));
            try {
                QemuPlayer player = QemuPlayer.of(compiled);
                Variant variant = compiled.variant().orElseThrow();
                if (never || !QemuExecutor.offers(program, variant)) {
                    leftOut.merge(never ? "QEMU would end" : "QEMU has no unit " + variant, 1, Integer::sum);
                } else {
                    tests.add(dynamicTest(row.id(), () -> play(program, row, variant, player, version)));
                }
            } catch (QemuPlayer.NotPlayable e) {
                leftOut.merge(e.getMessage(), 1, Integer::sum);
            }
        }
        System.out.println("rows on QEMU " + program.version() + ": " + tests.size() + "; left out " + leftOut);
        int played = tests.size();
        int wanted = QemuExecutor.offers(program, Variant.FIRST_STAGE) ? AT_LEAST_WITH_FIRST_STAGE : AT_LEAST;
        tests.add(dynamicTest("enough rows are played", () -> assertThat(played).isGreaterThanOrEqualTo(wanted)));
        return tests;
    }

    private static void play(QemuProgram program, Row row, Variant variant, QemuPlayer player, int version) {
        List<String> wrong = player.play(MACHINES.computeIfAbsent(new Seat(program, variant), seat -> QemuExecutor.start(seat.program, seat.variant)));
        List<Deviation> known = row.deviations().stream().filter(deviation -> deviation.concerns(version)).toList();
        if (known.isEmpty()) {
            assertThat(wrong).as("line %d on QEMU %s", row.line(), program.version()).isEmpty();
        } else {
            assertThat(wrong).as("line %d is to differ on QEMU %s: %s", row.line(), program.version(), known).isNotEmpty();
        }
    }
}
