package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the types of two stages come to: as a processor combines the type of a page (PAT) with that of an MTRR, whose place the second stage's EMT takes
 * (Intel SDM volume 3, "Effective Page-Level Memory Types"). The combinations that the SDM advises against (WC with WT or WP, WT with WP, WP with UC- or WT)
 * are left out.
 */
class MemoryTypesTest {
    private static final Map<String, Integer> CODES = Map.of("UC", 0, "WC", 1, "WT", 4, "WP", 5, "WB", 6, "UC-", 7);
    private static final String[] PAGE = {"UC", "UC-", "WC", "WT", "WB", "WP"};
    private static final String[][] EFFECTIVE = {
        {"UC", "UC", "UC", "WC", "UC", "UC", "UC"},
        {"WC", "UC", "WC", "WC", "", "WC", ""},
        {"WT", "UC", "UC", "WC", "WT", "WT", ""},
        {"WB", "UC", "UC", "WC", "WT", "WB", "WP"},
        {"WP", "UC", "", "WC", "", "WP", "WP"}};

    @Test
    void bothStages() {
        for (String[] row : EFFECTIVE) {
            for (int column = 0; column < PAGE.length; column++) {
                if (!row[column + 1].isEmpty()) {
                    assertThat(MemoryTypes.combined(CODES.get(PAGE[column]), CODES.get(row[0]))).as("page %s, second stage %s", PAGE[column], row[0])
                            .isEqualTo(CODES.get(row[column + 1]).longValue());
                }
            }
        }
    }

    /** The type replaces the one that is in a mapping, and nothing else of it. */
    @Test
    void mappingsKeepTheRest() {
        long mapping = Mapping.of(0x7000, Mapping.READ, 0) | Mapping.SNOOP;
        long throughPage = MemoryTypes.secondStage(mapping, 0x9003 | 4 << 3);
        assertThat(throughPage).isEqualTo(mapping & ~(7L << Mapping.TYPE_SHIFT) | 4L << Mapping.TYPE_SHIFT);
        long combining = MemoryTypes.secondStage(mapping, 0x9003 | 1 << 3);
        assertThat(MemoryTypes.nested(mapping, combining, throughPage)).isEqualTo(combining);
        assertThat(MemoryTypes.nested(mapping, mapping, throughPage)).isEqualTo(throughPage);
    }

    /** What the SDM advises against, and encodings that mean nothing: the stricter type (decision T39). */
    @Test
    void unclearOnes() {
        assertThat(MemoryTypes.combined(4, 5)).isEqualTo(4);
        assertThat(MemoryTypes.combined(5, 4)).isEqualTo(4);
        assertThat(MemoryTypes.combined(4, 1)).isZero();
        assertThat(MemoryTypes.combined(5, 1)).isZero();
        assertThat(MemoryTypes.combined(7, 5)).isZero();
        for (int reserved : new int[] {2, 3}) {
            for (int type : new int[] {4, 5}) {
                assertThat(MemoryTypes.combined(reserved, type)).isZero();
                assertThat(MemoryTypes.combined(type, reserved)).isZero();
            }
        }
    }
}
