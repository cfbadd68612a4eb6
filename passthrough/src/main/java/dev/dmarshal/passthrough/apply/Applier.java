package dev.dmarshal.passthrough.apply;

import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.Step;
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
        return forward(plan, journal, 1, 0);
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
        if (failing(plan.goal()).isEmpty() && failing(plan.steps().isEmpty() ? List.of() : plan.steps().getLast().after()).isEmpty()) {
            return end(journal, new Outcome.Applied());
        }
        int reached = contents.perhapsDone().isEmpty() ? 0 : contents.perhapsDone().getLast();
        for (int number = 1; number <= reached; number++) {
            Step step = plan.step(number);
            if (step.action() instanceof Action.Reboot ? restarted : settledForward(contents, step, restarted)) {
                continue;
            }
            return forward(plan, journal, number, reached);
        }
        return forward(plan, journal, reached + 1, reached);
    }

    /** Whether a step need not be done again. */
    private boolean settledForward(JournalContents contents, Step step, boolean restarted) {
        boolean lost = restarted && !step.persistent();
        boolean surely = contents.finished().contains(step.number()) && contents.health() == JournalContents.Health.WHOLE;
        return !lost && surely || holds(step.after()) && !holds(step.before());
    }

    /** Takes a plan back, whatever state it was left in. */
    public Outcome undo(JournalContents contents, Journal journal) throws IOException {
        Plan plan = planOf(contents);
        write(journal, new Entry.Continued(now(), machine.bootId(), "undo"));
        return backward(plan, journal, contents.perhapsDone().isEmpty() ? 0 : contents.perhapsDone().getLast(), "");
    }

    private static Plan planOf(JournalContents contents) {
        return contents.plan().orElseThrow(() -> new IllegalArgumentException("the journal's first line, which has the plan, cannot be read"));
    }

    /** @param reached the highest step that may have been done in an earlier run, 0 for none */
    private Outcome forward(Plan plan, Journal journal, int first, int reached) throws IOException {
        for (int number = first; number <= plan.steps().size(); number++) {
            Step step = plan.step(number);
            int back = Math.max(number, reached);
            if (step.action() instanceof Action.Reboot) {
                write(journal, new Entry.Intended(number, Map.of()));
                write(journal, new Entry.Waiting(number));
                return new Outcome.Waiting(number);
            }
            if (number <= reached && settledByLook(step)) {
                continue;
            }
            List<String> objections = failing(step.before());
            if (!objections.isEmpty()) {
                String reason = "before step " + number + ": " + String.join("; ", objections);
                write(journal, new Entry.Failed(number, cut(reason)));
                return backward(plan, journal, back, reason);
            }
            Optional<Outcome> trouble = act(plan, journal, step, back);
            if (trouble.isPresent()) {
                return trouble.get();
            }
        }
        List<String> missed = failing(plan.goal());
        if (!missed.isEmpty()) {
            return backward(plan, journal, plan.steps().size(), "all steps were done, but: " + String.join("; ", missed));
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
        if (missed.isEmpty()) {
            write(journal, new Entry.Finished(number));
            return Optional.empty();
        }
        String why = deed instanceof Deed.Refused refused ? refused.reason() : "it was accepted, but had no effect: " + String.join("; ", missed);
        String reason = "step " + number + " (" + step.title() + "): " + why;
        write(journal, new Entry.Failed(number, cut(reason)));
        return Optional.of(backward(plan, journal, back, reason));
    }

    private Outcome backward(Plan plan, Journal journal, int from, String reason) throws IOException {
        Map<String, Condition> origins = origins(plan);
        for (int number = from; number >= 1; number--) {
            Step step = plan.step(number);
            if (step.action() instanceof Action.Reboot || gone(step) || asBefore(step, origins)) {
                continue;
            }
            write(journal, new Entry.Undoing(number));
            for (Action action : step.undo()) {
                if (perform(number, action, step.limitSeconds()) instanceof Deed.Hung) {
                    write(journal, new Entry.Hung(number, cut(action.inWords()), step.limitSeconds()));
                    return new Outcome.Hung(number, action.inWords());
                }
            }
            List<String> missed = asBefore(step, origins) ? List.of() : failing(step.before());
            if (!missed.isEmpty()) {
                String why = "could not be taken back: " + String.join("; ", missed) + (reason.isEmpty() ? "" : " (after: " + reason + ")");
                return end(journal, new Outcome.Stuck(number, why));
            }
            write(journal, new Entry.Undone(number));
        }
        return end(journal, new Outcome.Undone(reason));
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

    private Deed perform(int step, Action action, int limitSeconds) {
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
