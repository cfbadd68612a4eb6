package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.Collections;
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
        List<Reason> sorted = new ArrayList<>(reasons);
        sorted.sort(Comparator.comparing(Reason::subject));
        return new Assignability(device, overall(sorted), Collections.unmodifiableList(sorted));
    }

    private static Overall overall(List<Reason> reasons) {
        Overall worst = Overall.ASSIGNABLE;
        for (Reason reason : reasons) {
            Overall meant = meant(reason);
            worst = meant.compareTo(worst) > 0 ? meant : worst;
        }
        return worst;
    }

    /** What the verdict would be if this reason stood alone. */
    private static Overall meant(Reason reason) {
        if (reason.answer() == Answer.FAIL) {
            if (reason.subject() == Subject.KIND) {
                return Overall.NEVER;
            }
            return reason.weight() == Weight.BLOCKS ? Overall.REFUSED : reason.weight() == Weight.COSTS ? Overall.AT_A_COST : Overall.ASSIGNABLE;
        }
        return reason.answer() == Answer.UNMEASURED && reason.weight() == Weight.BLOCKS ? Overall.UNMEASURED : Overall.ASSIGNABLE;
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
