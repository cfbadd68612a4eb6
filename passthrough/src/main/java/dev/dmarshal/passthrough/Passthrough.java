package dev.dmarshal.passthrough;

import dev.dmarshal.passthrough.apply.Applier;
import dev.dmarshal.passthrough.apply.Machine;
import dev.dmarshal.passthrough.apply.Moment;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.boot.BootWish;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.Step;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.GuestMoves;
import dev.dmarshal.passthrough.wish.Planner;
import dev.dmarshal.passthrough.wish.Refusal;
import dev.dmarshal.passthrough.wish.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Planning, applying and undoing on one machine: what tools embed. One run acts on a machine at a time, also between processes; another one is told
 * {@link Outcome.Refused}. Throws {@link IOException} only where the journal cannot be read or written.
 */
public final class Passthrough {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Machine machine;
    private final JournalFolder folder;
    private final Optional<String> session;

    /**
     * @param machine what is acted on
     * @param folder  where the journals are
     * @param session {@code SSH_CONNECTION} of the session that asks, if it has one
     */
    public Passthrough(Machine machine, JournalFolder folder, Optional<String> session) {
        this.machine = machine;
        this.folder = folder;
        this.session = session;
    }

    /** A plan for a wish, or the reasons against it. Changes nothing. */
    public Answer plan(Wish wish) {
        return plan(wish, BootWish.NONE);
    }

    /** The same, with what is to outlast a restart of the host; then the wish may be for no device at all. Changes nothing. */
    public Answer plan(Wish wish, BootWish boot) {
        return new Planner(machine.root(), session, machine.guests()).answer(wish, boot);
    }

    /** A plan that gives one group's default domain another type; see {@link Planner#groupType}. Changes nothing. */
    public Answer groupType(Wish wish, String type) {
        return new Planner(machine.root(), session, machine.guests()).groupType(wish, type);
    }

    /**
     * Plans for devices that guests have already: from guest to guest, and around a migration. Changes nothing.
     *
     * @param limitSeconds how long a guest may take to let one device go or to take one
     */
    public GuestMoves moves(int limitSeconds) {
        return new GuestMoves(machine.root(), machine.guests(), limitSeconds);
    }

    /** What speaks against applying a plan now: empty if nothing does. Changes nothing; {@code apply --dry-run}. */
    public List<String> objections(Plan plan) throws IOException {
        Optional<String> held = held();
        if (held.isPresent()) {
            return List.of(held.get());
        }
        List<String> objections = new ArrayList<>(new Applier(machine, moment -> {
        }).objections(plan));
        for (Refusal refusal : new Planner(machine.root(), session).objections(plan)) {
            objections.add(refusal.reason() + (refusal.forcible() ? " (lifted by --force " + refusal.label() + " when planning)" : ""));
        }
        Optional<Standing> earlier = standing(plan.id());
        if (earlier.isPresent() && earlier.get().open()) {
            boolean lost = earlier.get().word().equals("applied") && !earlier.get().goal().orElse(true);
            objections.add("plan " + plan.id() + " is " + earlier.get().word() + " already" + (lost
                    ? ", and what it wanted no longer holds; dmarshal undo " + plan.id() + " settles it, then it can be applied anew"
                    : "; see dmarshal status, then resume or undo"));
        }
        return objections;
    }

    /** Applies a plan. */
    public Outcome apply(Plan plan, Consumer<Moment> watcher) throws IOException {
        return locked(() -> {
            List<String> objections = objections(plan);
            if (!objections.isEmpty()) {
                return new Outcome.Refused(objections);
            }
            Path path = folder.journal(plan.id());
            setAside(path);
            try (Journal journal = Journal.create(path, new Entry.Begun(Instant.now().toString(), machine.bootId(), plan))) {
                return new Applier(machine, watcher).apply(plan, journal);
            }
        });
    }

    /** Takes a plan back, whatever state it is in. */
    public Outcome undo(String id, Consumer<Moment> watcher) throws IOException {
        return goOn(id, (contents, journal) -> new Applier(machine, watcher).undo(contents, journal));
    }

