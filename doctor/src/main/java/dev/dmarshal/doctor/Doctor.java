package dev.dmarshal.doctor;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Causes;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks every known cause, then the general ones about what is left, and ranks what they claim. */
public final class Doctor {

    private Doctor() {
    }

    /** Judges symptoms. */
    public static Diagnosis examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        // By identity: a group is one object, and the hash code of a record of records is built from method handles at every start, which cost 20 ms.
        Set<FaultGroup> explained = Collections.newSetFromMap(new IdentityHashMap<>());
        ask(Causes.known(), symptoms, claims, explained);
        for (List<Cause> causes : Causes.forTheRest()) {
            ask(causes, symptoms.withFaults(symptoms.faults().stream().filter(group -> !explained.contains(group)).toList()), claims, explained);
        }
        Set<String> said = claims.stream().map(claim -> claim.finding().label()).collect(Collectors.toSet());
        for (Cause cause : Causes.unlessSaid()) {
            cause.examine(symptoms).stream().filter(claim -> said.add(claim.finding().label())).forEach(claims::add);
        }
        // A stable sort: among equals the order of the causes stands, which is from special to general.
        boolean refused = symptoms.faults().stream().anyMatch(group -> group.kind() != FaultKind.UNIT);
        List<Finding> findings = claims.stream().sorted((one, other) -> inOrder(one, other, refused)).map(Claim::finding).toList();
        return new Diagnosis(symptoms, distinct(findings), symptoms.faults().stream().filter(group -> !explained.contains(group)).toList(),
                explained(claims));
    }

    /** By identity, as above. */
    private static Map<Finding, List<FaultGroup>> explained(List<Claim> claims) {
        Map<Finding, List<FaultGroup>> explained = new IdentityHashMap<>();
        claims.forEach(claim -> explained.put(claim.finding(), claim.explains()));
        return explained;
    }

    private static void ask(List<Cause> causes, Symptoms symptoms, List<Claim> claims, Set<FaultGroup> explained) {
        for (Cause cause : causes) {
            for (Claim claim : cause.examine(symptoms)) {
                assert labels().contains(claim.finding().label()) : "label " + claim.finding().label() + " is not in Causes.labels()";
                claims.add(claim);
                explained.addAll(claim.explains());
            }
        }
    }

    private static int inOrder(Claim one, Claim other, boolean refused) {
        int order = one.finding().severity().compareTo(other.finding().severity());
        return order != 0 ? order : Integer.compare(rank(one, refused), rank(other, refused));
    }

    /** By confidence; where requests were refused, what explains them stands before what is as sure, or a step surer, and about something else. */
    private static int rank(Claim claim, boolean refused) {
        int confidence = claim.finding().confidence().ordinal() * 2;
        boolean describes = claim.finding().label().equals(Causes.unexplained());
        return refused && (claim.explains().isEmpty() || describes) ? confidence + 3 : confidence;
    }

    /**
     * One finding for each label and device: groups of faults that differ in direction or reason only have the same cause. The first, which is the
     * surest, stays.
     */
    private static List<Finding> distinct(List<Finding> findings) {
        Set<String> seen = new HashSet<>();
        return findings.stream().filter(finding -> finding.device().isEmpty() || seen.add(finding.label() + " " + finding.device().get())).toList();
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
