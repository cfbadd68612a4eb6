package dev.dmarshal.doctor;

import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Causes;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Asks every known cause, ranks what they claim, and says what nobody explains. */
public final class Doctor {

    private Doctor() {
    }

    /** Judges symptoms. */
    public static Diagnosis examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        // By identity: a group is one object, and the hash code of a record of records is built from method handles at every start, which cost 20 ms.
        Set<FaultGroup> explained = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Cause cause : Causes.known()) {
            for (Claim claim : cause.examine(symptoms)) {
                claims.add(claim);
                explained.addAll(claim.explains());
            }
        }
        // A stable sort: among equals the order of Causes.known() stands, which is from special to general.
        List<Finding> findings = claims.stream().map(Claim::finding).sorted(Doctor::inOrder).toList();
        return new Diagnosis(symptoms, findings, symptoms.faults().stream().filter(group -> !explained.contains(group)).toList());
    }

    private static int inOrder(Finding one, Finding other) {
        int order = one.severity().compareTo(other.severity());
        return order != 0 ? order : one.confidence().compareTo(other.confidence());
    }

    /** The best finding that is at least {@link Confidence#LIKELY}, for callers that want one answer. */
    public static java.util.Optional<Finding> firstCause(Diagnosis diagnosis) {
        return diagnosis.findings().stream().findFirst();
    }
}
