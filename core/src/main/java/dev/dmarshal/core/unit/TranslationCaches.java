package dev.dmarshal.core.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Context-cache, PASID-cache, IOTLB and paging-structure caches of a unit (chapter 6), and their invalidation. Safe for concurrent use: a look-up sees a whole
 * entry or none, and once an invalidation has returned, nothing that was read from tables before it began is found any more.
 *
 * <p>Tags: second-stage translations carry the domain, first-stage and nested ones the domain and the PASID. Paging structures are cached for second stages
 * only, so an invalidation by PASID leaves them alone. A PASID-cache entry also holds the context entry it was reached through, so invalidating contexts drops
 * it too.
 */
final class TranslationCaches implements CacheControl {
    private static final int LARGEST_PROBED_MASK = 5;
    private static final int SHORTCUTS = 256;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final BindingCache contexts;
    private final BindingCache pasids;
    private final MappingCache translations;
    private final MappingCache structures;
    private final boolean hasTranslations;
    private final boolean hasStructures;
    /** Per requester without PASID: generation 63:32, source-id 31:16, domain 15:0; valid while the generation is the present one, which is never 0. */
    private final long[] shortcuts = new long[SHORTCUTS];
    /** The generation, where shortcuts have it when their domain is shifted out. */
    private volatile long epoch;
    private volatile int generation;
    private volatile int sizesSeen;

    TranslationCaches(CacheSizes sizes) {
        this(sizes, 1);
    }

    /** With another first generation than 1, so that tests need not wait for the number to come again. */
    TranslationCaches(CacheSizes sizes, int first) {
        epoch = Integer.toUnsignedLong(first) << Short.SIZE;
        generation = first;
        contexts = new BindingCache(sizes.contexts(), this::generation);
        pasids = new BindingCache(sizes.pasids(), this::generation);
        hasTranslations = sizes.translations() != 0;
        hasStructures = sizes.structures() != 0;
        translations = new MappingCache(sizes.translations(), this::generation);
        structures = new MappingCache(sizes.structures(), this::generation);
    }

    /** Tag of a domain's second-stage translations. */
    static long tag(int domain) {
        return domain;
    }

    /** Tag of a domain's first-stage and nested translations of one PASID. */
    static long tag(int domain, int pasid) {
        return domain | (long) (pasid + 1) << 16;
    }

    int generation() {
        return generation;
    }

    /**
     * The mapping of an untranslated request without PASID whose requester goes through a second stage, if its binding is at hand and the 4 KiB page where it
     * is looked for first; or 0, or a stop. What the caches would say in several steps: any invalidation and any new state make all shortcuts void. (The input
     * width is not looked at again: entries of one domain must have one width, section 6.2.3.1, and what is cached has passed that check.)
     */
    long shortcut(int sourceId, long address) {
        long known = (long) LONGS.getOpaque(shortcuts, sourceId & SHORTCUTS - 1);
        return known >>> Short.SIZE == (epoch | sourceId & 0xFFFF) ? translations.firstPage(known & 0xFFFF, address) : 0;
    }

    /** As {@link #shortcut}, and the page may be anywhere. */
    long longerShortcut(int sourceId, long address) {
        long known = (long) LONGS.getOpaque(shortcuts, sourceId & SHORTCUTS - 1);
        return known >>> Short.SIZE == (epoch | sourceId & 0xFFFF) ? translations.find(known & 0xFFFF, address & -0x1000L | 1) : 0;
    }

    /** As {@link #shortcut} for addresses of a batch from number {@code from} on: up to the first that is not found so, or does not give the rights needed. */
    int shortcuts(int sourceId, long need, AddressBatch batch, int from) {
        long known = (long) LONGS.getOpaque(shortcuts, sourceId & SHORTCUTS - 1);
        return known >>> Short.SIZE == (epoch | sourceId & 0xFFFF) ? translations.firstPages(known & 0xFFFF, need, batch, from) : from;
    }

