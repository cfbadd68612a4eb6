package dev.dmarshal.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every declared wording reads what it writes, and the scanner finds its kind. */
class WordingsTest {

    private static Map<String, String> fields(Wording wording, Random random) {
        Map<String, String> fields = new HashMap<>();
        boolean behindHole = false;
        for (Wording.Part part : wording.parts()) {
            String lead = behindHole ? " " : "";
            behindHole = part instanceof Wording.Hole;
            if (part instanceof Wording.Hole hole) {
                fields.put(hole.name(), switch (hole.type()) {
                    case HEX -> Integer.toHexString(random.nextInt(1 << 20));
                    case DEC -> Integer.toString(random.nextInt(100_000));
                    case WORD -> "w" + random.nextInt(1000);
                    case BDF -> "0000:0" + random.nextInt(10) + ":1" + random.nextInt(10) + "." + random.nextInt(8);
                    case ANY -> lead + "q" + random.nextInt(1000);
                });
            }
        }
        return fields;
    }

    @Test
    void parseOfRenderIsTheSame() {
        SeededCases.run(20, random -> {
            for (Wording wording : Wordings.all()) {
                Map<String, String> fields = fields(wording, random);
                String line = wording.render(fields);
                assertThat(wording.parse(line)).as("%s from %s", line, wording.text()).contains(fields);
            }
        });
    }

    @Test
    void theScannerFindsAKindForEveryWording() {
        SeededCases.run(5, random -> {
            for (Wording wording : Wordings.all()) {
                String line = wording.render(fields(wording, random));
                Collected log = Collected.of("[    1.000000] " + line);
                assertThat(log.messages).as("%s of %s", line, wording).hasSize(1);
                MessageKind found = log.messages.getFirst().kind();
                assertThat(found.ordinal() == wording.kind().ordinal() || shadowed(wording, line)).as("%s is %s, not %s", line, found, wording.kind()).isTrue();
            }
        });
    }

    /** Whether a wording that was declared before this one fits the line as well: then that one is right, by the rule of the order. */
    private static boolean shadowed(Wording wording, String line) {
        for (Wording other : Wordings.all()) {
            if (other == wording) {
                return false;
            }
            if (other.parse(line).isPresent()) {
                return true;
            }
        }
        return false;
    }

    @Test
    void everyKindButTheCatchAllHasAWordingAndASource() {
        for (MessageKind kind : MessageKind.values()) {
            assertThat(kind.wordings().isEmpty()).as(kind.name()).isEqualTo(kind == MessageKind.DEVICE_OTHER);
            assertThat(kind.wordings()).allSatisfy(wording -> assertThat(wording.source()).isNotBlank());
        }
    }
}
