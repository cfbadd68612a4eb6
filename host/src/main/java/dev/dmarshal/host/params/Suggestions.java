package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what a word was probably meant to be. */
final class Suggestions {

    private static final int SHORTEST_NAME = 5;
    private static final int LONG_WORD = 6;

    private final Catalogue catalogue;
    private final Platform platform;
    private final Optional<Release> release;

    Suggestions(Catalogue catalogue, Platform platform, Optional<Release> release) {
        this.catalogue = catalogue;
        this.platform = platform;
        this.release = release;
    }

    /** A parameter whose name is like this one. Short names are like too many things, so nothing is suggested for them. */
    Optional<String> name(String name) {
        String canonical = ParameterName.canonical(platform, name);
        if (canonical.length() < SHORTEST_NAME) {
            return Optional.empty();
        }
        // Likeness first: whether a name is usable here means taking its rows apart, and few names are like.
        return nearest(canonical, catalogue.names().stream().filter(known -> known.platform() == platform && known.kind() != ParameterName.Kind.FOREIGN)
                .map(ParameterName::name), true);
    }

    /** A value of the parameter that is like this one, as it would be written. */
    Optional<String> value(ParameterName parameter, String value) {
        int equals = value.indexOf('=');
        String head = equals > 0 ? value.substring(0, equals) : value;
        String tail = equals > 0 ? value.substring(equals) : "";
        if (platform == Platform.XEN && equals > 0 && known(parameter, head) && ValueForm.XEN_NO.contains(tail.substring(1))) {
            return Optional.of(parameter.name() + "=no-" + head);
        }
        if (platform == Platform.XEN && equals > 0 && known(parameter, head) && ValueForm.XEN_YES.contains(tail.substring(1))) {
            return Optional.of(parameter.name() + "=" + head);
        }
        return nearest(head, catalogue.rowsOf(platform, parameter.name()).stream()
                .filter(this::usable)
                .flatMap(row -> row.valueForm().example().stream()), false)
                .map(found -> parameter.name() + "=" + found + tail)
                .filter(written -> !written.equals(parameter.name() + "=" + value));
    }

    private boolean known(ParameterName parameter, String word) {
        return catalogue.rowsOf(platform, parameter.name()).stream().filter(this::usable)
                .anyMatch(row -> row.valueForm().fit(Optional.of(word), release) > 0);
    }

    private boolean usable(String name) {
        return catalogue.rowsOf(platform, name).stream().anyMatch(this::usable);
    }

    private boolean usable(CatalogueRow row) {
        Standing standing = row.releases().standing(release);
        return standing == Standing.PRESENT || standing == Standing.UNSURE;
    }

    private Optional<String> nearest(String word, Stream<String> candidates, boolean names) {
        int limit = word.length() >= LONG_WORD ? 2 : 1;
        return candidates
                .map(candidate -> new Scored(candidate, EditDistance.between(word, names ? ParameterName.canonical(platform, candidate) : candidate, limit)))
                .filter(scored -> scored.distance <= limit && (!names || usable(scored.word)))
                .min((one, other) -> Integer.compare(one.distance, other.distance))
                .map(Scored::word);
    }

    private record Scored(String word, int distance) {
    }
}
