package dev.dmarshal.host.image;

import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Span;
import dev.dmarshal.core.tables.Candidate.RootTable;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds a machine's remapping tables: where somebody says they are, else where the variables of the kernels in its memory say, else by searching its whole
 * memory with as many threads as there are processors.
 */
public final class TableLocator {
    private static final long PIECE = 64L << 20;

    private TableLocator() {
    }

    /**
     * Where tables are.
     *
     * @param units   units with a root table
     * @param search  what searching found, if it was done
     * @param kernels the kernels whose variables were read, if they were looked for; all that the memory holds, also those that drive no unit
     */
    public record Located(List<UnitTables> units, Optional<TableSearch.Result> search, List<KernelUnits> kernels) {

        /** Copies the lists. */
        public Located {
            units = List.copyOf(units);
            kernels = List.copyOf(kernels);
        }
    }

    /** As {@link #locate(SavedMachine, List, List)}, with no entries seen. */
    public static Located locate(SavedMachine machine, List<UnitTables> told) {
        return locate(machine, told, List.of());
    }

    /**
     * The units that the user or registers tell of; if there are none, those of the kernels' variables; if there are none, those whose tables have the entries
     * that a log shows; if there are none, those that a search finds.
     */
    public static Located locate(SavedMachine machine, List<UnitTables> told, List<SeenEntries> seen) {
        if (told.stream().anyMatch(TableLocator::somewhere)) {
            return locate(machine.memory(), told);
        }
        List<KernelUnits> kernels = KernelNote.of(machine).stream().map(note -> KernelUnits.of(machine.memory(), note)).toList();
        List<UnitTables> units = named(kernels);
        Located found = units.isEmpty() ? SeenTables.locate(machine.memory(), seen).orElseGet(() -> searched(machine.memory()))
                : new Located(units, Optional.empty(), kernels);
        return new Located(adopt(found.units, told), found.search, kernels);
    }

    /** If somebody tells of a unit's capabilities by its name, or there is one unit and somebody tells of one unit's capabilities, they are its own. */
    private static List<UnitTables> adopt(List<UnitTables> unnamed, List<UnitTables> told) {
        List<UnitTables> able = told.stream().filter(UnitTables::capabilitiesKnown).toList();
        List<UnitTables> found = unnamed.stream().map(unit -> unit.capabilitiesKnown() ? unit : able.stream().filter(other -> other.name().equals(unit.name()))
                .findFirst().map(other -> unit.with(other.capabilities())).orElse(unit)).toList();
        return found.size() != 1 || able.size() != 1 || found.getFirst().capabilitiesKnown() ? found : List.of(found.getFirst().with(able.getFirst().capabilities()));
    }

    /** Units of several kernels are told apart by the kernel's place among them: the older one keeps its names. */
    private static List<UnitTables> named(List<KernelUnits> kernels) {
        List<KernelUnits> driving = kernels.stream().filter(kernel -> !kernel.units().isEmpty()).sorted(Comparator.comparing(KernelUnits::takenOver)).toList();
        List<UnitTables> units = new ArrayList<>();
        for (int i = 0; i < driving.size(); i++) {
            String suffix = i == 0 ? "" : "/" + (i + 1);
            String more = driving.get(i).takenOver() ? ", which took the units over from another kernel" : "";
            driving.get(i).units().stream().filter(TableLocator::somewhere).forEach(unit -> units.add(unit.renamed(unit.name() + suffix, unit.origin() + more)));
        }
        return units;
    }

    private static boolean somewhere(UnitTables unit) {
        return unit.rootRegister().isPresent() || unit.interruptRegister().isPresent();
    }

    /** The units that the user or registers tell of, or those that a search finds with more than a low confidence. */
    public static Located locate(MemoryImage memory, List<UnitTables> told) {
        List<UnitTables> known = told.stream().filter(TableLocator::somewhere).toList();
        return known.isEmpty() ? searched(memory) : new Located(known, Optional.empty(), List.of());
    }

    /** Searches, whatever is known already. */
    public static Located searched(MemoryImage memory) {
        TableSearch.Result result = search(memory, Runtime.getRuntime().availableProcessors());
        List<UnitTables> units = result.roots().stream().filter(root -> root.confidence() != Confidence.LOW).map(RootTable::tables).toList();
        return new Located(units, Optional.of(result), List.of());
    }

    /** Searches a memory with some threads. */
    public static TableSearch.Result search(MemoryImage memory, int threads) {
        List<Span> pieces = new ArrayList<>();
        for (Span span : memory.spans()) {
            // Pieces end at multiples of their size, so that no page is cut in two.
            long end = span.base() + span.sizeBytes();
            for (long at = span.base(); at < end;) {
                long next = Math.min(end, (at & -PIECE) + PIECE);
                pieces.add(new Span(at, next - at));
                at = next;
            }
        }
        AtomicInteger following = new AtomicInteger();
        List<TableSearch> searches = new ArrayList<>();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            TableSearch search = new TableSearch(memory);
            searches.add(search);
            workers.add(Thread.ofPlatform().start(() -> {
                for (int next = following.getAndIncrement(); next < pieces.size(); next = following.getAndIncrement()) {
                    search.search(pieces.get(next).base(), pieces.get(next).sizeBytes());
                }
            }));
        }
        workers.forEach(TableLocator::await);
        return TableSearch.merge(searches.stream().map(TableSearch::result).toList());
    }

    private static void await(Thread worker) {
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
