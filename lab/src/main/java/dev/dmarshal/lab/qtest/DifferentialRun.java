package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.compare.Tally;
import dev.dmarshal.lab.generate.ScenarioGenerator;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** The long mode. */
public final class DifferentialRun {
    private DifferentialRun() {
    }

    /** Runs. */
    public static void main(String[] args) {
        Variant variant = Variant.of(args[0]);
        int probes = Integer.parseInt(args[1]);
        long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextLong() >>> 1;
        QemuProgram program = args.length > 3 ? QemuProgram.of(Path.of(args[3])) : QemuProgram.find(System.getenv("PATH")).orElseThrow();
        ScenarioGenerator generator = new ScenarioGenerator(variant, seed);
        Tally tally = new Tally();
        long start = System.nanoTime();
        try (QemuExecutor qemu = QemuExecutor.start(program, variant)) {
            for (int i = 0; tally.probes() < probes; i++) {
                Scenario scenario = generator.scenario(i, 60);
                List<Observation> seen = qemu.play(scenario);
                tally.add(scenario, seen);
            }
        }
        System.out.println(tally);
        System.out.println("seed " + seed + " " + tally.probes() * 1e9 / (System.nanoTime() - start) + " probes/s");
    }
}
