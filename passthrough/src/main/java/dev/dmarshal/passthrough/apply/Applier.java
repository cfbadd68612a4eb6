package dev.dmarshal.passthrough.apply;

import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.Step;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries out a plan, step by step, each written down before it is done and verified after it; takes everything back at the first failure.
 *
 * <p>Recovery looks at the host rather than trusting the journal alone: a step that may have been done is settled by whether its {@code before} or its
 * {@code after} holds. That is why a step is refused whose {@code before} does not hold: so whatever is found done, was done here.
 *
 * <p>One run at a time; the caller holds the lock of the {@code JournalFolder}. Throws {@link IOException} only for the journal itself.
 */
public final class Applier {

    private static final int MOST_WORDS = 300;

    private final Machine machine;
    private final Consumer<Moment> watcher;

    /**
     * @param machine what is acted on
     * @param watcher told of every moment, in the thread that acts
     */
    public Applier(Machine machine, Consumer<Moment> watcher) {
        this.machine = machine;
        this.watcher = watcher;
    }

    /** What does not hold of a plan's premises and of its first step: empty if it can be applied to this host now. */
    public List<String> objections(Plan plan) {
        List<String> objections = otherHost(plan);
        if (!plan.steps().isEmpty()) {
            objections.addAll(failing(plan.steps().getFirst().before()));
        }
        return objections;
    }

    private List<String> otherHost(Plan plan) {
        List<String> objections = new ArrayList<>(failing(plan.premises()));
        if (!objections.isEmpty()) {
            objections.addFirst("this is not the host of the plan, or it was changed since");
        }
        return objections;
    }

    /** Applies a plan from its first step. The journal must be fresh, with the plan in its first line. */
    public Outcome apply(Plan plan, Journal journal) throws IOException {
        List<String> objections = objections(plan);
        if (!objections.isEmpty()) {
            write(journal, new Entry.Ended("refused", cut(String.join("; ", objections))));
            return new Outcome.Refused(objections);
        }
        return forward(plan, journal, 1, 0, 0);
    }

    /** Goes on with a plan that was interrupted, forward. */
    public Outcome resume(JournalContents contents, Journal journal) throws IOException {
        Plan plan = planOf(contents);
        List<String> objections = otherHost(plan);
        if (!objections.isEmpty()) {
            return new Outcome.Refused(objections);
        }
        boolean restarted = !contents.lastBootId().equals(Optional.of(machine.bootId()));
        write(journal, new Entry.Continued(now(), machine.bootId(), "resume"));
        int reached = reached(contents);
        int unsure = unsure(contents);
        boolean told = unsure == 0 || !(unseen(plan.step(unsure).action()) || losesRights(plan.step(unsure).undo()));
        if (told && failing(plan.goal()).isEmpty() && failing(plan.steps().isEmpty() ? List.of() : plan.steps().getLast().after()).isEmpty()) {
            return end(journal, new Outcome.Applied());
        }
        int first = 1;
        while (first <= reached && (plan.step(first).action() instanceof Action.Reboot ? restarted : settledForward(contents, plan.step(first), restarted))) {
            first++;
        }
        if (first == reached && contents.undoing().equals(Optional.of(first)) && losesRights(plan.step(first).undo())) {
            Optional<Outcome> trouble = takeBack(journal, plan.step(first), origins(plan), "", false);
            return trouble.isPresent() ? trouble.get() : forward(plan, journal, first, first - 1, 0);
        }
        return forward(plan, journal, first, reached, unsure);
    }

    private static int reached(JournalContents contents) {
        return contents.perhapsDone().isEmpty() ? 0 : contents.perhapsDone().getLast();
    }

    /** The step in whose midst an earlier run may have ended, 0 for none. */
    private static int unsure(JournalContents contents) {
        return contents.finished().contains(reached(contents)) ? 0 : reached(contents);
    }

    /** Whether an action may have been ended after it took a guest's rights to a device, and before it took the device. */
    private boolean losesRights(List<Action> actions) {
        return actions.stream().anyMatch(action -> action instanceof Action.Detach detach && machine.guests().to(detach.guest()).unplugsRightsFirst());
    }

    /** Whether an action, done once more, puts right what it left where it was ended half way. */
    private boolean mendable(Action action) {
        return action instanceof Action.Attach attach && machine.guests().to(attach.guest()).mendsHalfPlug();
    }

    private static boolean unseen(Action action) {
        return action instanceof Action.Run run && run.unseen();
    }