    /** Remembers that a requester's addresses go to the second stage of a domain. */
    void keepShortcut(int sourceId, int domain, int sampled) {
        if (hasTranslations) {
            int at = sourceId & SHORTCUTS - 1;
            LONGS.setVolatile(shortcuts, at, ((long) sampled << Short.SIZE | sourceId & 0xFFFF) << Short.SIZE | domain);
            if (generation != sampled) {
                // Void already; and after so many generations that its number comes again, it must not be there.
                LONGS.setOpaque(shortcuts, at, 0L);
            }
        }
    }

    boolean hasStructures() {
        return hasStructures;
    }

    BindingCache contexts() {
        return contexts;
    }

    BindingCache pasids() {
        return pasids;
    }

    /** The mapping that covers an address, a stop that caching mode kept, or 0. */
    long translation(long tag, long address) {
        if (!hasTranslations) {
            return 0;
        }
        long found = translations.find(tag, address & -0x1000L | 1);
        if (found != 0) {
            return found;
        }
        int seen = sizesSeen;
        if ((seen & 2) != 0) {
            found = translations.find(tag, address & -0x20_0000L | 2);
        }
        return found == 0 && (seen & 4) != 0 ? translations.find(tag, address & -0x4000_0000L | 3) : found;
    }

    /** Keeps a mapping; a stop is kept for its 4 KiB page. */
    void keepTranslation(Translation t, long address, long mapping) {
        if (!hasTranslations) {
            return;
        }
        int level = Mapping.stopped(mapping) ? 0 : Mapping.level(mapping);
        if ((sizesSeen & 1 << level) == 0) {
            seen(1 << level);
        }
        translations.put(t.tag, address & ~Mapping.offsets(level) | level + 1, mapping, t.generation);
    }

    private synchronized void seen(int size) {
        sizesSeen |= size;
    }

    /** The lowest table known on the way to an address, if its path gives the rights needed: a mapping word whose level is the table's less one; or 0. */
    long structure(long tag, long address, int top, long need) {
        for (int level = 1; level < top; level++) {
            long found = structures.find(tag, address & -1L << 12 + 9 * level | level);
            if (found != 0 && (need & ~found) == 0) {
                return found;
            }
        }
        return 0;
    }

    /** Keeps the address of a table ({@code table} with the path's rights in its low bits). */
    void keepStructure(Translation t, long address, int level, long table) {
        structures.put(t.tag, address & -1L << 12 + 9 * level | level, table | (long) (level - 1) << Mapping.LEVEL_SHIFT, t.generation);
    }

    /** Makes everything void that was sampled before; old shortcuts are dropped before their generation can come again. */
    synchronized void nextGeneration() {
        int next = generation + 1;
        if (next == 0) {
            Arrays.fill(shortcuts, 0);
            next++;
        }
        epoch = Integer.toUnsignedLong(next) << Short.SIZE;
        generation = next;
    }

    @Override
    public void invalidateContexts() {
        nextGeneration();
        contexts.drop((domain, source, pasid) -> true);
        pasids.drop((domain, source, pasid) -> true);
    }

    @Override
    public void invalidateContextsOfDomain(int wanted) {
        nextGeneration();
        BindingCache.Match match = (domain, source, pasid) -> domain == wanted || domain == BindingCache.ANY_DOMAIN;
        contexts.drop(match);
        pasids.drop((domain, source, pasid) -> true);
    }

    @Override
    public void invalidateContextsOfDevice(int wanted, int sourceId, int functionMask) {
        nextGeneration();
        int mask = 0xFFFF & ~switch (functionMask) {
            case 0 -> 0;
            case 1 -> 0b100;
            case 2 -> 0b110;
            default -> 0b111;
        };
        contexts.drop((domain, source, pasid) -> ((source ^ sourceId) & mask) == 0 && (domain == wanted || domain == BindingCache.ANY_DOMAIN));
        pasids.drop((domain, source, pasid) -> ((source ^ sourceId) & mask) == 0);
    }

    @Override
    public void invalidatePasids() {
        nextGeneration();
        pasids.drop((domain, source, pasid) -> true);
    }

    @Override
    public void invalidatePasidsOfDomain(int wanted) {
        nextGeneration();
        pasids.drop((domain, source, pasid) -> domain == wanted);
    }

