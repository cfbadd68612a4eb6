package dev.dmarshal.core.unit;

import dev.dmarshal.core.pci.SourceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Several remapping units side by side, each with its scope: which unit a requester's traffic goes through (DRHD structures, section 8.3).
 * Immutable, so safe for concurrent callers; translating allocates nothing.
 */
public final class Platform {

    /**
     * A range of source-ids in a unit's scope: one function, or the buses behind a bridge.
     *
     * @param first lowest source-id
     * @param last  highest source-id, not below {@code first}
     */
    public record Scope(SourceId first, SourceId last) {

        /** Refuses empty ranges. */
        public Scope {
            if (first.compareTo(last) > 0) {
                throw new IllegalArgumentException("no such scope: " + first + " to " + last);
            }
        }

        /** One function. */
        public static Scope function(SourceId id) {
            return new Scope(id, id);
        }

        /** All that is on the buses {@code secondary} to {@code subordinate}. */
        public static Scope buses(int secondary, int subordinate) {
            return new Scope(SourceId.of(secondary, 0, 0), SourceId.of(subordinate, 31, 7));
        }
    }

    private static final int SOURCE_IDS = 1 << 16;

    private final Map<Integer, RemappingUnit[]> segments;

    private Platform(Map<Integer, RemappingUnit[]> segments) {
        this.segments = segments;
    }

    /** The unit that serves a requester, if any does; a requester that none serves reaches memory untranslated. */
    public Optional<RemappingUnit> unit(int segment, SourceId sourceId) {
        RemappingUnit[] units = segments.get(segment);
        return units == null ? Optional.empty() : Optional.ofNullable(units[sourceId.value()]);
    }

    /** A path for one segment that looks nothing up twice. */
    public Segment segment(int segment) {
        return new Segment(segments.getOrDefault(segment, new RemappingUnit[SOURCE_IDS]));
    }

    /** The units of one segment. */
    public static final class Segment {
        private final RemappingUnit[] units;

        private Segment(RemappingUnit[] units) {
            this.units = units;
        }

        /** {@link RemappingUnit#translate} by the unit that serves {@code sourceId}; without one the address passes. */
        public boolean translate(int sourceId, long address, int request, int pasid, Translation out) {
            RemappingUnit unit = units[sourceId];
            if (unit == null) {
                out.mapped(Translator.through(address), address, request);
                return true;
            }
            return unit.translate(sourceId, address, request, pasid, out);
        }

        /** {@link RemappingUnit#deliver} by the unit that serves {@code sourceId}; without one the interrupt passes, and sending it is the caller's. */
        public void deliver(int sourceId, long address, int sizeBytes, int value, RemappedInterrupt out) {
            RemappingUnit unit = units[sourceId];
            if (unit == null) {
                out.start();
                out.sends(RemappedInterrupt.Outcome.PASSED, address, value);
            } else {
                unit.deliver(sourceId, address, sizeBytes, value, out);
            }
        }
    }

    /** Starts with no units. */
    public static Builder builder() {
        return new Builder();
    }

    /** Puts units and scopes together. */
    public static final class Builder {
        private final Map<Integer, RemappingUnit[]> segments = new HashMap<>();
        private final Map<Integer, RemappingUnit> others = new HashMap<>();

        private Builder() {
        }

        /** Adds a unit for some requesters of a segment; a requester that another unit has already is refused. */
        public Builder unit(int segment, RemappingUnit unit, List<Scope> scopes) {
            RemappingUnit[] units = segments.computeIfAbsent(segment, key -> new RemappingUnit[SOURCE_IDS]);
            for (Scope scope : scopes) {
                for (int id = scope.first().value(); id <= scope.last().value(); id++) {
                    if (units[id] != null && units[id] != unit) {
                        throw new IllegalArgumentException(new SourceId(id) + " is in the scope of two units");
                    }
                    units[id] = unit;
                }
            }
            return this;
        }

        /** Adds the unit for all requesters of a segment that no other unit has (INCLUDE_PCI_ALL). */
        public Builder others(int segment, RemappingUnit unit) {
            if (others.putIfAbsent(segment, unit) != null) {
                throw new IllegalArgumentException("segment " + segment + " has two units for all others");
            }
            return this;
        }

        /** The platform. */
        public Platform build() {
            Map<Integer, RemappingUnit[]> built = new HashMap<>();
            segments.forEach((segment, units) -> built.put(segment, units.clone()));
            others.forEach((segment, unit) -> {
                RemappingUnit[] units = built.computeIfAbsent(segment, key -> new RemappingUnit[SOURCE_IDS]);
                for (int id = 0; id < SOURCE_IDS; id++) {
                    units[id] = units[id] == null ? unit : units[id];
                }
            });
            return new Platform(Map.copyOf(built));
        }
    }
}
