package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.remedy.Blocks;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Plays each finding on the twin: the tables as the cause says they were, the requests of the log, and the same after each way out.
 *
 * <p>The reviewed table {@code twin.txt} says what a cause claims about the tables and what a way out changes in them; what follows, the hardware of
 * {@code core.unit} decides. Neither table nor code has a reason code in it.
 */
public final class Prover {

    private static final Map<String, Map<String, List<String>>> TABLE = Blocks.read(Prover.class, "twin.txt");

    private final Diagnosis diagnosis;
    private final Function<Sbdf, Optional<Scene>> host;

    /** @param diagnosis what is to be proved, on tables as far as its symptoms tell of them */
    public Prover(Diagnosis diagnosis) {
        this(diagnosis, none -> Optional.empty());
    }

    /**
     * Proves on a host's own tables.
     *
     * @param diagnosis what is to be proved
     * @param host      the unit of a requester with its tables; empty where it is not known
     */
    public Prover(Diagnosis diagnosis, Function<Sbdf, Optional<Scene>> host) {
        this.diagnosis = diagnosis;
        this.host = host;
    }

    /** What the twin makes of a finding of the diagnosis. */
    public Proof prove(Finding finding) {
        List<FaultGroup> groups = diagnosis.explained().getOrDefault(finding, List.of());
        Map<String, List<String>> block = TABLE.get(finding.label());
        if (block == null || !block.containsKey("state")) {
            return unmodelled(finding, "What this cause says is not about the state of the tables.");
        }
        List<Hypothesis.Case> cases = groups.stream().flatMap(group -> Replay.cases(group).stream()).toList();
        if (cases.isEmpty()) {
            return unmodelled(finding, "The log has no fault of it with requester, direction and address.");
        }
        Optional<Proof> best = Optional.empty();
        for (String state : block.get("state")) {
            Hypothesis hypothesis = Hypothesis.valueOf(state.toUpperCase(Locale.ROOT).replace('-', '_'));
            if (cases.stream().anyMatch(one -> hypothesis.speaksOf(one.act()))) {
                Proof proof = prove(finding, hypothesis, cases);
                best = best.filter(other -> other.cause().compareTo(proof.cause()) <= 0).or(() -> Optional.of(proof));
            }
        }
        return best.orElseGet(() -> unmodelled(finding, "The twin has no state for requests of this sort under this cause."));
    }

    private Proof unmodelled(Finding finding, String words) {
        List<Proof.FixProof> fixes = finding.fixes().stream().map(fix -> new Proof.FixProof(fix.label(), Proof.Fix.NOT_MODELLED, "")).toList();
        return new Proof(Proof.Cause.NOT_MODELLED, words, List.of(), fixes);
    }

    private Proof prove(Finding finding, Hypothesis hypothesis, List<Hypothesis.Case> cases) {
        List<Played> shown = new ArrayList<>();
        int same = 0;
        for (Hypothesis.Case one : cases) {
            Played played = Stage.play(before(hypothesis, one), List.of(one.act())).getFirst();
            shown.add(played);
            same += one.equalTo(played) ? 1 : 0;
        }
        Proof.Cause cause = same == cases.size() ? Proof.Cause.REPRODUCED : same > 0 ? Proof.Cause.PARTLY : Proof.Cause.CONTRADICTED;
        String words = words(hypothesis, cases.size(), same, shown.getFirst());
        List<Proof.FixProof> fixes = new ArrayList<>();
        for (Fix fix : finding.fixes()) {
            fixes.add(cause == Proof.Cause.CONTRADICTED ? new Proof.FixProof(fix.label(), Proof.Fix.NOT_MODELLED, "") : fix(fix.label(), hypothesis, cases));
        }
        return new Proof(cause, words, shown, fixes);
    }

    private Scene before(Hypothesis hypothesis, Hypothesis.Case one) {
        // What the unit said shows the form of its tables; a host's tables of another form were not in force then.
        Optional<Scene> own = one.from().device().flatMap(host).filter(scene -> one.from().reason().flatMap(TableMode::of)
                .filter(mode -> mode != scene.mode()).isEmpty());
        return hypothesis.stage(own.orElseGet(() -> HostScene.of(diagnosis.symptoms(), one)), one);
    }

    private static String words(Hypothesis hypothesis, int played, int same, Played first) {
        String state = TABLE.get("state " + hypothesis.name().toLowerCase(Locale.ROOT).replace('_', '-')).get("words").getFirst();
        String result = same == played ? played == 1 ? "the model gives the fault of the log" : "the model gives all " + played + " faults that were played"
                : same == 0 ? "the model does not give the fault of the log" : "the model gives " + same + " of " + played + " faults";
        return "With " + state + ", " + result + " (" + first.inWords() + ").";
    }

    private Proof.FixProof fix(String label, Hypothesis hypothesis, List<Hypothesis.Case> cases) {
        Optional<Change> change = Optional.ofNullable(TABLE.get("fix " + label)).map(block -> block.get("change").getFirst())
                .map(word -> Change.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')));
        if (change.isEmpty()) {
            return new Proof.FixProof(label, Proof.Fix.NOT_MODELLED, "");
        }
        List<Played> remaining = new ArrayList<>();
        Optional<Played> through = Optional.empty();
        for (Hypothesis.Case one : cases) {
            boolean ownEntry = hypothesis != Hypothesis.NO_ENTRY;
            Scene after = change.get().make(before(hypothesis, one), one, ownEntry);
            Played played = Stage.play(after, List.of(change.get().act(one.act()))).getFirst();
            if (played.passed()) {
                through = Optional.of(played);
            } else {
                remaining.add(played);
            }
        }
        if (remaining.isEmpty()) {
            String cost = change.get().unprotected() ? "The request is let through unchecked: " + through.orElseThrow().inWords() + "." : "";
            return new Proof.FixProof(label, Proof.Fix.GONE, cost);
        }
        return new Proof.FixProof(label, remaining.size() == cases.size() ? Proof.Fix.REFUTED : Proof.Fix.PARTLY, "Remains: " + remaining.getFirst().inWords()
                + ".");
    }
}
