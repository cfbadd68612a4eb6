package dev.dmarshal.doctor;

import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Causes;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Asks every known cause, ranks what they claim, and says what nobody explains. */
public final class Doctor {

    private Doctor() {
    }

    /** Judges symptoms. */
    public static Diagnosis examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Set<FaultGroup> explained = new HashSet<>();
        for (Cause cause : Causes.known()) {
            for (Claim claim : cause.examine(symptoms)) {
                claims.add(claim);
                explained.addAll(claim.explains());
            }
        }
        // A stable sort: among equals the order of Causes.known() stands, which is from special to general.
        List<Finding> findings = claims.stream().map(Claim::finding).sorted(Comparator.comparing(Finding::severity).thenComparing(Finding::confidence)).toList();
        return new Diagnosis(symptoms, findings, symptoms.faults().stream().filter(group -> !explained.contains(group)).toList());
    }

    /** The best finding that is at least {@link Confidence#LIKELY}, for callers that want one answer. */
    public static java.util.Optional<Finding> firstCause(Diagnosis diagnosis) {
        return diagnosis.findings().stream().findFirst();
    }
}
