package dev.dmarshal.doctor.cause.setup;

import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.HostOutline.Boot;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.params.PartReview;
import dev.dmarshal.host.params.Protection;
import dev.dmarshal.host.params.Setting;
import dev.dmarshal.host.params.TokenReview;
import dev.dmarshal.host.params.Verdict;
import dev.dmarshal.host.version.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parameters that do nothing, or something other than what whoever wrote them meant; for every boot that the sources show. */
public final class Parameters implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        Map<String, Claim> claims = new LinkedHashMap<>();
        for (Boot boot : symptoms.host().boots()) {
            boot.commandLine().ifPresent(line -> examine(boot, line, claims));
        }
        return List.copyOf(claims.values());
    }

    private static void examine(Boot boot, CommandLine line, Map<String, Claim> claims) {
        ParameterReview review = boot.version().map(version -> ParameterReview.of(line, version, BuildOptions.UNKNOWN))
                .orElseGet(() -> ParameterReview.ofUnknownVersion(line, BuildOptions.UNKNOWN));
        for (TokenReview token : review.tokens()) {
            for (PartReview part : token.parts()) {
                claim(line.platform(), boot, review, token, part).ifPresent(finding -> claims.putIfAbsent(named(token, part) + finding.build().label(),
                        Claim.of(finding.build())));
            }
        }
    }

    private static Optional<FindingBuilder> claim(Platform line, Boot boot, ParameterReview review, TokenReview token, PartReview part) {
        String raw = named(token, part);
        String where = boot.version().map(version -> " on " + (version.platform() == Platform.LINUX ? "Linux " : "Xen ") + version.text()).orElse("");
        // No pattern switch: its bootstrap costs 5 ms at every start, and this runs at every start.
        if (part.verdict() instanceof Verdict.Misspelt wrong) {
            return Optional.of(new FindingBuilder("parameter-misspelt", raw + " is read by nobody" + where + "; probably meant: " + wrong.suggestion())
                    .severity(Severity.WARNING).confidence(Confidence.CERTAIN).blame(Blame.CONFIGURATION).why(wrong.explanation()).evidence(given(token))
                    .fixes(correct(line, wrong.suggestion())));
        }
        if (part.verdict() instanceof Verdict.IgnoredByThisKernel ignored) {
            return Optional.of(ignored(line, review, token, ignored, raw + " does nothing" + where));
        }
        return part.verdict() instanceof Verdict.Known known && (known.row().protection() == Protection.LOWERS
                || known.row().protection() == Protection.BREAKS_PASSTHROUGH) ? Optional.of(lowers(token, raw, known, where)) : Optional.empty();
    }

    /** The token, or of several pieces the one: {@code quarantine=basic of iommu=}. */
    private static String named(TokenReview token, PartReview part) {
        return token.parts().size() > 1 && part.part().isPresent() ? part.part().get() + " of " + token.token().name() + "=" : token.token().raw();
    }

    private static FindingBuilder ignored(Platform line, ParameterReview review, TokenReview token, Verdict.IgnoredByThisKernel ignored, String title) {
        Setting remapping = review.inForce().dmaRemapping();
        boolean off = remapping.state() != Setting.State.YES;
        // What VT-d does without it can be said for VT-d's own switches only; AMD-Vi has others.
        boolean aboutIommu = token.token().name().equals("intel_iommu") || token.token().name().equals("iommu");
        String consequence = !aboutIommu ? "" : off
                ? " So nothing on this line turns DMA remapping on, and what follows is the build's default: " + remapping.reason()
                + " If devices that faulted before now work, that is because nothing is translated and nothing is"
                        + " protected; no device can be given to a guest."
                : " Remapping itself is asked for by another parameter (" + remapping.token().map(other -> other.raw()).orElse("the default") + ").";
        FindingBuilder finding = new FindingBuilder("parameter-ignored", title).severity(Severity.WARNING).blame(Blame.CONFIGURATION)
                .confidence(ignored.caveat().isEmpty() ? Confidence.CERTAIN : Confidence.LIKELY).why(ignored.explanation() + consequence)
                .evidence(given(token));
        ignored.caveat().ifPresent(finding::counter);
        ignored.instead().ifPresent(instead -> finding.fixes(correct(line, instead)));
        return finding;
    }

    private static FindingBuilder lowers(TokenReview token, String raw, Verdict.Known known, String where) {
        boolean breaks = known.row().protection() == Protection.BREAKS_PASSTHROUGH;
        FindingBuilder finding = new FindingBuilder(breaks ? "parameter-breaks-passthrough" : "parameter-lowers-protection",
                raw + (breaks ? " keeps devices from being given to guests" : " lowers the protection that remapping gives") + where)
                .severity(Severity.NOTE).blame(Blame.CONFIGURATION).confidence(known.caveat().isEmpty() ? Confidence.CERTAIN : Confidence.LIKELY)
                .why(known.row().effect()).evidence(given(token));
        known.caveat().ifPresent(finding::counter);
        known.row().narrower().ifPresent(narrower -> finding.next("A narrower way to the same end: " + narrower.replaceFirst("^(linux|xen):", "")
                .replace("=-", "").replaceAll("\\^$", "")));
        return finding;
    }

    private static Evidence given(TokenReview token) {
        return new Evidence("It is on the command line.", Optional.of(token.token().raw()), Optional.empty());
    }

    /**
     * What to write instead. A parameter that lowers protection is never suggested bare: translation alone comes first, and the parameter only with its cost.
     */
    private static List<Fix> correct(Platform platform, String suggestion) {
        boolean lowers = ParameterReview.ofUnknownVersion(CommandLine.parse(platform, suggestion), BuildOptions.UNKNOWN).tokens().stream()
                .flatMap(token -> token.parts().stream()).anyMatch(part -> part.verdict() instanceof Verdict.Known known && known.row()
                .protection() == Protection.LOWERS);
        if (!lowers) {
            return List.of(Remedies.table().fix("correct-parameter", Map.of("suggestion", suggestion)));
        }
        List<Fix> fixes = new ArrayList<>();
        fixes.add(Remedies.table().fix("correct-parameter", Map.of("suggestion", platform == Platform.LINUX ? "intel_iommu=on" : "iommu=1")));
        if (suggestion.equals("iommu=pt")) {
            fixes.add(Remedies.table().fix("iommu-pt", Map.of()));
        }
        return fixes;
    }
}