    /** Whether a step need not be done again. */
    private boolean settledForward(JournalContents contents, Step step, boolean restarted) {
        boolean lost = restarted && !step.persistent();
        boolean surely = contents.finished().contains(step.number()) && contents.health() == JournalContents.Health.WHOLE;
        return !lost && surely || settledByLook(step) && !(unsure(contents) == step.number() && unseen(step.action()));
    }

    /** Takes a plan back, whatever state it was left in. */
    public Outcome undo(JournalContents contents, Journal journal) throws IOException {
        Plan plan = planOf(contents);
        write(journal, new Entry.Continued(now(), machine.bootId(), "undo"));
        return backward(plan, journal, reached(contents), "", unsure(contents));
    }

    private static Plan planOf(JournalContents contents) {
        return contents.plan().orElseThrow(() -> new IllegalArgumentException("the journal's first line, which has the plan, cannot be read"));
    }

    /**
     * @param reached the highest step that may have been done in an earlier run, 0 for none
     * @param unsure  the step in whose midst that run may have ended, 0 for none
     */
    private Outcome forward(Plan plan, Journal journal, int first, int reached, int unsure) throws IOException {
        for (int number = first; number <= plan.steps().size(); number++) {
            Step step = plan.step(number);
            int back = Math.max(number, reached);
            if (step.action() instanceof Action.Reboot) {
                write(journal, new Entry.Intended(number, Map.of()));
                write(journal, new Entry.Waiting(number));
                return new Outcome.Waiting(number);
            }
            boolean settled = number <= reached && settledByLook(step);
            boolean again = settled && number == unsure && unseen(step.action());
            if (settled && !again) {
                continue;
            }
            boolean half = number == unsure && mendable(step.action());
            List<String> objections = again || half ? List.of() : failing(step.before());
            if (!objections.isEmpty()) {
                String reason = "before step " + number + ": " + String.join("; ", objections);
                write(journal, new Entry.Failed(number, cut(reason)));
                return backward(plan, journal, back, reason, unsure);
            }
            Optional<Outcome> trouble = act(plan, journal, step, back);
            if (trouble.isPresent()) {
                return trouble.get();
            }
        }
        List<String> missed = failing(plan.goal());
        if (!missed.isEmpty()) {
            return backward(plan, journal, plan.steps().size(), "all steps were done, but: " + String.join("; ", missed), 0);
        }
        return end(journal, new Outcome.Applied());
    }

    private boolean settledByLook(Step step) {
        return holds(step.after()) && !holds(step.before());
    }

    private Optional<Outcome> act(Plan plan, Journal journal, Step step, int back) throws IOException {
        int number = step.number();
        write(journal, new Entry.Intended(number, found(step.before())));
        Deed deed = perform(number, step.action(), step.limitSeconds());
        if (deed instanceof Deed.Hung) {
            write(journal, new Entry.Hung(number, cut(step.action().inWords()), step.limitSeconds()));
            return Optional.of(new Outcome.Hung(number, step.action().inWords()));
        }
        List<String> missed = failing(step.after());
        if (missed.isEmpty() && !(deed instanceof Deed.Refused && unseen(step.action()))) {
            write(journal, new Entry.Finished(number));
            return Optional.empty();
        }
        String why = deed instanceof Deed.Refused refused ? refused.reason() : "it was accepted, but had no effect: " + String.join("; ", missed);
        String reason = "step " + number + " (" + step.title() + "): " + why;
        write(journal, new Entry.Failed(number, cut(reason)));
        return Optional.of(backward(plan, journal, back, reason, number));
    }

    /** @param unsure the step in whose midst a run may have ended, 0 for none */
    private Outcome backward(Plan plan, Journal journal, int from, String reason, int unsure) throws IOException {
        Map<String, Condition> origins = origins(plan);
        for (int number = from; number >= 1; number--) {
            Step step = plan.step(number);
            boolean doubtful = number == unsure && losesRights(List.of(step.action()));
            if (step.action() instanceof Action.Reboot || gone(step) || asBefore(step, origins) && !doubtful) {
                continue;
            }
            Optional<Outcome> trouble = takeBack(journal, step, origins, reason, number != unsure);
            if (trouble.isPresent()) {
                return trouble.get();
            }
        }
        return end(journal, new Outcome.Undone(reason));
    }

