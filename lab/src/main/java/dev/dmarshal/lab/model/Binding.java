package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import java.util.Optional;

/**
 * What a function's context entry (legacy mode) or PASID entry (scalable mode) binds it to.
 *
 * @param domain domain-id
 * @param tables the rest of the entry's words, which say where the tables are and how to walk them
 */
record Binding(int domain, String tables) {

    /** What the trace of one of the function's requests came by, if it came that far. */
    static Optional<Binding> of(WalkTrace trace) {
        Optional<Binding> found = Optional.empty();
        for (WalkTrace.Step step : trace.steps()) {
            String name = step.structure();
            if (name.equals(ContextEntry.LAYOUT.name()) || name.equals(PasidEntry.LAYOUT.name())) {
                long second = Long.parseUnsignedLong(step.words().get(1).substring(2), 16);
                boolean legacy = name.equals(ContextEntry.LAYOUT.name());
                found = Optional.of(new Binding((int) (legacy ? ContextEntry.DOMAIN : PasidEntry.DOMAIN).get(second), step.words().toString()));
            }
        }
        return found;
    }
}
