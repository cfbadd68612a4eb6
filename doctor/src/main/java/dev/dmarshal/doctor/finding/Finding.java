package dev.dmarshal.doctor.finding;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One cause that the doctor names, with everything that speaks for and against it.
 *
 * @param label      stable label of the cause, such as {@code requester-unknown}
 * @param severity   how much it matters
 * @param confidence how sure
 * @param blame      whose defect or setting it is
 * @param device     the device it is about, if it is about one
 * @param title      one line
 * @param why        the explanation, a few sentences
 * @param evidence   what speaks for it
 * @param counter    what speaks against it, or what would
 * @param fixes      ways out, narrowest first
 * @param next       what to look at or capture next to be surer
 */
public record Finding(String label, Severity severity, Confidence confidence, Blame blame, Optional<Sbdf> device, String title, String why,
        List<Evidence> evidence, List<Evidence> counter, List<Fix> fixes, List<String> next) {

    /** Copies the lists; fixes must come narrowest first. */
    public Finding {
        evidence = List.copyOf(evidence);
        counter = List.copyOf(counter);
        fixes = List.copyOf(fixes);
        next = List.copyOf(next);
        for (int i = 1; i < fixes.size(); i++) {
            if (fixes.get(i - 1).scope().compareTo(fixes.get(i).scope()) > 0) {
                throw new IllegalArgumentException(label + ": fix " + fixes.get(i).label() + " is narrower than the one before it");
            }
        }
    }

    /** The same without some ways out. @param labels of them */
    public Finding withoutFixes(Set<String> labels) {
        return labels.isEmpty() ? this : new Finding(label, severity, confidence, blame, device, title, why, evidence, counter,
                fixes.stream().filter(fix -> !labels.contains(fix.label())).toList(), next);
    }
}