    /** @param done whether the step is known to have been done to its end */
    private Optional<Outcome> takeBack(Journal journal, Step step, Map<String, Condition> origins, String after, boolean done) throws IOException {
        int number = step.number();
        write(journal, new Entry.Undoing(number));
        for (Action action : step.undo()) {
            Deed deed = perform(number, action, step.limitSeconds());
            if (deed instanceof Deed.Hung) {
                write(journal, new Entry.Hung(number, cut(action.inWords()), step.limitSeconds()));
                return Optional.of(new Outcome.Hung(number, action.inWords()));
            }
            if (done && deed instanceof Deed.Refused refused && unseen(action) && PcibackBinding.staysInQuarantine(refused.reason())) {
                return Optional.of(stuck(journal, number, refused.reason() + "; with a driver now, its DMA would go nowhere", after));
            }
            if (done && deed instanceof Deed.Done && unseen(action) && asBefore(step, origins)) {
                // The rest puts right what such a program leaves half done; this one says that it did all.
                break;
            }
        }
        List<String> missed = asBefore(step, origins) ? List.of() : failing(step.before());
        if (!missed.isEmpty()) {
            return Optional.of(stuck(journal, number, String.join("; ", missed), after));
        }
        write(journal, new Entry.Undone(number));
        return Optional.empty();
    }

    private Outcome stuck(Journal journal, int number, String why, String after) throws IOException {
        return end(journal, new Outcome.Stuck(number, "could not be taken back: " + why + (after.isEmpty() ? "" : " (after: " + after + ")")));
    }

    /** How everything that the plan touches was before its first step: what a restart, or somebody's hand, may have brought back already. */
    private static Map<String, Condition> origins(Plan plan) {
        Map<String, Condition> origins = new LinkedHashMap<>();
        for (Step step : plan.steps()) {
            step.before().forEach(condition -> origins.putIfAbsent(condition.path(), condition));
        }
        return origins;
    }

    private boolean asBefore(Step step, Map<String, Condition> origins) {
        return !step.before().isEmpty() && step.before().stream()
                .allMatch(condition -> machine.look(condition).holds() || machine.look(origins.get(condition.path())).holds());
    }

    private boolean gone(Step step) {
        return step.subjects().stream().anyMatch(path -> !machine.root().has(path));
    }

    /** What is not all to be seen is asked for twice where it is refused: it may have been ended half way. */
    private Deed perform(int step, Action action, int limitSeconds) {
        Deed deed = once(step, action, limitSeconds);
        return deed instanceof Deed.Refused && unseen(action) ? once(step, action, limitSeconds) : deed;
    }

    private Deed once(int step, Action action, int limitSeconds) {
        watcher.accept(new Moment.Acting(step, action));
        Deed deed = machine.perform(action, Duration.ofSeconds(limitSeconds));
        watcher.accept(new Moment.Acted(step, action, deed));
        return deed;
    }

    private Outcome end(Journal journal, Outcome outcome) throws IOException {
        write(journal, switch (outcome) {
            case Outcome.Applied _ -> new Entry.Ended("applied", "");
            case Outcome.Undone undone -> new Entry.Ended("undone", cut(undone.reason()));
            case Outcome.Stuck stuck -> new Entry.Ended("stuck", cut("step " + stuck.step() + ": " + stuck.reason()));
            default -> throw new IllegalArgumentException("does not end a plan: " + outcome);
        });
        return outcome;
    }

    private void write(Journal journal, Entry entry) throws IOException {
        journal.append(entry);
        watcher.accept(new Moment.Written(entry));
    }

    private boolean holds(List<Condition> conditions) {
        return conditions.stream().allMatch(condition -> machine.look(condition).holds());
    }

    private List<String> failing(List<Condition> conditions) {
        List<String> failing = new ArrayList<>();
        for (Condition condition : conditions) {
            switch (machine.look(condition)) {
                case Condition.Holds _ -> {
                }
                case Condition.Fails fails -> failing.add("expected: " + condition.inWords() + "; found: " + fails.found());
                case Condition.Unmeasured unmeasured -> failing.add("could not measure: " + condition.inWords() + " (" + unmeasured.reason() + ")");
            }
        }
        return failing;
    }

    private static Map<String, String> found(List<Condition> conditions) {
        Map<String, String> found = new LinkedHashMap<>();
        conditions.forEach(condition -> found.put(condition.path(), cut(condition.inWords())));
        return found;
    }

    private static String cut(String words) {
        return words.length() <= MOST_WORDS ? words : words.substring(0, MOST_WORDS) + "…";
    }

    private static String now() {
        return Instant.now().toString();
    }
}
