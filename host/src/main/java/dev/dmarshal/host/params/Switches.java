package dev.dmarshal.host.params;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The switches that a command line sets in the end.
 *
 * @param last each switch with what set it last
 */
record Switches(Map<String, Chosen> last) {

    /** A value, the token that chose it, and why it may not hold. */
    record Chosen(String value, Token token, CatalogueRow row, Optional<String> caveat) {

        Setting setting(Setting.State state) {
            return new Setting(caveat.isPresent() ? Setting.State.UNKNOWN : state, caveat.map(why -> row.effect() + " " + why).orElse(row.effect()),
                    Optional.of(token));
        }
    }

    static Switches of(List<TokenReview> tokens) {
        Map<String, Chosen> last = new HashMap<>();
        for (TokenReview review : tokens) {
            for (PartReview part : review.parts()) {
                if (part.verdict() instanceof Verdict.Known(CatalogueRow row, Optional<String> caveat) && row.sets().isPresent()) {
                    String[] pair = row.sets().get().split("=", 2);
                    last.put(pair[0], new Chosen(pair[1], review.token(), row, caveat));
                }
            }
        }
        return new Switches(Map.copyOf(last));
    }

    Optional<Chosen> get(String name) {
        return Optional.ofNullable(last.get(name));
    }

    /** The setting of a switch that has two positions, or the default. */
    Setting choose(String name, String yes, Setting otherwise) {
        return get(name).map(chosen -> chosen.setting(chosen.value().equals(yes) ? Setting.State.YES : Setting.State.NO)).orElse(otherwise);
    }
}
