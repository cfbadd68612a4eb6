package dev.dmarshal.doctor.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.remedy.Blocks;
import dev.dmarshal.doctor.remedy.Remedies;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table names causes, ways out, states and changes that exist, and leaves no state and no change without a use. */
class TwinTableTest {

    private static final Map<String, Map<String, List<String>>> TABLE = Blocks.read(Prover.class, "twin.txt");

    private static Stream<String> plain() {
        return TABLE.keySet().stream().filter(name -> !name.contains(" "));
    }

    private static List<String> of(String prefix) {
        return TABLE.keySet().stream().filter(name -> name.startsWith(prefix)).map(name -> name.substring(prefix.length())).toList();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Test
    void causesAreThoseOfTheDoctor() {
        assertThat(plain()).isNotEmpty().allMatch(Doctor.labels()::contains);
    }

    @Test
    void waysOutAreThoseOfTheRemedies() {
        assertThat(of("fix ")).isNotEmpty().allMatch(Remedies.table().labels()::contains);
    }

    @Test
    void statesAreHypothesesWithWordsAndEachIsUsed() {
        List<String> hypotheses = Arrays.stream(Hypothesis.values()).map(TwinTableTest::word).toList();
        assertThat(of("state ")).containsExactlyInAnyOrderElementsOf(hypotheses);
        assertThat(plain().flatMap(label -> TABLE.get(label).get("state").stream()).distinct()).containsExactlyInAnyOrderElementsOf(hypotheses);
    }

    @Test
    void changesExistAndEachIsUsed() {
        List<String> changes = Arrays.stream(Change.values()).map(TwinTableTest::word).toList();
        assertThat(of("fix ").stream().map(label -> TABLE.get("fix " + label).get("change").getFirst()).distinct()).isSubsetOf(changes);
        assertThat(of("fix ")).allSatisfy(label -> assertThat(TABLE.get("fix " + label).get("change")).hasSize(1));
    }
}
