package dev.dmarshal.passthrough.wish;

import dev.dmarshal.passthrough.plan.Plan;
import java.util.List;

/** What comes of a wish. */
public sealed interface Answer {

    /** It can be done so. @param remarks what to know before */
    record Ready(Plan plan, List<String> remarks) implements Answer {

        /** Keeps its own copy. */
        public Ready {
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * It is refused, for all these reasons.
     *
     * @param remarks what to know besides, such as a forced label that lifts nothing
     */
    record Refused(List<Refusal> refusals, List<String> remarks) implements Answer {

        /** Keeps its own copies. */
        public Refused {
            refusals = List.copyOf(refusals);
            remarks = List.copyOf(remarks);
        }

        /** Without remarks. */
        public Refused(List<Refusal> refusals) {
            this(refusals, List.of());
        }
    }
}
