package dev.dmarshal.host.iommu;

import java.util.List;

/**
 * One thing that was looked at.
 *
 * @param label    what, stable across versions, such as {@code firmware-table}
 * @param answer   how it stands
 * @param says     in a sentence
 * @param evidence where that is from: paths, lines of logs, parameters
 */
public record HostCheck(String label, Answer answer, String says, List<String> evidence) {

    /** Keeps an own copy of the list. */
    public HostCheck {
        evidence = List.copyOf(evidence);
    }

    static HostCheck pass(String label, String says, String... evidence) {
        return new HostCheck(label, Answer.PASS, says, List.of(evidence));
    }

    static HostCheck fail(String label, String says, String... evidence) {
        return new HostCheck(label, Answer.FAIL, says, List.of(evidence));
    }

    static HostCheck unmeasured(String label, String says, String... evidence) {
        return new HostCheck(label, Answer.UNMEASURED, says, List.of(evidence));
    }
}
