package dev.dmarshal.core.unit;

/**
 * How many entries the caches of a unit hold: powers of two, or 0 to do without the cache.
 *
 * @param contexts     context-cache
 * @param pasids       PASID-cache
 * @param translations IOTLB, at least 4 if any
 * @param structures   paging-structure caches, all levels together, at least 4 if any
 */
public record CacheSizes(int contexts, int pasids, int translations, int structures) {
    /** About what server hardware has. */
    public static final CacheSizes DEFAULT = new CacheSizes(256, 256, 4096, 1024);
    /** No caches: every request is looked up in the tables. */
    public static final CacheSizes NONE = new CacheSizes(0, 0, 0, 0);

    /** Refuses sizes that are not powers of two. */
    public CacheSizes {
        check(contexts, 1);
        check(pasids, 1);
        check(translations, 4);
        check(structures, 4);
    }

    private static void check(int size, int least) {
        if (size != 0 && (Integer.bitCount(size) != 1 || size < least || size > 1 << 24)) {
            throw new IllegalArgumentException("not a cache size: " + size);
        }
    }
}
