package dev.dmarshal.trials.inside;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.apply.LiveMachine;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.Plug;
import dev.dmarshal.passthrough.wish.Wish;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs inside a machine of the lab, with dmarshal's library: applies a plan, is ended at a moment of it, settles what was left. It is no part of dmarshal, so
 * that nobody can end a real run by it.
 *
 * <p>The first argument is a folder that keeps the plan, the journals, the picture of sysfs from before the plan, and a log with a line for each
 * rehearsal. Then:
 * {@code prepare DEVICE… [guest=NAME] [config=FILE]} plans (on a dom0 of Xen for a guest of its), applies, undoes and prints how many moments that took;
 * {@code end kill|power|pause POINT} applies and ends;
 * {@code programs FIRST:STEP} has {@code xl} ended at its n-th call, see {@link EndedPrograms};
 * {@code settle undo|resume} settles what that left; {@code kills POINT…} and {@code deaths POINT…} settle after each point, both ways; for the first
 * each apply has a process of its own, which is
 * killed, for the
 * second it dies by an error that nothing catches, which leaves the same and takes a tenth of the time; {@code undoings POINT…} does that to the undo;
 * {@code cuts FOLDER POINT:undo|resume…} settles what the folder in there that is named after the point has: what a power cut left of this one.
 */
public final class Rehearsal {

    /** How long a guest may take, in seconds. */
    private static final int GUEST_SECONDS = 120;

    private final Path folder;
    private final Passthrough passthrough;

    private Rehearsal(Path folder) {
        this.folder = folder;
        passthrough = new Passthrough(new LiveMachine(), new JournalFolder(folder.resolve("journals")), Optional.empty());
    }

    /** Runs; several commands have {@code --} between them. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Rehearsal rehearsal = new Rehearsal(Path.of(arguments[0]));
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        while (!rest.isEmpty()) {
            int end = rest.contains("--") ? rest.indexOf("--") : rest.size();
            rehearsal.carryOut(rest.getFirst(), rest.subList(1, end));
            rest = rest.subList(Math.min(end + 1, rest.size()), rest.size());
        }
    }

    private void carryOut(String command, List<String> rest) throws IOException, InterruptedException {
        switch (command) {
            case "prepare" -> prepare(rest);
            // EndingRun's own word, and where.
            case "end" -> System.out.println(passthrough.apply(plan(), new EndingRun(rest.get(0), Integer.parseInt(rest.get(1)))));
            case "settle" -> settle(rest.getFirst(), "settled");
            case "deaths" -> deaths(rest);
            case "undoings" -> undoings(rest);
            case "cuts" -> cuts(Path.of(rest.getFirst()), rest.subList(1, rest.size()));
            case "kills" -> kills(rest);
            case "programs" -> new EndedPrograms(this, passthrough).play(rest);
            default -> throw new IllegalArgumentException(command);
        }
    }

    Plan plan() throws IOException {
        return PlanJson.read(Files.readString(folder.resolve("plan.json")));
    }

    private void prepare(List<String> devices) throws IOException {
        Files.writeString(folder.resolve("before"), picture());
        List<Sbdf> functions = devices.stream().filter(word -> !word.contains("=")).map(name -> DeviceNotation.parse(name).function().orElseThrow()).toList();
        Optional<Guest> guest = word(devices, "guest").map(name -> new Guest("xl", name));
        Plug plug = new Plug(false, false, GUEST_SECONDS, word(devices, "config"), Map.of());
        Answer answer = passthrough.plan(new Wish(functions, Set.of(), guest, plug, Set.of()));
        if (!(answer instanceof Answer.Ready ready)) {
            throw new IllegalStateException(answer.toString());
        }
        Files.writeString(folder.resolve("plan.json"), PlanJson.write(ready.plan()));
        EndingRun watcher = new EndingRun("kill", 0);
        Outcome applied = passthrough.apply(ready.plan(), watcher);
        EndingRun back = new EndingRun("kill", 0);
        Outcome undone = passthrough.undo(ready.plan().id(), back);
        if (!applied.equals(new Outcome.Applied()) || !undone.equals(new Outcome.Undone("")) || !unchanged().isEmpty()) {
            throw new IllegalStateException(applied + " then " + undone + unchanged());
        }
        System.out.println(ready.plan().steps().size() + " steps " + watcher.moments() + " moments " + back.moments() + " back");
    }

    private static Optional<String> word(List<String> words, String name) {
        return words.stream().filter(word -> word.startsWith(name + "=")).map(word -> word.substring(name.length() + 1)).findFirst();
    }

    private static String picture() throws IOException {
        return SysfsPicture.take() + XenPicture.take();
    }

    /** What differs from before; empty if nothing does. */
    String unchanged() throws IOException {
        String before = Files.readString(folder.resolve("before"));
        String now = picture();
        if (now.equals(before)) {
            return "";
        }
        List<String> differing = new ArrayList<>();
        before.lines().filter(line -> !now.contains(line + "\n")).forEach(line -> differing.add("was: " + line));
        now.lines().filter(line -> !before.contains(line + "\n")).forEach(line -> differing.add("is: " + line));
        return " " + String.join("; ", differing);
    }

