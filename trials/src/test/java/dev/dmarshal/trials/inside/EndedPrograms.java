package dev.dmarshal.trials.inside;

import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.apply.Moment;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.plan.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Has the real {@code xl} killed at its n-th call that speaks to the hypervisor, to xenstore or to sysfs, and looks whether dmarshal brings about the state before
 * or the state planned. The {@code xl} of the path is a script of the trial's that does the killing ({@code mortal-xl.sh}) when it is told to by a file.
 *
 * <p>Three ways in turn: dmarshal lives and sees what came of it; dmarshal dies with it, and is told to undo; or to resume.
 */
final class EndedPrograms {

    /** Which command of xl to end, and at which of its calls. */
    private static final Path ARMED = Path.of("/tmp/xl-armed");
    /** At which call it was ended. */
    private static final Path ENDED = Path.of("/tmp/xl-ended");

    private static final List<String> WAYS = List.of("seen", "undo", "resume");

    private final Rehearsal rehearsal;
    private final Passthrough passthrough;

    EndedPrograms(Rehearsal rehearsal, Passthrough passthrough) {
        this.rehearsal = rehearsal;
        this.passthrough = passthrough;
    }

    /** @param words commands as {@code pci-attach:FIRST:STEP}: at which calls to end it, until one is beyond its last */
    void play(List<String> words) throws IOException {
        for (String word : words) {
            String[] parts = word.split(":");
            int step = Integer.parseInt(parts[2]);
            int call = Integer.parseInt(parts[1]);
            for (int turn = 0; at(parts[0], call, WAYS.get(turn % WAYS.size())); turn++) {
                call += step;
            }
            System.out.println("ok xl " + parts[0] + " has ended by itself before call " + call);
        }
    }

    /** Whether xl was ended there; it has fewer calls otherwise. */
    private boolean at(String command, int call, String way) throws IOException {
        boolean applying = command.equals("pci-assignable-add") || command.equals("pci-attach");
        if (!applying) {
            passthrough.apply(rehearsal.plan(), _ -> {
            });
        }
        Files.deleteIfExists(ENDED);
        Files.writeString(ARMED, command + " " + call + "\n");
        Outcome outcome = null;
        Consumer<Moment> watcher = way.equals("seen") ? _ -> {
        } : moment -> dieAfter(command, moment);
        try {
            outcome = applying ? passthrough.apply(rehearsal.plan(), watcher) : passthrough.undo(rehearsal.plan().id(), watcher);
        } catch (EndingRun.Died e) {
            outcome = null;
        }
        if (Files.deleteIfExists(ARMED)) {
            throw new IllegalStateException("nobody called xl " + command + ": " + outcome);
        }
        boolean ended = Files.exists(ENDED);
        String name = "xl " + command + (ended ? " ended at call " + call + " (" + Files.readString(ENDED).strip() + ")" : " not ended") + ", " + way;
        if (outcome == null) {
            rehearsal.settle(way, name);
        } else {
            seen(outcome, applying, name);
        }
        return ended;
    }

    private static void dieAfter(String command, Moment moment) {
        if (moment instanceof Moment.Acted acted && !Files.exists(ARMED) && words(acted.action()).contains(command)) {
            throw new EndingRun.Died();
        }
    }

    private static String words(Action action) {
        return switch (action) {
            case Action.Attach _ -> "pci-attach";
            case Action.Detach _ -> "pci-detach";
            default -> action.inWords();
        };
    }

    /** What a run that goes on makes of it: applied in full, taken back in full, or stuck in words, from where undo goes on. */
    private void seen(Outcome outcome, boolean applying, String name) throws IOException {
        System.out.println("   " + name + ": " + outcome);
        if (outcome instanceof Outcome.Undone) {
            String wrong = rehearsal.unchanged();
            System.out.println((wrong.isEmpty() ? "ok " : "WRONG ") + name + wrong);
        } else if (outcome instanceof Outcome.Stuck || outcome instanceof Outcome.Applied && applying) {
            rehearsal.settle("undo", name);
        } else {
            System.out.println("WRONG " + name + ": " + outcome);
        }
    }
}
