package dev.dmarshal.lab.topology;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The long comparison of computed IOMMU groups with those of real kernels: {@code GroupRun [TOPOLOGIES [SEED [KERNEL]]]}, 300 topologies
 * without, on each kernel of the lab in turn. */
public final class GroupRun {

    private static final int EACH = 20;
    private static final int WANTED = 300;

    private GroupRun() {
    }

    /** Runs; ends with 0 if all groups are equal, with 1 if some differ, with 2 if none differ but machines failed to boot. */
    public static void main(String[] arguments) throws IOException {
        int wanted = arguments.length > 0 ? Integer.parseInt(arguments[0]) : WANTED;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 2026;
        List<String> kernels = arguments.length > 2 ? List.of(arguments[2]) : Stock.KERNELS;
        QemuProgram program = QemuProgram.find(System.getenv("PATH")).orElseThrow(() -> new IOException("no " + QemuProgram.NAME + " on PATH"));
        Stock stock = Stock.ofEnvironment(System.getenv());
        Path scratch = Files.createTempDirectory("dmarshal-groups");
        int equal = 0;
        int wrong = 0;
        int failed = 0;
        for (int boot = 0; equal + wrong + failed < wanted; boot++) {
            String kernel = kernels.get(boot % kernels.size());
            int count = Math.min(EACH, wanted - equal - wrong - failed);
            long start = System.nanoTime();
            try {
                GroupTrial trial = GroupTrial.run(program, stock, kernel, seed + boot, count, scratch);
                List<String> objections = trial.objections();
                System.out.printf("%s seed %d: %d topologies, %d functions, %d groups, %s%s; %.1f s; %s%n", kernel, seed + boot, count,
                        trial.host().groups().tree().functions().size(), trial.host().kernel().size(), objections.isEmpty() ? "equal" : "DIFFERENT",
                        trial.sameNumbers() ? ", numbers too" : "", (System.nanoTime() - start) / 1e9, trial.commandLine());
                objections.forEach(objection -> System.out.println("  " + objection));
                equal += objections.isEmpty() ? count : 0;
                wrong += objections.isEmpty() ? 0 : count;
            } catch (LabFailure e) {
                failed += count;
                System.out.println(kernel + " seed " + (seed + boot) + ": not measured: " + e.getMessage().lines().findFirst().orElse(""));
            }
        }
        System.out.println(equal + " topologies with equal groups, " + wrong + " in boots with differences, " + failed + " not measured"
                + (wrong == 0 ? "" : "; archives in " + scratch));
        System.exit(wrong > 0 ? 1 : failed > 0 ? 2 : 0);
    }
}
