package dev.dmarshal.doctor.kdump;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one kind of crash kernel makes of a crash.
 *
 * @param behaviour the kind
 * @param lines     device by device
 * @param notes     what else happened, in sentences
 */
public record HandoverReport(Behaviour behaviour, List<Line> lines, List<String> notes) {

    /** Keeps its own copies. */
    public HandoverReport {
        lines = List.copyOf(lines);
        notes = List.copyOf(notes);
    }

    /**
     * One device.
     *
     * @param device   which
     * @param outcomes by moment; a moment that did not come has none
     */
    public record Line(BusyDevice device, Map<Moment, Outcome> outcomes) {

        /** Keeps its own copy. */
        public Line {
            Map<Moment, Outcome> copy = new EnumMap<>(Moment.class);
            copy.putAll(outcomes);
            outcomes = Collections.unmodifiableMap(copy);
        }

        /** What happened at a moment, if it came. */
        public Optional<Outcome> at(Moment moment) {
            return Optional.ofNullable(outcomes.get(moment));
        }

        /** All moments together. */
        public Outcome sum() {
            return outcomes.values().stream().reduce(Outcome.NOTHING, Outcome::plus);
        }
    }

    /** All devices together. */
    public Outcome sum() {
        return lines.stream().map(Line::sum).reduce(Outcome.NOTHING, Outcome::plus);
    }
}