    /** Goes on with a plan that was interrupted, or that waited for a restart. */
    public Outcome resume(String id, Consumer<Moment> watcher) throws IOException {
        return goOn(id, (contents, journal) -> new Applier(machine, watcher).resume(contents, journal));
    }

    /** As {@link #undo(String, Consumer)}, with the plan at hand: also where the journal's first line, which has the plan, is damaged. */
    public Outcome undo(Plan plan, Consumer<Moment> watcher) throws IOException {
        return goOn(plan, (contents, journal) -> new Applier(machine, watcher).undo(contents, journal));
    }

    /** As {@link #resume(String, Consumer)}, with the plan at hand: also where the journal's first line, which has the plan, is damaged. */
    public Outcome resume(Plan plan, Consumer<Moment> watcher) throws IOException {
        return goOn(plan, (contents, journal) -> new Applier(machine, watcher).resume(contents, journal));
    }

    /** All plans that were ever applied here and how they stand, by id. */
    public List<Standing> standings() throws IOException {
        List<Standing> standings = new ArrayList<>();
        for (String id : folder.plans()) {
            standing(id).ifPresent(standings::add);
        }
        return standings;
    }

    /** How one plan stands; empty if it has no journal here. */
    public Optional<Standing> standing(String id) throws IOException {
        Path path = folder.journal(id);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        JournalContents contents = JournalContents.read(path);
        Standing.Boot boot = contents.lastBootId().map(last -> last.equals(machine.bootId()) ? Standing.Boot.SAME : Standing.Boot.EARLIER)
                .orElse(Standing.Boot.UNKNOWN);
        return Optional.of(new Standing(id, contents.plan(), contents, boot, contents.plan().map(plan -> holds(plan.goal()))));
    }

