package dev.dmarshal.core.image;

/** Decompresses a page. Several threads may use one codec. */
@FunctionalInterface
public interface PageCodec {

    /**
     * Decompresses.
     *
     * @param packed the compressed bytes, from 0 on
     * @param length how many they are
     * @param page   receives the page
     * @return whether they were the whole of one page and no more
     */
    boolean decompress(byte[] packed, int length, byte[] page);
}
