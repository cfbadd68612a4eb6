package dev.dmarshal.doctor.finding;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts a finding together; sorts its fixes from narrow to broad. */
public final class FindingBuilder {

    private final String label;
    private final String title;
    private Severity severity = Severity.PROBLEM;
    private Confidence confidence = Confidence.POSSIBLE;
    private Blame blame = Blame.OPEN;
    private Optional<Sbdf> device = Optional.empty();
    private String why = "";
    private final List<Evidence> evidence = new ArrayList<>();
    private final List<Evidence> counter = new ArrayList<>();
    private final List<Fix> fixes = new ArrayList<>();
    private final List<String> next = new ArrayList<>();

    /** Starts a finding with its stable label and its one-line title. */
    public FindingBuilder(String label, String title) {
        this.label = label;
        this.title = title;
    }

    /** How much it matters; {@link Severity#PROBLEM} unless said. */
    public FindingBuilder severity(Severity value) {
        severity = value;
        return this;
    }

    /** How sure; {@link Confidence#POSSIBLE} unless said. */
    public FindingBuilder confidence(Confidence value) {
        confidence = value;
        return this;
    }

    /** Whose it is; {@link Blame#OPEN} unless said. */
    public FindingBuilder blame(Blame value) {
        blame = value;
        return this;
    }

    /** Which device it is about. */
    public FindingBuilder device(Optional<Sbdf> value) {
        device = value;
        return this;
    }

    /** The explanation. */
    public FindingBuilder why(String value) {
        why = value;
        return this;
    }

    /** Something that speaks for it. */
    public FindingBuilder evidence(Evidence value) {
        evidence.add(value);
        return this;
    }

    /** Something that speaks for it, if it is there. */
    public FindingBuilder evidence(Optional<Evidence> value) {
        value.ifPresent(evidence::add);
        return this;
    }

    /** Something that speaks against it, or would. */
    public FindingBuilder counter(String says) {
        counter.add(Evidence.that(says));
        return this;
    }

    /** A way out. */
    public FindingBuilder fix(Fix value) {
        fixes.add(value);
        return this;
    }

    /** Several ways out. */
    public FindingBuilder fixes(List<Fix> values) {
        fixes.addAll(values);
        return this;
    }

    /** What to look at or capture next. */
    public FindingBuilder next(String what) {
        next.add(what);
        return this;
    }

    /** The finding. */
    public Finding build() {
        List<Fix> sorted = fixes.stream().sorted((one, other) -> one.scope().compareTo(other.scope())).toList();
        return new Finding(label, severity, confidence, blame, device, title, why, evidence, counter, sorted, next);
    }
}
