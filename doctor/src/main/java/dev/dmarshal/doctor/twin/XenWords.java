package dev.dmarshal.doctor.twin;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Xen's command line as a version reads it (xen/drivers/passthrough/iommu.c and xen/common/kernel.c).
 *
 * @param release which version; empty if not known: then everything that any version reads is read
 * @param tokens  the words for Xen itself
 */
record XenWords(Optional<Release> release, List<Token> tokens) {

    private static final Set<String> NO = Set.of("0", "off", "no", "false", "disable");
    private static final Set<String> YES = Set.of("1", "on", "yes", "true", "enable");
    private static final Release ON_BY_DEFAULT = new Release(4, 0, 0);
    /** {@code word=yes} in a list (parse_boolean); before it only {@code word} and {@code no-word}. */
    private static final Release VALUES_IN_LISTS = new Release(4, 12, 0);

    static XenWords of(Optional<Release> release, Optional<CommandLine> line) {
        return new XenWords(release, line.map(CommandLine::tokens).orElse(List.of()).stream().filter(token -> !token.handedOn()).toList());
    }

    /** Whether the version is this one or later; an unknown one is not. */
    boolean atLeast(Release other) {
        return release.filter(known -> known.atLeast(other)).isPresent();
    }

    /** Whether the IOMMU is used if there is one: on by default since 4.0; before, any {@code iommu=} turned it on. */
    Optional<Boolean> translating() {
        if (tokens.stream().anyMatch(token -> token.name().equals("no-iommu"))) {
            return Optional.of(false);
        }
        List<String> parts = parts("iommu");
        Optional<Boolean> asked = parts.stream().filter(part -> NO.contains(part) || YES.contains(part)).reduce((earlier, later) -> later).map(YES::contains);
        return asked.or(() -> release.map(known -> known.atLeast(ON_BY_DEFAULT) || !parts.isEmpty()));
    }

    /** A boolean parameter: {@code name}, {@code no-name} or {@code name=yes}. */
    Optional<Boolean> flag(String name) {
        return tokens.stream().filter(token -> token.name().equals(name) || token.name().equals("no-" + name))
                .reduce((earlier, later) -> later).map(token -> token.name().equals(name) && !NO.contains(token.value().orElse("")));
    }

    /** The last setting of a word in a comma-separated parameter. */
    Optional<Boolean> item(String parameter, String word) {
        return parts(parameter).stream().map(part -> setting(part, word)).flatMap(Optional::stream).reduce((earlier, later) -> later);
    }

    /** Whether a comma-separated parameter has this part, letter by letter. */
    boolean has(String parameter, String part) {
        return parts(parameter).contains(part);
    }

    private Optional<Boolean> setting(String part, String word) {
        if (part.equals(word) || part.equals("no-" + word)) {
            return Optional.of(part.equals(word));
        }
        String value = part.startsWith(word + "=") ? part.substring(word.length() + 1) : "";
        boolean read = release.isEmpty() || atLeast(VALUES_IN_LISTS);
        return read && (NO.contains(value) || YES.contains(value)) ? Optional.of(YES.contains(value)) : Optional.empty();
    }

    private List<String> parts(String parameter) {
        List<String> parts = new ArrayList<>();
        tokens.stream().filter(token -> token.name().equals(parameter)).forEach(token -> parts.addAll(List.of(token.value().orElse("").split(","))));
        return parts;
    }
}