    @Override
    public void invalidatePasid(int wanted, int wantedPasid) {
        nextGeneration();
        pasids.drop((domain, source, pasid) -> domain == wanted && pasid == wantedPasid);
    }

    @Override
    public void invalidateTranslations() {
        nextGeneration();
        translations.drop((tag, key, value) -> true);
        structures.drop((tag, key, value) -> true);
    }

    @Override
    public void invalidateTranslationsOfDomain(int domain) {
        nextGeneration();
        MappingCache.Match match = (tag, key, value) -> (tag & 0xFFFF) == domain;
        translations.drop(match);
        structures.drop(match);
    }

    @Override
    public void invalidatePages(int domain, long address, int addressMask, boolean leavesOnly) {
        nextGeneration();
        dropPages(domain, address, addressMask);
        // What the first stage made of this domain's pages cannot be found by second-stage address.
        translations.drop((tag, key, value) -> (tag & 0xFFFF) == domain && tag >>> 16 != 0);
        if (!leavesOnly) {
            dropStructures(domain, address, addressMask);
        }
    }

    @Override
    public void invalidateTranslationsOfPasid(int domain, int pasid) {
        nextGeneration();
        long wanted = tag(domain, pasid);
        translations.drop((tag, key, value) -> tag == wanted);
    }

    @Override
    public void invalidatePagesOfPasid(int domain, int pasid, long address, int addressMask) {
        nextGeneration();
        dropPages(tag(domain, pasid), address, addressMask);
    }

    private void dropPages(long wanted, long address, int addressMask) {
        if (!hasTranslations) {
            return;
        }
        long size = 0x1000L << addressMask;
        long first = address & -size & -0x1000L;
        if (addressMask > LARGEST_PROBED_MASK) {
            translations.drop((tag, key, value) -> tag == wanted && overlaps(key, 9 * (int) ((key & 3) - 1), first, size));
            return;
        }
        for (long page = first; page != first + size; page += 0x1000) {
            translations.drop(wanted, page | 1);
        }
        translations.drop(wanted, first & -0x20_0000L | 2);
        translations.drop(wanted, first & -0x4000_0000L | 3);
    }

    private void dropStructures(long wanted, long address, int addressMask) {
        long size = 0x1000L << addressMask;
        long first = address & -size & -0x1000L;
        structures.drop((tag, key, value) -> tag == wanted && overlaps(key, 9 * (int) (key & 7), first, size));
    }

    /** Whether the 2^(12 + bits) bytes of a key touch the {@code size} bytes (0: all) from {@code first}; both are naturally aligned. */
    private static boolean overlaps(long key, int bits, long first, long size) {
        long mask = -(0x1000L << bits) & -size;
        return ((key ^ first) & mask & -0x1000L) == 0;
    }

    @Override
    public void invalidateInterrupts() {
        // Interrupt-remapping entries are cached by the interrupt side.
    }

    @Override
    public void invalidateInterrupts(int index, int indexMask) {
        // Interrupt-remapping entries are cached by the interrupt side.
    }

    /** A copy of all caches. */
    Saved save() {
        return new Saved(contexts.save(), pasids.save(), translations.save(), structures.save(), sizesSeen);
    }

    /** Refuses a copy of caches of other sizes. */
    void check(Saved saved) {
        Saved mine = save();
        if (saved.contexts.length != mine.contexts.length || saved.pasids.length != mine.pasids.length
                || saved.translations.length != mine.translations.length || saved.structures.length != mine.structures.length) {
            throw new IllegalArgumentException("the snapshot is of a unit with caches of other sizes");
        }
    }

    /** Puts a copy back; nobody may translate meanwhile. */
    void restore(Saved saved) {
        nextGeneration();
        contexts.restore(saved.contexts);
        pasids.restore(saved.pasids);
        translations.restore(saved.translations);
        structures.restore(saved.structures);
        sizesSeen = saved.sizesSeen;
    }

    /** Contents of all caches. */
    record Saved(long[] contexts, long[] pasids, long[] translations, long[] structures, int sizesSeen) {
    }
}
