package dev.dmarshal.host.image;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.PageMatch;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds the tables of which a log shows some entries: root tables by going through all pages for those that hold these root entries, interrupt-remapping tables
 * among those that a search finds.
 */
final class SeenTables {
    /** A copy of a root table points to other context tables; so many pages with the same root entry are chance or old contents of memory. */
    private static final int MOST_OF_ONE = 8;

    private SeenTables() {
    }

    /** The units that are known again; empty if none is. */
    static Optional<TableLocator.Located> locate(MemoryImage memory, List<SeenEntries> seen) {
        boolean interrupts = seen.stream().anyMatch(one -> !one.interrupts().isEmpty());
        Optional<TableSearch.Result> search = interrupts ? TableLocator.searched(memory).search() : Optional.empty();
        List<UnitTables> units = new ArrayList<>();
        for (SeenEntries one : seen) {
            OptionalLong table = search.flatMap(found -> found.interrupts().stream().filter(candidate -> one.matches(memory, candidate)).findFirst())
                    .map(InterruptTable::register).map(OptionalLong::of).orElse(OptionalLong.empty());
            List<Long> roots = PageMatch.find(memory, one.rootWords(), MOST_OF_ONE);
            for (int i = 0; i < roots.size(); i++) {
                long register = Rtaddr.TTM.set(roots.get(i), one.scalable() ? UnitTables.SCALABLE : 0);
                units.add(unit(one, i == 0 ? "" : "/" + (i + 1), OptionalLong.of(register), table));
            }
            if (roots.isEmpty() && table.isPresent()) {
                units.add(unit(one, "", OptionalLong.empty(), table));
            }
        }
        if (units.isEmpty()) {
            return Optional.empty();
        }
        boolean noRoot = units.stream().noneMatch(unit -> unit.rootRegister().isPresent());
        return Optional.of(noRoot ? with(units, search.orElseThrow()) : new TableLocator.Located(units, search, List.of()));
    }

    /** Only interrupt tables are known again: root tables are those that the search has found; if there is one of each, they are one unit's. */
    private static TableLocator.Located with(List<UnitTables> known, TableSearch.Result search) {
        List<UnitTables> roots = search.roots().stream().filter(root -> root.confidence() != Confidence.LOW).map(root -> root.tables()).toList();
        List<UnitTables> units = new ArrayList<>(roots);
        if (roots.size() == 1 && known.size() == 1) {
            UnitTables root = roots.getFirst();
            UnitTables one = known.getFirst();
            units = List.of(new UnitTables(one.name(), root.rootRegister(), one.interruptRegister(), root.capabilities(), false, root.origin() + "; interrupts: "
                    + one.origin(), root.confidence()));
        } else {
            units.addAll(known);
        }
        return new TableLocator.Located(units, Optional.of(search), List.of());
    }

    private static UnitTables unit(SeenEntries seen, String suffix, OptionalLong root, OptionalLong interrupts) {
        return new UnitTables(seen.unit() + suffix, root, interrupts, UnitTables.anyUnit(), false, "found by " + seen.evidence(), Confidence.HIGH);
    }
}
