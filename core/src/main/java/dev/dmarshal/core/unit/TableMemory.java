package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SegmentMemory;
import java.util.Optional;

/**
 * How walks read tables. A memory that is one segment takes a path of its own, so that its call sites stay monomorphic whatever other memories a program uses.
 */
final class TableMemory {
    private final PhysicalMemory memory;
    private final SegmentMemory segment;

    TableMemory(PhysicalMemory memory) {
        this.memory = memory;
        this.segment = memory instanceof SegmentMemory one ? one : null;
    }

    boolean contains(long address, long bytes) {
        return segment != null ? segment.contains(address, bytes) : memory.contains(address, bytes);
    }

    long read(long address) {
        return segment != null ? segment.read64(address) : memory.read64(address);
    }

    /** This memory if it is one segment, where a word that is not needed can be read without harm. */
    Optional<SegmentMemory> segment() {
        return Optional.ofNullable(segment);
    }

    /** Replaces an entry. */
    boolean replace(long address, long expected, long value) {
        return memory.compareAndSet64(address, expected, value);
    }
}
