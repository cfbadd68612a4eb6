package dev.dmarshal.host.params;

import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.RunningVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives each token its verdicts, then lets later tokens overrule earlier ones. */
final class Reviewer {

    /** parameq instead of strncmp and strcmp: absent in 3.1.3, present in 3.10.105 (init/main.c obsolete_checksetup, do_early_param). */
    private static final VersionRange DASHES_EQUAL_EVERYWHERE = VersionRange.parse("3.1<3.10", "-");
    /** {@code no-iommu} of a custom parameter is handed on as the value "no": absent in 4.4.0, present in 4.5.0 (xen/common/kernel.c). */
    private static final VersionRange XEN_NO_CUSTOM = VersionRange.parse("4.5", "-");

    /** Parameters with dozens of values of which the catalogue has only those that bear on passthrough: a value that is not in it is no mistake. */
    private static final Set<String> OPEN_LISTS = Set.of("pci", "pcie_aspm", "pcie_port_pm");

    private final Catalogue catalogue;
    private final Platform platform;
    private final Optional<RunningVersion> version;
    private final Optional<Release> release;
    private final Suggestions suggestions;

    Reviewer(Catalogue catalogue, Platform platform, Optional<RunningVersion> version) {
        this.catalogue = catalogue;
        this.platform = platform;
        this.version = version;
        this.release = version.map(RunningVersion::release);
        this.suggestions = new Suggestions(catalogue, platform, release);
    }

    List<TokenReview> review(CommandLine line) {
        List<TokenReview> reviews = new ArrayList<>();
        line.tokens().forEach(token -> reviews.add(new TokenReview(token, parts(token))));
        return overrule(reviews);
    }

    private List<PartReview> parts(Token token) {
        if (token.handedOn() || "--".equals(token.raw())) {
            return List.of(new PartReview(token.value(), handedOn(token)));
        }
        Token read = withoutNo(token);
        Optional<Verdict> slip = catalogue.rowsOf(platform, read.name()).stream().filter(CatalogueRow::slip).findFirst().map(this::slip);
        if (slip.isPresent()) {
            return List.of(new PartReview(token.value(), slip.get()));
        }
        Optional<ParameterName> found = catalogue.name(platform, read.name());
        if (found.isEmpty()) {
            return List.of(new PartReview(token.value(), unknownName(read.name())));
        }
        ParameterName name = found.get();
        Optional<Verdict> otherDashes = dashes(name, read.name());
        if (otherDashes.isPresent()) {
            return List.of(new PartReview(token.value(), otherDashes.get()));
        }
        List<PartReview> parts = new ArrayList<>();
        for (Optional<String> piece : pieces(name, read.value())) {
            parts.add(new PartReview(token.value().isEmpty() ? token.value() : piece, verdict(name, piece)));
        }
        return parts;
    }

    private Verdict handedOn(Token token) {
        if (catalogue.name(platform, token.name()).isEmpty()) {
            return new Verdict.NotAboutPassthrough();
        }
        String reader = platform == Platform.LINUX ? "init" : "dom0's kernel";
        return new Verdict.IgnoredByThisKernel(Verdict.Why.HANDED_ON, "It stands behind \"--\" and is handed to " + reader + ".", Optional.empty(),
                Optional.empty());
    }

    /**
     * Xen takes {@code no-} off any parameter. For boolean ones it means no; for others it is the value "no" on later releases, and on earlier ones it is
     * lost, so that {@code no-iommu} there reads as the bare word {@code iommu}.
     */
    private Token withoutNo(Token token) {
        if (platform != Platform.XEN || !token.name().startsWith("no-") || token.value().isPresent()) {
            return token;
        }
        String name = token.name().substring("no-".length());
        boolean lost = "iommu".equals(name) && XEN_NO_CUSTOM.standing(release) == Standing.NOT_YET;
        return new Token(token.index(), token.offset(), token.raw(), name, lost ? Optional.empty() : Optional.of("no"), token.handedOn());
    }

    private Verdict slip(CatalogueRow row) {
        return new Verdict.Misspelt(row.narrower().map(this::written).orElse(row.name()), row.effect());
    }

    private Verdict unknownName(String name) {
        return suggestions.name(name)
                .map(near -> (Verdict) new Verdict.Misspelt(near, "Nothing reads a parameter of the name " + name + "."))
                .orElse(new Verdict.NotAboutPassthrough());
    }

