package dev.dmarshal.doctor.cause;

import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.symptom.FaultGroup;
import java.util.List;

/**
 * A finding and the faults it accounts for.
 *
 * @param finding  what is said
 * @param explains the groups of faults that need no other explanation if it is true
 */
public record Claim(Finding finding, List<FaultGroup> explains) {

    /** A claim about something other than faults. */
    public static Claim of(Finding finding) {
        return new Claim(finding, List.of());
    }
}
