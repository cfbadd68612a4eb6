package dev.dmarshal.host.image;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Span;
import dev.dmarshal.core.tables.Candidate.RootTable;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds a machine's remapping tables: where somebody says they are, and if nobody does, by searching its whole memory with as many threads as there are
 * processors.
 */
public final class TableLocator {
    private static final long PIECE = 64L << 20;

    private TableLocator() {
    }

    /**
     * Where tables are.
     *
     * @param units  units with a root table
     * @param search what searching found, if it was done
     */
    public record Located(List<UnitTables> units, Optional<TableSearch.Result> search) {
    }

    /** The units that the user or registers tell of, or those that a search finds with more than a low confidence. */
    public static Located locate(MemoryImage memory, List<UnitTables> told) {
        List<UnitTables> known = told.stream().filter(unit -> unit.rootRegister().isPresent() || unit.interruptRegister().isPresent()).toList();
        return known.isEmpty() ? searched(memory) : new Located(known, Optional.empty());
    }

    /** Searches, whatever is known already. */
    public static Located searched(MemoryImage memory) {
        TableSearch.Result result = search(memory, Runtime.getRuntime().availableProcessors());
        List<UnitTables> units = result.roots().stream().filter(root -> root.confidence() != Confidence.LOW).map(RootTable::tables).toList();
        return new Located(units, Optional.of(result));
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
