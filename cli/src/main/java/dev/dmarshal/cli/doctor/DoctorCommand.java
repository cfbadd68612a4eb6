package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.host.Survey;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.policy.HostTwin;
import dev.dmarshal.doctor.policy.KernelFacts;
import dev.dmarshal.doctor.policy.LinuxPolicy;
import dev.dmarshal.doctor.policy.Situation;
import dev.dmarshal.doctor.twin.Proof;
import dev.dmarshal.doctor.twin.Proved;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.SourceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal doctor}: sources in, causes and fixes out. */
public final class DoctorCommand implements Command {

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Reads logs, captures or this host, and says what happened, to which device, why, and what to do about it, narrowest"
                + " way first.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/doctor-1.json).").build());
        spec.addOption(OptionSpec.builder("--prove").type(boolean.class).description("Play each cause and each way out on a model of the remapping hardware:"
                + " say"
                + " what it shows, and leave out ways that do not help.").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("SOURCE").arity("0..*").type(List.class).auxiliaryTypes(Path.class)
                // Picocli's own converter calls Path.of by reflection, which spins method handles at every start.
                .converters((String text) -> Path.of(text))
                .description("A log (plain, gzip, zstd or xz; - for standard input) or a directory with a host's files. Without any: this host.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        List<Path> sources = arguments.matchedPositionalValue(0, List.of());
        Examination examination = new Examination();
        int unreadable = 0;
        if (sources.isEmpty()) {
            examination.thisMachine();
        }
        for (Path source : sources) {
            if (source.toString().equals("-")) {
                examination.log("standard input", System.in);
            } else if (Files.isReadable(source)) {
                examination.source(source);
            } else {
                unreadable++;
                err.println("dmarshal: " + source + ": " + (Files.exists(source) ? "cannot be read" : "no such file or directory"));
            }
        }
        if (unreadable > 0 && unreadable == sources.size()) {
            return Exit.UNMEASURED;
        }
        Diagnosis diagnosis = Doctor.examine(examination.symptoms());
        boolean json = arguments.matchedOptionValue("--json", false);
        if (!arguments.matchedOptionValue("--prove", false)) {
            return report(diagnosis, List.of(), json, out, unreadable > 0);
        }
        Proved proved = hostOf(sources).map(host -> Proved.of(diagnosis, twin(host, diagnosis)::scene)).orElseGet(() -> Proved.of(diagnosis));
        return report(proved.diagnosis(), proved.proofs(), json, out, unreadable > 0);
    }

    /** The one source that is a host and not only a log; none where there are several. */
    private static Optional<HostRoot> hostOf(List<Path> sources) {
        if (sources.isEmpty()) {
            return Optional.of(HostRoot.ofThisMachine());
        }
        List<HostRoot> hosts = sources.stream().filter(source -> HostRoot.kind(source).present().filter(kind -> kind != SourceKind.LOG).isPresent())
                .map(source -> HostRoot.open(source).present()).flatMap(Optional::stream).toList();
        return hosts.size() == 1 && !Survey.of(hosts.getFirst()).functions().isEmpty() ? Optional.of(hosts.getFirst()) : Optional.empty();
    }

    private static HostTwin twin(HostRoot host, Diagnosis diagnosis) {
        Situation now = Situation.of(Survey.of(host), KernelFacts.of(host));
        return HostTwin.of(now, LinuxPolicy.of(now, now.kernel()), diagnosis.symptoms().reserved().map());
    }

    /** Prints a diagnosis; gives the exit code. @param proofs one for each finding, or none */
    static int report(Diagnosis diagnosis, List<Proof> proofs, boolean json, PrintWriter out, boolean partly) throws IOException {
        if (json) {
            DiagnosisJson.write(diagnosis, proofs, out);
        } else {
            new DiagnosisText(Page.forTerminal(), proofs).write(diagnosis).print(out);
        }
        if (diagnosis.trouble()) {
            return Exit.FINDINGS;
        }
        return diagnosis.unmeasured() || partly ? Exit.UNMEASURED : Exit.FINE;
    }
}