    /**
     * An action of an earlier run that has still not returned: the kernel holds its device's lock. Binding it again would hang in the same way, and on many
     * kernels so would all that reads its {@code driver_override} (drivers/pci/pci-sysfs.c), this process and its lock included.
     */
    private Optional<String> held() throws IOException {
        for (String id : folder.plans()) {
            JournalContents contents = JournalContents.read(folder.journal(id));
            if (contents.entries().isEmpty() || !(contents.entries().getLast() instanceof Entry.Hung hung) || contents.plan().isEmpty()
                    || hung.step() > contents.plan().get().steps().size()) {
                continue;
            }
            Step step = contents.plan().get().step(hung.step());
            for (Action action : Stream.concat(Stream.of(step.action()), step.undo().stream()).toList()) {
                if (action.inWords().equals(hung.action()) && machine.pending(action)) {
                    return Optional.of(hung.action() + ", of plan " + id + ", has still not returned: the kernel holds the device until whoever has it open"
                            + " lets go of it; end that first (a guest, a program), then dmarshal undo " + id);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * What the last action of a run that died has left behind: its child goes on without it, and so do whoever it asked. It is waited for, for as long as the
     * step may take; empty once it has ended, and nothing is decided in its midst.
     */
    private Optional<String> underway(JournalContents contents) {
        if (contents.entries().isEmpty() || contents.plan().isEmpty()) {
            return Optional.empty();
        }
        Plan plan = contents.plan().get();
        int number = switch (contents.entries().getLast()) {
            case Entry.Intended intended -> intended.step();
            case Entry.Undoing undoing -> undoing.step();
            default -> 0;
        };
        if (number < 1 || number > plan.steps().size()) {
            return Optional.empty();
        }
        Step step = plan.step(number);
        long deadline = System.nanoTime() + Duration.ofSeconds(step.limitSeconds()).toNanos();
        for (Action action : Stream.concat(Stream.of(step.action()), step.undo().stream()).toList()) {
            while (machine.pending(action)) {
                if (System.nanoTime() >= deadline) {
                    return Optional.of(action.inWords() + ", of plan " + plan.id() + ", was begun by a run that has died, and still goes on");
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
        return Optional.empty();
    }

    /**
     * The plan that has since taken a device from the guest to which this plan gave it, by a switch or for a migration, and that still stands: as long as it
     * does, taking this one back would pull the device from under whoever has it now.
     */
    public Optional<Standing> overtakenBy(Standing standing) throws IOException {
        if (standing.goal().orElse(true) || standing.plan().isEmpty()) {
            return Optional.empty();
        }
        Set<String> given = new HashSet<>();
        standing.plan().get().steps().forEach(step -> {
            if (step.action() instanceof Action.Attach attach) {
                given.add(attach.guest() + " " + attach.device());
            }
        });
        for (Standing other : given.isEmpty() ? List.<Standing>of() : standings()) {
            boolean took = other.plan().stream().flatMap(plan -> plan.steps().stream())
                    .anyMatch(step -> step.action() instanceof Action.Detach detach && given.contains(detach.guest() + " " + detach.device()));
            if (took && other.open() && other.goal().orElse(false)) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    private boolean holds(List<Condition> conditions) {
        return conditions.stream().allMatch(condition -> machine.look(condition).holds());
    }

    private interface Continuation {
        Outcome with(JournalContents contents, Journal journal) throws IOException;
    }

    private Outcome goOn(String id, Continuation continuation) throws IOException {
        return locked(() -> {
            Optional<String> held = held();
            if (held.isPresent()) {
                return new Outcome.Refused(List.of(held.get()));
            }
            Optional<Standing> standing = standing(id);
            if (standing.isEmpty()) {
                return new Outcome.Refused(List.of("no plan " + id + " was applied here"));
            }
            if (standing.get().plan().isEmpty()) {
                return new Outcome.Refused(List.of(folder.journal(id) + " is damaged in its first line, which has the plan; give the plan's file instead of"
                        + " its id"));
            }
            Optional<Standing> later = overtakenBy(standing.get());
            if (later.isPresent()) {
                return new Outcome.Refused(List.of("plan " + later.get().id() + " (" + later.get().plan().map(Plan::title).orElse("") + ") has since taken"
                        + " from its guest what this plan gave it; dmarshal undo " + later.get().id() + " first"));
            }
            JournalContents contents = standing.get().contents();
            Optional<String> underway = underway(contents);
            if (underway.isPresent()) {
                return new Outcome.Refused(List.of(underway.get()));
            }
            try (Journal journal = Journal.open(folder.journal(id), contents)) {
                return continuation.with(contents, journal);
            }
        });
    }

    /** Where the journal has lost the plan, a new one begins with the plan of the caller; how far it got is then not known, so all of it may be done. */
    private Outcome goOn(Plan plan, Continuation continuation) throws IOException {
        Optional<Standing> standing = standing(plan.id());
        if (standing.isEmpty() || standing.get().plan().isPresent()) {
            return standing.flatMap(Standing::plan).filter(journalled -> !journalled.equals(plan)).isPresent()
                    ? new Outcome.Refused(List.of("the journal of " + plan.id() + " has another plan than this file; name the id to go by the journal"))
                    : goOn(plan.id(), continuation);
        }
        return locked(() -> {
            Path path = folder.journal(plan.id());
            setAside(path);
            Entry.Begun begun = new Entry.Begun(Instant.now().toString(), "unknown", plan);
            try (Journal journal = Journal.create(path, begun)) {
                return continuation.with(new JournalContents(List.of(begun), JournalContents.Health.DAMAGED, 0), journal);
            }
        });
    }

    private static void setAside(Path path) throws IOException {
        if (Files.exists(path)) {
            String name = path.getFileName().toString().replaceFirst("\\.journal$", "");
            Files.move(path, path.resolveSibling(name + "." + Instant.now().toEpochMilli() + ".old"));
        }
    }

    private interface Run {
        Outcome run() throws IOException;
    }

    private Outcome locked(Run run) throws IOException {
        Optional<JournalFolder.Lock> lock = folder.lock();
        if (lock.isEmpty()) {
            return new Outcome.Refused(List.of("another dmarshal is acting on this host; " + folder.directory().resolve("lock") + " is held"));
        }
        try (JournalFolder.Lock _ = lock.get()) {
            return run.run();
        }
    }
}
