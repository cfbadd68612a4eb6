package dev.dmarshal.host.params;

import dev.dmarshal.host.version.RunningVersion;
import java.util.List;
import java.util.Optional;

/**
 * A command line, token by token, and what is in force.
 *
 * @param tokens one review for each token, in order
 * @param inForce what follows for the host
 */
public record ParameterReview(List<TokenReview> tokens, InForce inForce) {

    /** Keeps an own copy of the list. */
    public ParameterReview {
        tokens = List.copyOf(tokens);
    }

    /**
     * Reviews a command line for the version that reads it.
     *
     * @throws IllegalArgumentException if the version is Linux's and the line Xen's, or the other way round
     */
    public static ParameterReview of(CommandLine line, RunningVersion version, BuildOptions options) {
        if (line.platform() != version.platform()) {
            throw new IllegalArgumentException("a line of " + line.platform() + " with a version of " + version.platform());
        }
        return review(line, Optional.of(version), options);
    }

    /** Reviews a command line when the version is not known: what depends on the version then carries a caveat. */
    public static ParameterReview ofUnknownVersion(CommandLine line, BuildOptions options) {
        return review(line, Optional.empty(), options);
    }

    private static ParameterReview review(CommandLine line, Optional<RunningVersion> version, BuildOptions options) {
        List<TokenReview> tokens = new Reviewer(Catalogue.standard(), line.platform(), version).review(line);
        return new ParameterReview(tokens, Defaults.of(line.platform(), version, options).overriddenBy(Switches.of(tokens)));
    }
}