    /** Old kernels equate dashes and underscores in names of module parameters only. */
    private Optional<Verdict> dashes(ParameterName name, String written) {
        boolean equated = name.name().equals(written) || name.kind() == ParameterName.Kind.MODULE || name.kind() == ParameterName.Kind.FOREIGN;
        if (equated || DASHES_EQUAL_EVERYWHERE.standing(release) != Standing.NOT_YET) {
            return Optional.empty();
        }
        return Optional.of(new Verdict.Misspelt(name.name(),
                "Kernels of this age tell dashes from underscores in the names of parameters that are not a module's."));
    }

    private static List<Optional<String>> pieces(ParameterName name, Optional<String> value) {
        if (!name.commaList() || value.isEmpty()) {
            return List.of(value);
        }
        List<Optional<String>> pieces = new ArrayList<>();
        for (String piece : value.get().split(",")) {
            if (!piece.isEmpty()) {
                pieces.add(Optional.of(piece));
            }
        }
        return pieces.isEmpty() ? List.of(value) : pieces;
    }

    private Verdict verdict(ParameterName name, Optional<String> piece) {
        CatalogueRow best = null;
        int bestScore = 0;
        for (CatalogueRow row : catalogue.rowsOf(platform, name.name())) {
            int fit = row.valueForm().fit(piece, release);
            Standing standing = row.releases().standing(release);
            int score = fit == 0 ? 0 : fit + 10_000 * rank(standing);
            // Where one meaning gave way to another at an uncertain release, the later one speaks: it sets the switch, with its caveat.
            if (score > bestScore || score == bestScore && score > 0 && standing == Standing.UNSURE) {
                best = row;
                bestScore = score;
            }
        }
        return best == null ? unknownValue(name, piece) : verdict(best);
    }

    /** A row that holds beats one that may hold, and that beats the reasons for silence. */
    private static int rank(Standing standing) {
        return switch (standing) {
            case PRESENT -> 3;
            case UNSURE -> 2;
            case NOT_YET, NO_LONGER -> 1;
            case NEVER -> 1;
        };
    }

    private Verdict verdict(CatalogueRow row) {
        return switch (row.releases().standing(release)) {
            case PRESENT -> new Verdict.Known(row, vendorCaveat(row));
            case UNSURE -> new Verdict.Known(row, Optional.of(unsure(row)));
            case NOT_YET -> ignored(row, Verdict.Why.NOT_YET, row.releases().since().map(edge -> "It came later, " + when(edge) + ".").orElse(""));
            case NO_LONGER -> ignored(row, Verdict.Why.NO_LONGER, row.releases().until().map(edge -> "It went " + when(edge) + ".").orElse(""));
            case NEVER -> ignored(row, Verdict.Why.NEVER_EXISTED, "");
        };
    }

    private Verdict ignored(CatalogueRow row, Verdict.Why why, String when) {
        Optional<String> instead = why == Verdict.Why.NOT_YET ? Optional.empty() : row.narrower().map(this::written);
        String explanation = why == Verdict.Why.NEVER_EXISTED ? row.effect() : when + " Where it exists: " + row.effect();
        return new Verdict.IgnoredByThisKernel(why, explanation, instead, ignoredCaveat(row, why));
    }

    private Optional<String> ignoredCaveat(CatalogueRow row, Verdict.Why why) {
        boolean patched = version.filter(running -> running instanceof KernelVersion kernel && kernel.vendor().patchesAcsOverride()).isPresent();
        if (patched && "pcie_acs_override".equals(row.name())) {
            return Optional.of("This is a vendor kernel that usually carries the patch: there the groups do split, and isolation is only pretended.");
        }
        boolean changed = why == Verdict.Why.NOT_YET || why == Verdict.Why.NO_LONGER;
        Optional<VersionRange.Edge> edge = why == Verdict.Why.NOT_YET ? row.releases().since() : row.releases().until();
        return changed && backported() ? edge.map(at -> "In mainline the change is at " + at + "; this is a vendor kernel, which may carry it back.")
                : Optional.empty();
    }

