package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.compare.KnownDifferences;
import dev.dmarshal.lab.generate.ScenarioGenerator;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The long mode of the differential test, from the command line (see {@link RunOptions#USAGE}). Ends with 0 if nothing differs, 1 if something does
 * that no row of {@code qemu-differences.txt} explains or QEMU ends by itself, 2 if the command line is wrong.
 */
public final class DifferentialRun {

    private static final int FAILURES_SHOWN = 20;
    /** So often QEMU may end by itself before a unit is given up. */
    private static final int ENDS_BORNE = 20;

    private final RunOptions options;
    private final QemuProgram program;
    private final Map<String, Integer> rows = new LinkedHashMap<>();
    private int probes;
    private int failures;
    private int staleAnswers;
    private int sharedDomains;
    private int aftermaths;
    private int otherBits;
    private boolean complete = true;

    private DifferentialRun(RunOptions options) {
        this.options = options;
        this.program = options.qemu().map(QemuProgram::of).or(() -> QemuProgram.find(System.getenv("PATH")))
                .orElseThrow(() -> new QtestException("no " + QemuProgram.NAME + " on PATH"));
    }

    /** Runs it. */
    public static void main(String... arguments) throws IOException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(RunOptions.USAGE);
            return;
        }
        RunOptions options;
        try {
            options = RunOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(RunOptions.USAGE);
            System.exit(2);
            return;
        }
        System.exit(new DifferentialRun(options).run());
    }

    private int run() throws IOException {
        System.out.println("QEMU " + program.version() + ", seed " + options.seed());
        if (options.replay().isPresent()) {
            replay(ScenarioText.parse(Files.readString(options.replay().get())));
        } else if (options.number().isPresent()) {
            replay(new ScenarioGenerator(options.variants().getFirst(), options.seed()).scenario(options.number().getAsInt(), options.each()));
        } else {
            long start = System.nanoTime();
            for (Variant variant : offered()) {
                compare(variant, options.probes() / offered().size());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("%d probes in %.1f s: %.0f probes/s%n", probes, seconds, probes / seconds);
        }
        summary();
        return failures == 0 ? 0 : 1;
    }

    private List<Variant> offered() {
        List<Variant> offered = new ArrayList<>();
        for (Variant variant : options.variants()) {
            if (QemuExecutor.offers(program, variant)) {
                offered.add(variant);
            }
        }
        if (offered.isEmpty()) {
            throw new QtestException("QEMU " + program.version() + " offers none of " + options.variants());
        }
        return offered;
    }

    /** Plays one scenario, shows what QEMU saw at each step, then compares. */
    private void replay(Scenario scenario) throws IOException {
        try (QemuExecutor qemu = QemuExecutor.start(program, scenario.variant())) {
            for (Observation observation : qemu.play(scenario)) {
                System.out.println(observation.step() + ": " + ScenarioText.print(scenario.steps().get(observation.step())) + "\n  " + observation);
            }
            Differential differential = new Differential(qemu);
            play(differential, scenario);
            count(differential);
        }
    }

    private void compare(Variant variant, int wanted) throws IOException {
        ScenarioGenerator generator = new ScenarioGenerator(variant, options.seed());
        int number = 0;
        int done = 0;
        for (int ends = 0; done < wanted && ends <= ENDS_BORNE; ends++) {
            try (QemuExecutor qemu = QemuExecutor.start(program, variant)) {
                Differential differential = new Differential(qemu);
                while (done + differential.tally().probes() < wanted && playOrEnd(differential, generator.scenario(number++, options.each()))) {
                    // The next scenario.
                }
                done += differential.tally().probes();
                System.out.println(variant + ", " + differential.tally().probes() + " probes; QEMU was seen to do:");
                System.out.print(differential.tally());
                count(differential);
            }
        }
        complete &= done >= wanted;
    }

    /** Plays a scenario; false if QEMU did not live through it, which is a failure like a difference. A new one goes on with the next scenario. */
    private boolean playOrEnd(Differential differential, Scenario scenario) throws IOException {
        try {
            play(differential, scenario);
            return true;
        } catch (QtestException ended) {
            System.out.println("scenario " + scenario.name() + " (" + scenario.variant() + "): " + ended.getMessage());
            failures++;
            save(scenario);
            return false;
        }
    }

    private void play(Differential differential, Scenario scenario) throws IOException {
        Optional<Differential.Failure> failure = differential.play(scenario);
        if (failure.isPresent() && failures++ < FAILURES_SHOWN) {
            System.out.println(failure.get().report());
            save(scenario);
        }
    }

    private void count(Differential differential) {
        KnownDifferences known = differential.known();
        probes += differential.tally().probes();
        staleAnswers += known.staleAnswers();
        sharedDomains += known.sharedDomains();
        aftermaths += known.aftermaths();
        otherBits += known.otherBits();
        known.concerning().forEach(row -> rows.merge(row.id(), known.used().get(row.id()), Integer::sum));
    }

    private void summary() {
        rows.forEach((id, times) -> System.out.printf("%8d row %s%s%n", times, id, times == 0 ? " NEVER USED" : ""));
        System.out.printf("%8d stale answers that differ, each by entries that a cache may hold%n", staleAnswers);
        System.out.printf("%8d answers of the unit from the tables of another function with the same domain-id%n", sharedDomains);
        System.out.printf("%8d fault fields not compared in the aftermath of an explained difference%n", aftermaths);
        System.out.printf("%8d accessed or dirty bits that differ in an entry that a cache may have kept one side from reading%n", otherBits);
        System.out.println(failures + " scenarios differ without explanation" + (complete ? "" : "; not all probes were made, QEMU ended too often"));
    }

    private void save(Scenario scenario) throws IOException {
        if (options.save().isPresent()) {
            Path folder = Files.createDirectories(options.save().get());
            Path file = folder.resolve(scenario.name().replace('/', '-') + ".txt");
            Files.writeString(file, ScenarioText.print(scenario));
            System.out.println("saved as " + file);
        }
    }
}
