package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage.Presence;

/** Receives what a tree maps, in ascending order of input addresses. */
public interface MappingSink {
    /** Right: reads are allowed. */
    int READ = 1;
    /** Right: writes are allowed. */
    int WRITE = 2;
    /** Right: execution is allowed (first stage). */
    int EXECUTE = 4;
    /** Right: user requests are allowed (first stage; a second stage does not tell users apart, and has this bit clear). */
    int USER = 8;
    /** Not a right: accesses snoop whatever the device asks for. */
    int SNOOP = 16;

    /** Why a part of the tree is not listed. */
    enum Gap {
        /** The image does not have the table. */
        UNREADABLE_TABLE,
        /** Reserved bits are set in the entry: hardware refuses requests that need it. */
        RESERVED_BITS,
        /** The table was read before, higher up or beside: the tree has a loop, or uses a table twice. What it maps is not listed again. */
        REPEATED_TABLE,
        /** The bound on tables was reached. */
        TOO_MANY_TABLES
    }

    /**
     * A run of pages whose input and output addresses both follow each other, with equal rights.
     *
     * @param input     first input address; of a first stage sign-extended
     * @param output    first output address
     * @param sizeBytes length
     * @param rights    the flags of this interface
     */
    void run(long input, long output, long sizeBytes, int rights);

    /**
     * A part of the tree that cannot be listed.
     *
     * @param input        first input address that needs it
     * @param sizeBytes    how much of the input addresses
     * @param gap          why
     * @param entryAddress address of the entry that led there; the top table's own if that is missing
     * @param entry        what the entry holds; the top table's address if that is missing
     * @param presence     whether the image has what the entry points to
     */
    void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence);
}
