package dev.dmarshal.doctor;

import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Map;

/**
 * What the doctor says.
 *
 * @param symptoms    what was seen
 * @param findings    causes, best first
 * @param unexplained groups of faults for which no cause is named
 * @param explained   the groups of faults that a finding accounts for, by finding
 */
public record Diagnosis(Symptoms symptoms, List<Finding> findings, List<FaultGroup> unexplained, Map<Finding, List<FaultGroup>> explained) {

    /** Whether anything is wrong, or any fault went unexplained. */
    public boolean trouble() {
        return !unexplained.isEmpty() || findings.stream().anyMatch(finding -> finding.severity() != Severity.NOTE);
    }

    /** Whether there was nothing to judge by. */
    public boolean unmeasured() {
        boolean nothingRead = symptoms.quality().lines() == 0 || symptoms.quality().binary() && symptoms.counts().isEmpty();
        return nothingRead && symptoms.devices().isEmpty() && symptoms.faults().isEmpty();
    }
}
