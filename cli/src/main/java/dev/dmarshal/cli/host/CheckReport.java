package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.doctor.PrerequisiteLines;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.boot.BootFinding;
import dev.dmarshal.host.boot.BootReader;
import dev.dmarshal.host.boot.BootReview;
import dev.dmarshal.host.boot.BootSetup;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.iommu.BuildConfig;
import dev.dmarshal.host.iommu.GuestPrerequisites;
import dev.dmarshal.host.iommu.HostCheck;
import dev.dmarshal.host.iommu.IommuStanding;
import dev.dmarshal.host.iommu.KnownHardware;
import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.params.PartReview;
import dev.dmarshal.host.params.TokenReview;
import dev.dmarshal.host.params.Verdict;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.XenVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code dmarshal check} says of one machine.
 *
 * @param source        what was read
 * @param remarks       what is to be known about the source
 * @param standing      the IOMMU
 * @param prerequisites what else guests need
 * @param boot          the boot loader
 * @param bootFindings  what is not as it is probably meant
 * @param parameters    what each parameter in force does that bears on passthrough
 * @param hardware      what is known of the board and chipset
 */
public record CheckReport(String source, List<String> remarks, IommuStanding standing, List<HostCheck> prerequisites, BootSetup boot,
        List<BootFinding> bootFindings, List<Parameter> parameters, KnownHardware hardware) {

    /**
     * A parameter in force.
     *
     * @param reader  who reads it: {@code linux}, which on a dom0 is dom0's kernel, or {@code xen}
     * @param word    as it is written
     * @param verdict {@code does}, {@code ignored}, {@code overridden} or {@code misspelt}
     * @param says    what it does
     */
    record Parameter(String reader, String word, String verdict, String says) {
    }

    /** @param lines what the logs at hand say of prerequisites */
    static CheckReport of(HostRoot host, List<PrerequisiteLines> lines) {
        BootSetup boot = BootReader.read(host);
        List<Parameter> parameters = new ArrayList<>();
        boot.inForce().ifPresent(line -> {
            Optional<KernelVersion> version = host.text("/proc/sys/kernel/osrelease").present().flatMap(KernelVersion::parse);
            BuildConfig build = BuildConfig.of(host);
            ParameterReview review = version.map(known -> ParameterReview.of(line, known, build.options()))
                    .orElseGet(() -> ParameterReview.ofUnknownVersion(line, build.options()));
            review.tokens().forEach(token -> parameters("linux", token, parameters));
        });
        xen(host, parameters);
        return new CheckReport(host.name(), host.remarks().stream().map(remark -> remark.text()).toList(), IommuStanding.of(host),
                withLines(GuestPrerequisites.of(host), lines), boot,
                BootReview.of(boot), parameters, KnownHardware.of(host));
    }

    /**
     * Each line at the check that it touches. What was looked at on the host stays as it was answered, for a log can be older; what could not be looked at
     * is answered by a line that says what is missing, and by none that is harmless; what nobody looks at on a host gets a check of its own.
     */
    private static List<HostCheck> withLines(List<HostCheck> checks, List<PrerequisiteLines> lines) {
        List<HostCheck> all = new ArrayList<>(checks);
        for (PrerequisiteLines line : lines) {
            String shown = line.evidence().at().map(at -> at + ": ").orElse("") + line.evidence().line().orElse("");
            String says = line.finding().title() + " (dmarshal doctor: " + line.finding().label() + ")";
            int there = all.stream().map(HostCheck::label).toList().indexOf(line.check());
            if (there < 0) {
                all.add(new HostCheck(line.check(), line.harmless() ? Answer.PASS : Answer.FAIL, says + ".", List.of(shown)));
                continue;
            }
            HostCheck looked = all.get(there);
            List<String> evidence = new ArrayList<>(looked.evidence());
            evidence.add(shown);
            boolean answers = looked.answer() == Answer.UNMEASURED && !line.harmless();
            all.set(there, new HostCheck(looked.label(), answers ? Answer.FAIL : looked.answer(), answers ? says + "."
                    : looked.says() + " The log: " + says + ".", evidence));
        }
        return all;
    }

    /** Xen's own line, which only its tool tells. */
    private static void xen(HostRoot host, List<Parameter> into) {
        Optional<String> info = host.output(HostCommand.XL_INFO).present().map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        Optional<CommandLine> line = info.flatMap(text -> field(text, "xen_commandline")).map(text -> CommandLine.parse(Platform.XEN, text));
        Optional<XenVersion> version = info.flatMap(text -> field(text, "xen_version")).flatMap(XenVersion::parse);
        line.map(words -> version.map(known -> ParameterReview.of(words, known, BuildOptions.UNKNOWN))
                .orElseGet(() -> ParameterReview.ofUnknownVersion(words, BuildOptions.UNKNOWN)))
                .ifPresent(review -> review.tokens().forEach(token -> parameters("xen", token, into)));
    }

    private static Optional<String> field(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name) && line.contains(":")).map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst();
    }

    private static void parameters(String reader, TokenReview token, List<Parameter> into) {
        for (PartReview part : token.parts()) {
            String word = token.parts().size() > 1 ? token.token().name() + "=" + part.part().orElse("") : token.token().raw();
            switch (part.verdict()) {
                case Verdict.Known known -> into.add(new Parameter(reader, word, "does", known.row().effect() + known.caveat().map(caveat -> " " + caveat)
                        .orElse("")));
                case Verdict.IgnoredByThisKernel ignored -> into.add(new Parameter(reader, word, "ignored", ignored.explanation()
                        + ignored.instead().map(instead -> " Probably meant: " + instead + ".").orElse("")));
                case Verdict.KnownButOverridden overridden -> into.add(new Parameter(reader, word, "overridden", "A later one decides: " + overridden.by().raw()
                        + "."));
                case Verdict.Misspelt misspelt -> into.add(new Parameter(reader, word, "misspelt", misspelt.explanation() + " Probably meant: "
                        + misspelt.suggestion() + "."));
                case Verdict.NotAboutPassthrough none -> {
                }
            }
        }
    }

    /** Everything that was looked at, but the boot loader. */
    List<HostCheck> checks() {
        List<HostCheck> all = new ArrayList<>(List.of(standing.remapping(), standing.interrupts()));
        all.addAll(prerequisites);
        return all;
    }

    /** Findings before what is missing: what is known to be wrong stays wrong. A cause counts only where it is why remapping is off. */
    int code() {
        boolean wrong = checks().stream().anyMatch(check -> check.answer() == Answer.FAIL) || !bootFindings.isEmpty()
                || parameters.stream().anyMatch(parameter -> parameter.verdict().equals("ignored") || parameter.verdict().equals("misspelt"));
        boolean missing = checks().stream().anyMatch(check -> check.answer() == Answer.UNMEASURED) || !boot.unmeasured().isEmpty();
        return wrong ? Exit.FINDINGS : missing ? Exit.UNMEASURED : Exit.FINE;
    }
}
