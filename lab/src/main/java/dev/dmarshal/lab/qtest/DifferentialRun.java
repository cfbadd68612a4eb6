package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.compare.KnownDifferences;
import dev.dmarshal.lab.compare.Tally;
import dev.dmarshal.lab.generate.ScenarioGenerator;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The long mode of the differential test, from the command line (see {@link RunOptions#USAGE}). Ends with 0 if nothing differs, 1 if something does
 * that no row of {@code qemu-differences.txt} explains, 2 if the command line is wrong.
 */
public final class DifferentialRun {

    private static final int FAILURES_SHOWN = 20;

    private final RunOptions options;
    private final QemuProgram program;

    private DifferentialRun(RunOptions options) {
        this.options = options;
        this.program = options.qemu().map(QemuProgram::of).or(() -> QemuProgram.find(System.getenv("PATH")))
                .orElseThrow(() -> new QtestException("no " + QemuProgram.NAME + " on PATH"));
    }

    /** Runs it. */
    public static void main(String... arguments) throws IOException {
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
        if (options.replay().isPresent()) {
            replay(options.replay().get());
            return 0;
        }
        System.out.println("QEMU " + program.version() + ", variant " + options.variant() + ", seed " + options.seed());
        return options.against().isPresent() ? compare(QemuProgram.of(options.against().get())) : observe();
    }

    private void replay(Path file) throws IOException {
        Scenario scenario = ScenarioText.parse(Files.readString(file));
        try (QemuExecutor qemu = QemuExecutor.start(program, scenario.variant())) {
            for (Observation observation : qemu.play(scenario)) {
                System.out.println(ScenarioText.print(scenario.steps().get(observation.step())) + "\n  " + observation);
            }
        }
    }

    /** Plays on QEMU alone: shows what the scenarios reach, and how fast. */
    private int observe() {
        Tally tally = new Tally();
        ScenarioGenerator generator = new ScenarioGenerator(options.variant(), options.seed());
        long start = System.nanoTime();
        try (QemuExecutor qemu = QemuExecutor.start(program, options.variant())) {
            for (int number = 0; tally.probes() < options.probes(); number++) {
                Scenario scenario = generator.scenario(number, options.each());
                tally.add(scenario, qemu.play(scenario));
            }
        }
        System.out.print(tally);
        speed(tally, start);
        return 0;
    }

    private int compare(QemuProgram otherProgram) throws IOException {
        KnownDifferences known = KnownDifferences.load();
        ScenarioGenerator generator = new ScenarioGenerator(options.variant(), options.seed());
        int failures = 0;
        try (QemuExecutor qemu = QemuExecutor.start(program, options.variant());
                QemuExecutor other = QemuExecutor.start(otherProgram, options.variant())) {
            System.out.println("against " + other.describe());
            Differential differential = new Differential(qemu, other, known);
            long start = System.nanoTime();
            for (int number = 0; differential.tally().probes() < options.probes(); number++) {
                Optional<Differential.Failure> failure = differential.play(generator.scenario(number, options.each()));
                if (failure.isPresent() && failures++ < FAILURES_SHOWN) {
                    System.out.println(failure.get().report());
                    save(failure.get().scenario());
                }
            }
            System.out.print(differential.tally());
            speed(differential.tally(), start);
        }
        known.used().forEach((id, times) -> System.out.printf("%8d row %s%s%n", times, id, times == 0 ? " NEVER USED" : ""));
        System.out.println(failures + " scenarios differ");
        return failures == 0 ? 0 : 1;
    }

    private void save(Scenario scenario) throws IOException {
        if (options.save().isPresent()) {
            Path folder = Files.createDirectories(options.save().get());
            Path file = folder.resolve(scenario.name().replace('/', '-') + ".txt");
            Files.writeString(file, ScenarioText.print(scenario));
            System.out.println("saved as " + file);
        }
    }

    private static void speed(Tally tally, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%d probes in %.1f s: %.0f probes/s%n", tally.probes(), seconds, tally.probes() / seconds);
    }
}
