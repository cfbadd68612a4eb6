package dev.dmarshal.doctor.remedy;

import static dev.dmarshal.doctor.remedy.Blocks.fill;
import static dev.dmarshal.doctor.remedy.Blocks.one;

import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.finding.Scope;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The reviewed table of ways out ({@code remedies.txt}): looked up by label, filled in with the case's own names. */
public final class Remedies {

    private static final Remedies TABLE = new Remedies(Blocks.read(Remedies.class, "remedies.txt"));

    private final Map<String, Map<String, List<String>>> blocks;

    private Remedies(Map<String, Map<String, List<String>>> blocks) {
        this.blocks = blocks;
    }

    /** The table that comes with the program. */
    public static Remedies table() {
        return TABLE;
    }

    /** All labels. */
    public Set<String> labels() {
        return new TreeSet<>(blocks.keySet());
    }

    /** The fix with this label, its holes filled from {@code words}; a hole without a word is printed as {@code <name>}. */
    public Fix fix(String label, Map<String, String> words) {
        Map<String, List<String>> block = blocks.get(label);
        if (block == null) {
            throw new IllegalArgumentException("no remedy " + label);
        }
        Scope scope = Scope.valueOf(one(label, block, "scope").toUpperCase(Locale.ROOT).replace('-', '_'));
        List<String> commands = block.getOrDefault("command", List.of()).stream().map(line -> fill(line, words)).toList();
        return new Fix(label, scope, fill(one(label, block, "what"), words), commands, fill(one(label, block, "exists"), words),
                fill(one(label, block, "risk"), words), fill(one(label, block, "verify"), words), fill(one(label, block, "undo"), words),
                one(label, block, "source"));
    }
}
