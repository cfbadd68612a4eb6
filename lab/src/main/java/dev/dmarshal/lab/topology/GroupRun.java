package dev.dmarshal.lab.topology;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The long comparison of computed IOMMU groups with those of real kernels: {@code GroupRun [TOPOLOGIES [SEED]]}, 300 topologies without. */
public final class GroupRun {

    private static final int EACH = 20;
    private static final int WANTED = 300;

    private GroupRun() {
    }

    /** Runs; ends with 0 if all groups are equal. */
    public static void main(String[] arguments) throws IOException, LabFailure {
        int wanted = arguments.length > 0 ? Integer.parseInt(arguments[0]) : WANTED;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 2026;
        QemuProgram program = QemuProgram.find(System.getenv("PATH")).orElseThrow(() -> new IOException("no " + QemuProgram.NAME + " on PATH"));
        Stock stock = Stock.ofEnvironment(System.getenv());
        Path scratch = Files.createTempDirectory("dmarshal-groups");
        int done = 0;
        int wrong = 0;
        for (int boot = 0; done < wanted; boot++) {
            String kernel = Stock.KERNELS.get(boot % Stock.KERNELS.size());
            int count = Math.min(EACH, wanted - done);
            long start = System.nanoTime();
            GroupTrial trial = GroupTrial.run(program, stock, kernel, seed + boot, count, scratch);
            List<String> objections = trial.objections();
            System.out.printf("%s seed %d: %d topologies, %d functions, %d groups, %s%s; %.1f s; %s%n", kernel, seed + boot, count,
                    trial.host().groups().tree().functions().size(), trial.host().kernel().size(), objections.isEmpty() ? "equal" : "DIFFERENT",
                    trial.sameNumbers() ? ", numbers too" : "", (System.nanoTime() - start) / 1e9, trial.commandLine());
            objections.forEach(objection -> System.out.println("  " + objection));
            wrong += objections.isEmpty() ? 0 : 1;
            done += count;
        }
        System.out.println(done + " topologies, " + wrong + " boots with differences" + (wrong == 0 ? "" : "; archives in " + scratch));
        System.exit(wrong == 0 ? 0 : 1);
    }
}
