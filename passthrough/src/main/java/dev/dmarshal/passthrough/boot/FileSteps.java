package dev.dmarshal.passthrough.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Files that are changed together, and the program that has to run after them. When it is taken back, the program runs once more, over the old files: its step
 * therefore undoes the files as well, and says of nothing that it holds before, so that it is undone in any case.
 */
final class FileSteps {

    private final HostRoot host;
    private final StepList steps;
    private final List<Condition> holds = new ArrayList<>();
    private final List<Action> restore = new ArrayList<>();

    FileSteps(HostRoot host, StepList steps) {
        this.host = host;
        this.steps = steps;
    }

    /** A new file; false if there is one already, with other contents. */
    boolean create(String title, String path, String text) {
        if (host.text(path) instanceof Reading.Present<String> there) {
            return there.value().equals(text);
        }
        Condition after = new Condition.Digest(path, Condition.Digest.of(text));
        List<Action> undo = List.of(new Action.Delete(path));
        steps.about().addPersistent(title, List.of(new Condition.Missing(path)), new Action.Replace(path, text), List.of(after), undo);
        holds.add(after);
        restore.addAll(undo);
        return true;
    }

    /** Another text in the place of the old one. */
    void change(String title, String path, String old, String text) {
        Condition after = new Condition.Digest(path, Condition.Digest.of(text));
        if (text.equals(old)) {
            holds.add(after);
            return;
        }
        List<Action> undo = List.of(new Action.Replace(path, old));
        steps.about().addPersistent(title, List.of(new Condition.Digest(path, Condition.Digest.of(old))), new Action.Replace(path, text), List.of(after), undo);
        holds.add(after);
        restore.addAll(undo);
    }

    /** Whether any file changes. */
    boolean any() {
        return !restore.isEmpty();
    }

    /** Runs what has to run after the files. */
    void then(String title, List<List<String>> commands, List<Condition> effect) {
        List<Action> undo = new ArrayList<>(restore);
        commands.forEach(command -> undo.add(new Action.Run(command)));
        for (List<String> command : commands) {
            List<Condition> after = new ArrayList<>(holds);
            if (command.equals(commands.getLast())) {
                after.addAll(effect);
            }
            steps.about().addLong(title, List.of(), new Action.Run(command), after, undo);
        }
    }

    /** The first of some places at which the host has a program. */
    static Optional<String> program(HostRoot host, String name) {
        return List.of("/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/").stream().map(folder -> folder + name).filter(host::has).findFirst();
    }
}
