package dev.dmarshal.lab.topology;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The long comparison of computed IOMMU groups with those of real kernels: {@code GroupRun [TOPOLOGIES [SEED [KERNEL|all [FIRST [MINUTES]]]]]}, 300 topologies
 * without, on each kernel of the lab in turn, from boot FIRST on. A machine that does not come up is told, and booted once more at the end; nothing ends the
 * run but its time.
 */
public final class GroupRun {

    private static final int EACH = 20;
    private static final int WANTED = 300;
    private static final long A_DAY = 24 * 60;

    private final QemuProgram program;
    private final Stock stock;
    private final Path scratch;
    private int equal;
    private int wrong;
    private int functions;
    private int groups;

    private GroupRun(QemuProgram program, Stock stock, Path scratch) {
        this.program = program;
        this.stock = stock;
        this.scratch = scratch;
    }

    /**
     * One machine to boot.
     *
     * @param number its place in the run, which with the run's seed makes its own
     * @param kernel what it boots
     * @param seed   of its topologies
     * @param count  topologies
     */
    private record Trial(int number, String kernel, long seed, int count) {
    }

    /** Runs; ends with 0 if all groups are equal, with 1 if some differ, with 2 if none differ but machines failed to boot or time was up. */
    public static void main(String[] arguments) throws IOException {
        int wanted = arguments.length > 0 ? Integer.parseInt(arguments[0]) : WANTED;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 2026;
        List<String> kernels = arguments.length > 2 && !arguments[2].equals("all") ? List.of(arguments[2]) : Stock.KERNELS;
        int first = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0;
        long minutes = arguments.length > 4 ? Long.parseLong(arguments[4]) : A_DAY;
        QemuProgram program = QemuProgram.find(System.getenv("PATH")).orElseThrow(() -> new IOException("no " + QemuProgram.NAME + " on PATH"));
        GroupRun run = new GroupRun(program, Stock.ofEnvironment(System.getenv()), Files.createTempDirectory("dmarshal-groups"));
        Deque<Trial> ahead = new ArrayDeque<>();
        for (int boot = first; boot * EACH < wanted; boot++) {
            ahead.add(new Trial(boot, kernels.get(boot % kernels.size()), seed + boot, Math.min(EACH, wanted - boot * EACH)));
        }
        System.exit(run.all(ahead, System.nanoTime() + minutes * 60_000_000_000L));
    }

    private int all(Deque<Trial> ahead, long end) {
        Deque<Trial> failed = new ArrayDeque<>();
        while (!ahead.isEmpty() && System.nanoTime() < end) {
            Trial trial = ahead.poll();
            boot(trial).ifPresent(why -> {
                System.out.println(named(trial) + ": not measured, once more at the end: " + why);
                failed.add(trial);
            });
        }
        int lost = 0;
        while (!failed.isEmpty() && System.nanoTime() < end) {
            Trial trial = failed.poll();
            Optional<String> why = boot(trial);
            if (why.isPresent()) {
                System.out.println(named(trial) + ": not measured, twice: " + why.get());
                lost += trial.count;
            }
        }
        lost += failed.stream().mapToInt(Trial::count).sum();
        int left = ahead.stream().mapToInt(Trial::count).sum();
        System.out.println(equal + " topologies with equal groups (" + functions + " functions, " + groups + " groups), " + wrong + " in boots with differences, "
                + lost + " not measured" + (left > 0 ? "; time was up with " + left + " to go: go on with FIRST " + ahead.peek().number : "")
                + (wrong == 0 ? "" : "; archives in " + scratch));
        return wrong > 0 ? 1 : lost + left > 0 ? 2 : 0;
    }

    private static String named(Trial trial) {
        return trial.number + " " + trial.kernel + " seed " + trial.seed;
    }

    /** Why it could not be measured, if so. */
    private Optional<String> boot(Trial trial) {
        long start = System.nanoTime();
        try {
            GroupTrial done = GroupTrial.run(program, stock, trial.kernel, trial.seed, trial.count, scratch);
            List<String> objections = done.objections();
            int found = done.host().groups().tree().functions().size();
            System.out.printf("%s: %d topologies, %d functions, %d groups, %s%s; %.1f s; %s%n", named(trial), trial.count, found, done.host().kernel().size(),
                    objections.isEmpty() ? "equal" : "DIFFERENT", done.sameNumbers() ? ", numbers too" : "", (System.nanoTime() - start) / 1e9,
                    done.commandLine());
            objections.forEach(objection -> System.out.println("  " + objection));
            equal += objections.isEmpty() ? trial.count : 0;
            wrong += objections.isEmpty() ? 0 : trial.count;
            functions += found;
            groups += done.host().kernel().size();
            return Optional.empty();
        } catch (LabFailure | IOException e) {
            return Optional.of(String.valueOf(e.getMessage()).lines().limit(2).reduce((one, two) -> one + " " + two.strip()).orElse(""));
        }
    }
}
