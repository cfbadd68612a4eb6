package dev.dmarshal.doctor;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Causes;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks every known cause, then the general ones about what is left, and ranks what they claim. */
public final class Doctor {

    private Doctor() {
    }

    /** Judges symptoms. */
    public static Diagnosis examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Set<FaultGroup> explained = new HashSet<>();
        ask(Causes.known(), symptoms, claims, explained);
        for (List<Cause> causes : Causes.forTheRest()) {
            ask(causes, symptoms.withFaults(symptoms.faults().stream().filter(group -> !explained.contains(group)).toList()), claims, explained);
        }
        // A stable sort: among equals the order of the causes stands, which is from special to general.
        List<Finding> findings = claims.stream().map(Claim::finding).sorted(Comparator.comparing(Finding::severity).thenComparing(Finding::confidence))
                .toList();
        return new Diagnosis(symptoms, distinct(findings), symptoms.faults().stream().filter(group -> !explained.contains(group)).toList());
    }

    /** By confidence; where requests were refused, what explains them stands before what is as sure, or a step surer, and about something else. */
    private static int rank(Claim claim, boolean faults) {
        int confidence = claim.finding().confidence().ordinal() * 2;
        return faults && claim.explains().isEmpty() ? confidence + 3 : claim.finding().label().equals(Causes.UNEXPLAINED) ? confidence + 2 : confidence;
    }

    private static void ask(List<Cause> causes, Symptoms symptoms, List<Claim> claims, Set<FaultGroup> explained) {
        for (Cause cause : causes) {
            for (Claim claim : cause.examine(symptoms)) {
                if (!labels().contains(claim.finding().label())) {
                    throw new IllegalStateException("label " + claim.finding().label() + " is not in Causes.labels()");
                }
                claims.add(claim);
                explained.addAll(claim.explains());
            }
        }
    }

    /**
     * One finding for each label and device: groups of faults that differ in direction or reason only have the same cause. The first, which is the surest,
     * stays.
     */
    private static List<Finding> distinct(List<Finding> findings) {
        Set<List<Object>> seen = new HashSet<>();
        return findings.stream().filter(finding -> finding.device().isEmpty() || seen.add(List.of(finding.label(), finding.device().get()))).toList();
    }

    /** Every label that a finding can have. Stable: scripts and the corpus score rely on them. */
    public static Set<String> labels() {
        return Causes.labels();
    }

    /** The first finding, for callers that want one answer. */
    public static Optional<Finding> firstCause(Diagnosis diagnosis) {
        return diagnosis.findings().stream().findFirst();
    }
}