    void settle(String how, String name) throws IOException {
        String id = plan().id();
        StringBuilder wrong = new StringBuilder();
        if (how.equals("resume")) {
            Outcome resumed = passthrough.resume(id, moment -> {
            });
            boolean holds = passthrough.standing(id).flatMap(standing -> standing.goal()).orElse(false);
            if (!resumed.equals(new Outcome.Applied()) || !holds) {
                wrong.append(" resume: ").append(resumed).append(holds ? "" : ", the goal does not hold");
            }
        }
        Outcome undone = passthrough.undo(id, moment -> {
        });
        if (!undone.equals(new Outcome.Undone(""))) {
            wrong.append(" undo: ").append(undone);
        }
        wrong.append(unchanged());
        String line = (wrong.isEmpty() ? "ok " : "WRONG ") + name + wrong + "\n";
        System.out.print(line);
        try (FileChannel log = FileChannel.open(folder.resolve("log"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            log.write(java.nio.ByteBuffer.wrap(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            log.force(true);
        }
    }

    private void kills(List<String> points) throws IOException, InterruptedException {
        ProcessHandle.Info own = ProcessHandle.current().info();
        List<String> command = new ArrayList<>(List.of(own.command().orElseThrow()));
        List<String> arguments = List.of(own.arguments().orElseThrow());
        command.addAll(arguments.subList(0, arguments.indexOf(Rehearsal.class.getName()) + 1));
        command.addAll(List.of(folder.toString(), "end", "kill"));
        for (String point : points) {
            for (String how : List.of("undo", "resume")) {
                List<String> child = new ArrayList<>(command);
                child.add(point);
                int code = new ProcessBuilder(child).inheritIO().start().waitFor();
                if (code != EndingRun.KILLED) {
                    throw new IllegalStateException("the run that was to be killed at moment " + point + " ended with " + code);
                }
                settle(how, "killed at moment " + point + ", " + how);
            }
        }
    }

    private interface Run {
        void with(EndingRun ending) throws IOException;
    }

    private static void die(String point, Run run) throws IOException {
        boolean died = false;
        try {
            run.with(new EndingRun("die", Integer.parseInt(point)));
        } catch (EndingRun.Died e) {
            died = true;
        }
        if (!died) {
            throw new IllegalStateException("there is no moment " + point);
        }
    }

    private void deaths(List<String> points) throws IOException {
        for (String point : points) {
            for (String how : List.of("undo", "resume")) {
                die(point, ending -> passthrough.apply(plan(), ending));
                settle(how, "died at moment " + point + ", " + how);
            }
        }
    }

    private void undoings(List<String> points) throws IOException {
        for (String point : points) {
            for (String how : List.of("undo", "resume")) {
                passthrough.apply(plan(), moment -> {
                });
                die(point, ending -> passthrough.undo(plan().id(), ending));
                settle(how, "died at moment " + point + " of the undo, " + how);
            }
        }
    }

    private void cuts(Path cuts, List<String> settlings) throws IOException {
        for (String settling : settlings) {
            String[] words = settling.split(":");
            restore(cuts.resolve(words[0]).resolve("journals"), folder.resolve("journals"));
            String name = "power cut at moment " + words[0] + ", " + words[1];
            if (Files.exists(folder.resolve("journals/" + plan().id() + ".journal"))) {
                settle(words[1], name);
            } else {
                // Cut before the journal's name was on the disk: nothing had been done.
                System.out.println((unchanged().isEmpty() ? "ok " : "WRONG ") + name + ": no journal" + unchanged());
            }
        }
    }

    private static void restore(Path from, Path to) throws IOException {
        for (Path folder : List.of(to, from)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (folder.equals(to)) {
                        Files.delete(file);
                    } else {
                        Files.copy(file, to.resolve(file.getFileName()));
                    }
                }
            }
        }
    }
}