    private Optional<String> vendorCaveat(CatalogueRow row) {
        // A change that a vendor carries back can only have ended or replaced what the mainline release still has.
        boolean mayHaveEnded = backported() && row.releases().until().isPresent();
        return mayHaveEnded ? row.releases().until().map(edge ->
                "Mainline changes this at " + edge + "; this is a vendor kernel, which may carry the change back.") : Optional.empty();
    }

    private String unsure(CatalogueRow row) {
        List<String> edges = new ArrayList<>();
        row.releases().since().ifPresent(edge -> edges.add("it came " + when(edge)));
        row.releases().until().ifPresent(edge -> edges.add("it went " + when(edge)));
        return (release.isEmpty() ? "The version is not known: " : "Not certain on this release: ") + String.join(", ", edges) + ".";
    }

    private static String when(VersionRange.Edge edge) {
        return (edge.before().isPresent() ? "" : "with ") + edge;
    }

    private boolean backported() {
        return version.filter(RunningVersion::backported).isPresent();
    }

    private Verdict unknownValue(ParameterName name, Optional<String> piece) {
        String value = piece.orElse("");
        Optional<String> near = suggestions.value(name, value);
        if (near.isPresent()) {
            return new Verdict.Misspelt(near.get(), name.name() + " has no value " + value + " and ignores it.");
        }
        if (OPEN_LISTS.contains(name.name())) {
            return new Verdict.NotAboutPassthrough();
        }
        String explanation = piece.isEmpty() ? name.name() + " needs a value and does nothing without one."
                : "The catalogue knows no " + name.name() + " with the value " + value + ": it is ignored.";
        return new Verdict.IgnoredByThisKernel(Verdict.Why.UNKNOWN_VALUE, explanation, Optional.empty(),
                backported() ? Optional.of("This is a vendor kernel, which may have values of its own.") : Optional.empty());
    }

    private String written(String narrower) {
        return narrower.startsWith("text:") ? narrower.substring("text:".length())
                : catalogue.row(narrower).map(CatalogueRow::written).orElse(narrower);
    }

    /**
     * Lets what is obeyed later overrule what is obeyed earlier. Linux obeys all early parameters before all others, whatever their place
     * (init/main.c parse_early_param), so that intel_iommu=strict beats iommu.strict=0 on either side of it.
     */
    private List<TokenReview> overrule(List<TokenReview> reviews) {
        Map<String, Decided> decided = new HashMap<>();
        List<TokenReview> result = new ArrayList<>(reviews);
        for (boolean early : new boolean[] {false, true}) {
            for (int i = reviews.size() - 1; i >= 0; i--) {
                if (isEarly(reviews.get(i).token()) == early) {
                    result.set(i, overrule(reviews.get(i), decided));
                }
            }
        }
        return result;
    }

    private boolean isEarly(Token token) {
        return catalogue.name(platform, token.name()).filter(name -> name.kind() == ParameterName.Kind.EARLY).isPresent();
    }

    private TokenReview overrule(TokenReview review, Map<String, Decided> decided) {
        List<PartReview> parts = new ArrayList<>(review.parts());
        for (int j = parts.size() - 1; j >= 0; j--) {
            if (parts.get(j).verdict() instanceof Verdict.Known(CatalogueRow row, Optional<String> caveat)) {
                Decided here = new Decided(row, review.token());
                Decided later = decided.putIfAbsent(subject(row), here);
                if (later != null && overrules(later, here)) {
                    parts.set(j, new PartReview(parts.get(j).part(), new Verdict.KnownButOverridden(row, later.token)));
                }
            }
        }
        return new TokenReview(review.token(), parts);
    }

    /** What a row decides about: its switch if it has one, the whole parameter if only its last occurrence counts, otherwise just itself. */
    private String subject(CatalogueRow row) {
        return row.sets().map(sets -> "switch:" + sets.substring(0, sets.indexOf('=')))
                .orElseGet(() -> lastWins(row) ? "parameter:" + row.name() : "row:" + row.key());
    }

    private boolean overrules(Decided later, Decided earlier) {
        boolean replaced = lastWins(earlier.row) && later.row.name().equals(earlier.row.name()) && later.token.index() != earlier.token.index();
        return replaced || !later.row.sets().equals(earlier.row.sets());
    }

    private boolean lastWins(CatalogueRow row) {
        return catalogue.name(row.platform(), row.name()).filter(ParameterName::lastWins).isPresent();
    }

    private record Decided(CatalogueRow row, Token token) {
    }
}
