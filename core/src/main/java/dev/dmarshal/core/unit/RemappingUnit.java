package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.UnitCapabilities;

/**
 * One remapping unit: give it a device's request, and it does what VT-d hardware does with it.
 *
 * <p><b>Threads.</b> Any number of threads may call {@link #translate} at once, each with a {@link Translation} of its own, while others change tables,
 * invalidate, or put new state in force. A call sees one latched state as a whole (mode, root table, enables); it reads each 64-bit word of a table
 * in one piece, but a structure of several words may change between two words, as under hardware; accessed and dirty bits are set by compare-and-set and never
 * undo another's change. A cached entry is seen whole or not at all. When an invalidation has returned, no call that begins later finds
 * what it dropped; calls under way may still end with what they found before.
 */
public final class RemappingUnit {
    private static final int PLAIN = Request.READ | Request.WRITE | Request.ATOMIC;

    private final UnitCapabilities capabilities;
    private final Translator translator;
    private final TranslationCaches caches;
    private volatile UnitState state;

    RemappingUnit(UnitCapabilities capabilities, PhysicalMemory memory, CacheSizes sizes, FaultSink faults) {
        this.capabilities = capabilities;
        this.caches = new TranslationCaches(sizes);
        this.translator = new Translator(capabilities, memory, caches, faults);
        this.state = new UnitState(false, UnitState.TableMode.LEGACY, 0, false, false, 0, 2, false, UnitState.Range.EMPTY, UnitState.Range.EMPTY);
    }

    /** What this unit can do. */
    public UnitCapabilities capabilities() {
        return capabilities;
    }

    /** Puts latched state in force. */
    void latch(UnitState latched) {
        state = latched;
        caches.nextGeneration();
    }

    /** The caches, for invalidation. */
    CacheControl caches() {
        return caches;
    }

    /**
     * Translates one request. Allocates nothing and throws nothing for what a device or a table may contain.
     *
     * @param sourceId requester, 16 bits
     * @param address  any 64-bit address
     * @param request  flags of {@link Request}
     * @param pasid    20 bits; counts only with {@link Request#PASID}
     * @param out      receives the outcome
     * @return whether the request goes on (as memory access, completion or interrupt), that is, is not blocked
     */
    public boolean translate(int sourceId, long address, int request, int pasid, Translation out) {
        // Sampled before the state, so that what is cached under it cannot outlive the state.
        int generation = caches.generation();
        if ((request & ~PLAIN) == 0 && out.trace == null) {
            long mapping = caches.shortcut(generation, sourceId, address);
            if (mapping > 0 && (Mapping.need(request) & ~mapping) == 0 && address >>> 20 != 0xFEE) {
                out.mapped(mapping, address, request);
                return true;
            }
        }
        out.generation = generation;
        return translator.translate(state, sourceId, address, request, pasid, out);
    }

    /**
     * Translates one request in front of people: past all caches, with every entry that is read. The same code as {@link #translate}, so accessed and dirty
     * bits are set; faults are not recorded, and nothing is cached.
     */
    public WalkTrace trace(int sourceId, long address, int request, int pasid) {
        WalkTrace trace = new WalkTrace();
        // A generation behind, so that no cache takes what is found.
        trace.outcome().generation = caches.generation() - 1;
        translator.translate(state, sourceId, address, request, pasid, trace.outcome());
        return trace;
    }

    /** The translation side's contents. Nobody may translate meanwhile. */
    Object save() {
        return caches.save();
    }

    /** Puts back what {@link #save} gave. Nobody may translate meanwhile. */
    void restore(Object saved) {
        caches.restore((TranslationCaches.Saved) saved);
    }
}
