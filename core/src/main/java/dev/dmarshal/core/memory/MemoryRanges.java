package dev.dmarshal.core.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Physical memory made of separate ranges, each served by a memory of its own; what lies between them is missing.
 * An access that spans two ranges is not contained, even if they touch: no hardware structure does that.
 *
 * <p>As safe for several threads as its parts are.
 */
public final class MemoryRanges implements PhysicalMemory {

    /**
     * One range. The part sees full physical addresses, not offsets.
     *
     * @param base      first address
     * @param sizeBytes length, positive
     * @param memory    who serves it
     */
    public record Range(long base, long sizeBytes, PhysicalMemory memory) {

        /** Refuses empty ranges and ranges that wrap around. */
        public Range {
            if (sizeBytes <= 0 || Long.compareUnsigned(base + (sizeBytes - 1), base) < 0) {
                throw new IllegalArgumentException("no such range: 0x" + Long.toHexString(base) + " + " + sizeBytes);
            }
        }

        private long last() {
            return base + (sizeBytes - 1);
        }
    }

    private final Range[] ranges;

    /** Puts ranges together; they must not overlap, their order does not matter. */
    public MemoryRanges(List<Range> parts) {
        List<Range> sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparing(Range::base, Long::compareUnsigned));
        for (int i = 1; i < sorted.size(); i++) {
            if (Long.compareUnsigned(sorted.get(i).base, sorted.get(i - 1).last()) <= 0) {
                throw new IllegalArgumentException("ranges overlap at 0x" + Long.toHexString(sorted.get(i).base));
            }
        }
        ranges = sorted.toArray(Range[]::new);
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        int at = find(address);
        if (at < 0 || sizeBytes < 0) {
            return false;
        }
        Range range = ranges[at];
        return sizeBytes == 0 || Long.compareUnsigned(sizeBytes - 1, range.last() - address) <= 0 && range.memory.contains(address, sizeBytes);
    }

    @Override
    public int read32(long address) {
        return at(address).read32(address);
    }

    @Override
    public long read64(long address) {
        return at(address).read64(address);
    }

    @Override
    public void write32(long address, int value) {
        at(address).write32(address, value);
    }

    @Override
    public void write64(long address, long value) {
        at(address).write64(address, value);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        return at(address).compareAndSet64(address, expected, value);
    }

    private PhysicalMemory at(long address) {
        int at = find(address);
        if (at < 0) {
            throw new IndexOutOfBoundsException("no memory at 0x" + Long.toHexString(address));
        }
        return ranges[at].memory;
    }

    private int find(long address) {
        int low = 0;
        int high = ranges.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            Range range = ranges[middle];
            if (Long.compareUnsigned(address, range.base) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(address, range.last()) > 0) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }
}
