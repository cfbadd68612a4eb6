package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Comparator;
import java.util.List;

/**
 * The verdict on one device: all reasons, not the first.
 *
 * @param device  the device
 * @param overall the answer as a whole, which follows from the reasons
 * @param reasons every check, by subject
 */
public record Assignability(Sbdf device, Overall overall, List<Reason> reasons) {

    /** Draws the overall answer from the reasons. */
    static Assignability of(Sbdf device, List<Reason> reasons) {
        List<Reason> sorted = reasons.stream().sorted(Comparator.comparing(Reason::subject)).toList();
        return new Assignability(device, overall(sorted), sorted);
    }

    private static Overall overall(List<Reason> reasons) {
        if (reasons.stream().anyMatch(reason -> reason.subject() == Subject.KIND && reason.answer() == Answer.FAIL)) {
            return Overall.NEVER;
        }
        if (any(reasons, Answer.FAIL, Weight.BLOCKS)) {
            return Overall.REFUSED;
        }
        if (any(reasons, Answer.UNMEASURED, Weight.BLOCKS)) {
            return Overall.UNMEASURED;
        }
        return any(reasons, Answer.FAIL, Weight.COSTS) ? Overall.AT_A_COST : Overall.ASSIGNABLE;
    }

    private static boolean any(List<Reason> reasons, Answer answer, Weight weight) {
        return reasons.stream().anyMatch(reason -> reason.answer() == answer && reason.weight() == weight);
    }

    /** The reasons on one subject. */
    public List<Reason> on(Subject subject) {
        return reasons.stream().filter(reason -> reason.subject() == subject).toList();
    }

    /** The reasons with one answer. */
    public List<Reason> with(Answer answer) {
        return reasons.stream().filter(reason -> reason.answer() == answer).toList();
    }
}
