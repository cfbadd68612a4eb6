package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.UnitCapabilities;

/**
 * The translation side of a unit: latched state, caches, and the way through them. {@link RemappingUnit} says what is atomic.
 */
final class AddressRemapper {
    private static final int PLAIN = Request.READ | Request.WRITE | Request.ATOMIC;

    private final Translator translator;
    private final TranslationCaches caches;
    private final PlainWalk plain;
    private final boolean cacheless;
    private volatile UnitState state;

    AddressRemapper(UnitCapabilities capabilities, PhysicalMemory memory, CacheSizes sizes, FaultSink faults) {
        this.caches = new TranslationCaches(sizes);
        this.translator = new Translator(capabilities, memory, caches, faults);
        this.plain = translator.plainWalk();
        this.cacheless = sizes.equals(CacheSizes.NONE);
        this.state = new UnitState(false, UnitState.TableMode.LEGACY, 0, false, false, 0, 2, false, UnitState.Range.EMPTY, UnitState.Range.EMPTY);
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

    /** {@link RemappingUnit#translate}. */
    boolean translate(int sourceId, long address, int request, int pasid, Translation out) {
        // Sampled before the state, so that what is cached under it cannot outlive the state.
        int generation = caches.generation();
        if ((request & ~PLAIN) == 0 && out.trace == null) {
            long mapping = cacheless ? plain.find(state, sourceId, address, Mapping.need(request)) : caches.shortcut(generation, sourceId, address);
            if (mapping > 0 && (Mapping.need(request) & ~mapping) == 0 && address >>> 20 != 0xFEE) {
                out.mapped(mapping, address, request);
                return true;
            }
        }
        out.generation = generation;
        return translator.translate(state, sourceId, address, request, pasid, out);
    }

    /** {@link RemappingUnit#trace}. */
    WalkTrace trace(int sourceId, long address, int request, int pasid) {
        WalkTrace trace = new WalkTrace();
        // A generation behind, so that no cache takes what is found.
        trace.outcome().generation = caches.generation() - 1;
        translator.translate(state, sourceId, address, request, pasid, trace.outcome());
        return trace;
    }

    /** Whether a device may ask for pages; if its tables say no, their fault is recorded. */
    boolean admits(PageRequestDescriptor request) {
        Translation scratch = new Translation();
        scratch.generation = caches.generation();
        return translator.admits(state, request, scratch);
    }

    /** Refuses contents of caches of other sizes. */
    void check(TranslationCaches.Saved saved) {
        caches.check(saved);
    }

    /** Contents of the caches. Nobody may translate meanwhile. */
    TranslationCaches.Saved save() {
        return caches.save();
    }

    /** Puts back what {@link #save} gave. Nobody may translate meanwhile. */
    void restore(TranslationCaches.Saved saved) {
        caches.restore(saved);
    }
}
