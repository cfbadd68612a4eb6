package dev.dmarshal.core.tables;

import dev.dmarshal.core.tables.Candidate.InterruptTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What an audit looks at.
 *
 * @param units           the units
 * @param interruptTables interrupt-remapping tables
 * @param zones           memory that no device may write
 * @param reserved        ranges that firmware wants mapped
 */
public record AuditScope(List<UnitTables> units, List<InterruptTable> interruptTables, List<Zone> zones, List<ReservedRange> reserved) {

    /** Sorts the zones. */
    public AuditScope {
        units = List.copyOf(units);
        interruptTables = List.copyOf(interruptTables);
        zones = zones.stream().sorted(Comparator.comparingLong(Zone::first)).toList();
        reserved = List.copyOf(reserved);
    }

    /** The zones that a range of memory touches; at most a few of them. */
    List<Zone> zones(long first, long last) {
        int low = 0;
        int high = zones.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (zones.get(middle).last() < first) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        List<Zone> touched = new ArrayList<>();
        for (int i = low; i < zones.size() && zones.get(i).first() <= last && touched.size() < 4; i++) {
            touched.add(zones.get(i));
        }
        return touched;
    }
}
