package dev.dmarshal.doctor.cause;

import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.remedy.Blocks;
import dev.dmarshal.doctor.remedy.Remedies;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The reviewed table {@code causes.txt}: what each cause is called, why it faults, what would speak against it, which ways out it has and what to capture next.
 */
public final class Narratives {

    private static final Map<String, Map<String, List<String>>> TABLE = Blocks.read(Narratives.class, "causes.txt");

    private Narratives() {
    }

    /** All labels. */
    public static Set<String> labels() {
        return TABLE.keySet();
    }

    /** Begins a finding with everything that the table says of it; evidence and device are the caller's. */
    public static FindingBuilder begin(String label, Confidence confidence, Map<String, String> words) {
        Map<String, List<String>> block = TABLE.get(label);
        if (block == null) {
            throw new IllegalArgumentException("causes.txt lacks " + label);
        }
        FindingBuilder finding = new FindingBuilder(label, Blocks.fill(Blocks.one(label, block, "title"), words)).confidence(confidence)
                .blame(Blame.valueOf(Blocks.one(label, block, "blame").toUpperCase(Locale.ROOT)))
                .why(Blocks.fill(Blocks.one(label, block, "why"), words));
        block.getOrDefault("severity", List.of()).forEach(word -> finding.severity(Severity.valueOf(word.toUpperCase(Locale.ROOT))));
        block.getOrDefault("counter", List.of()).forEach(text -> finding.counter(Blocks.fill(text, words)));
        block.getOrDefault("next", List.of()).forEach(text -> finding.next(Blocks.fill(text, words)));
        block.getOrDefault("fix", List.of()).forEach(fix -> finding.fix(Remedies.table().fix(fix, words)));
        return finding;
    }
}
