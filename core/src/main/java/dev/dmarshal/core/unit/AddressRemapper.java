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
    /** Null unless the unit has no caches and its memory is one segment. */
    private final PlainWalk plain;
    private volatile InForce inForce;

    /**
     * What is latched.
     *
     * @param state all of it
     * @param root  what the short way starts from
     */
    private record InForce(UnitState state, long root) {
    }

    /** Translates nothing until a state has been put in force. */
    AddressRemapper(UnitCapabilities capabilities, PhysicalMemory memory, CacheSizes sizes, FaultSink faults) {
        this.caches = new TranslationCaches(sizes);
        this.translator = new Translator(capabilities, memory, caches, faults);
        this.plain = translator.plainWalk().filter(walk -> sizes.equals(CacheSizes.NONE)).orElse(null);
    }

    /** Puts latched state in force. */
    void latch(UnitState latched) {
        inForce = new InForce(latched, plain == null ? PlainWalk.NONE : plain.root(latched));
        caches.nextGeneration();
    }

    /** The caches, for invalidation. */
    CacheControl caches() {
        return caches;
    }

    /** {@link RemappingUnit#translate}. Small, so that compilers take it into its callers; the rest stays outside. */
    boolean translate(int sourceId, long address, int request, int pasid, Translation out) {
        if (plain == null && (request & ~PLAIN) == 0) {
            long mapping = caches.shortcut(sourceId, address);
            if ((~mapping & (Mapping.VALID | Mapping.plainNeed(request))) == 0) {
                out.mappedPage(mapping, address);
                return true;
            }
        }
        return translateFully(sourceId, address, request, pasid, out);
    }

    private boolean translateFully(int sourceId, long address, int request, int pasid, Translation out) {
        if (out.trace == null && (request & ~PLAIN) == 0) {
            long mapping = plain == null ? caches.longerShortcut(sourceId, address) : walk(sourceId, address);
            if ((~mapping & (Mapping.VALID | Mapping.plainNeed(request))) == 0) {
                out.mappedPage(mapping, address);
                return true;
            }
        }
        // Sampled before the state, so that what is cached under it cannot outlive the state.
        out.generation = caches.generation();
        return translator.translate(inForce.state, sourceId, address, request, pasid, out);
    }

    /** {@link RemappingUnit#translateAll}. */
    int translateAll(int sourceId, int request, AddressBatch batch, Translation out) {
        if ((request & ~PLAIN) != 0) {
            throw new IllegalArgumentException("not a plain request: 0x" + Integer.toHexString(request));
        }
        long need = Mapping.plainNeed(request);
        int done = 0;
        while (true) {
            done = plain == null ? caches.shortcuts(sourceId, need, batch, done) : plain.findAll(inForce.root, sourceId, need, batch, done);
            if (done == batch.size() || !translate(sourceId, batch.inputs[done], request, 0, out) || !out.translated()) {
                return done;
            }
            batch.outputs[done] = out.address();
            done++;
        }
    }

    private long walk(int sourceId, long address) {
        return address >>> 20 == 0xFEE ? 0 : plain.find(inForce.root, sourceId, address);
    }

    /** {@link RemappingUnit#trace}. */
    WalkTrace trace(int sourceId, long address, int request, int pasid) {
        WalkTrace trace = new WalkTrace();
        // No generation that ever is in force, so that no cache takes what is found.
        trace.outcome().generation = 0;
        translator.translate(inForce.state, sourceId, address, request, pasid, trace.outcome());
        return trace;
    }

    /** Whether a device may ask for pages; if its tables say no, their fault is recorded. */
    boolean admits(PageRequestDescriptor request) {
        Translation scratch = new Translation();
        scratch.generation = caches.generation();
        return translator.admits(inForce.state, request, scratch);
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
