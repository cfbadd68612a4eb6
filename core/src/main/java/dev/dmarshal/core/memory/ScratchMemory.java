package dev.dmarshal.core.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Physical memory over another that is never written: what is stored stays here. For walking an image with tables whose accessed and dirty bits hardware would
 * set. It also remembers what was looked for in vain. Made for a few words, not for many. Not thread-safe.
 */
public final class ScratchMemory implements PhysicalMemory {
    private final PhysicalMemory below;
    private final Map<Long, Long> written = new HashMap<>();
    private OptionalLong missed = OptionalLong.empty();

    /** Lays a scratch layer over {@code below}. */
    public ScratchMemory(PhysicalMemory below) {
        this.below = below;
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        boolean there = below.contains(address, sizeBytes);
        if (!there) {
            missed = OptionalLong.of(address);
        }
        return there;
    }

    /** The address that {@link #contains} denied last, if it denied any. */
    public OptionalLong missed() {
        return missed;
    }

    @Override
    public int read32(long address) {
        return (int) (read64(address & ~7L) >>> (address & 4) * 8);
    }

    @Override
    public long read64(long address) {
        Long word = written.get(address);
        return word != null ? word : below.read64(address);
    }

    @Override
    public void write32(long address, int value) {
        long shift = (address & 4) * 8;
        long aligned = address & ~7L;
        write64(aligned, read64(aligned) & ~(0xFFFF_FFFFL << shift) | Integer.toUnsignedLong(value) << shift);
    }

    @Override
    public void write64(long address, long value) {
        written.put(address, value);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        if (read64(address) != expected) {
            return false;
        }
        write64(address, value);
        return true;
    }
}
