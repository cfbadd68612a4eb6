package dev.dmarshal.lab.scenario;

import dev.dmarshal.core.pci.SourceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One thing that happens in a {@link Scenario}. Addresses are guest-physical unless called IOVA; register offsets are relative to the unit's window. */
public sealed interface Step {

    /**
     * Software stores a 64-bit word in memory.
     *
     * @param address a multiple of 8
     * @param value   the word
     */
    record Store(long address, long value) implements Step {
    }

    /**
     * Software writes a register.
     *
     * @param offset in the unit's window
     * @param width  4 or 8 bytes
     * @param value  what is written
     */
    record Write(int offset, int width, long value) implements Step {
    }

    /**
     * Software reads a register; observed.
     *
     * @param offset in the unit's window
     * @param width  4 or 8 bytes
     */
    record Read(int offset, int width) implements Step {
    }

    /**
     * Software reads a 64-bit word of memory that hardware may have changed; observed.
     *
     * @param address a multiple of 8
     */
    record Load(long address) implements Step {
    }

    /**
     * Lays a bait: {@link Bait#SIZE_BYTES} bytes of memory at which reads and writes are noticed.
     *
     * @param bait where, and its number
     */
    record Lay(Bait bait) implements Step {
    }

    /**
     * A device makes a DMA access; observed.
     *
     * @param requester an E1000 for READ and READ_WRITE, an RTL8139 for WRITE
     * @param access    what it does
     * @param iova      the address it uses: a multiple of 16, for WRITE of 64
     * @param stale     whether tables in its path changed without sufficient invalidation, so that hardware may answer from the old or the new tables
     */
    record Probe(Requester requester, Access access, long iova, boolean stale) implements Step {

        /** Refuses requesters that cannot make this access, and addresses that they would round. */
        public Probe {
            boolean writes = access == Access.WRITE;
            if (requester.kind() != (writes ? Requester.Kind.RTL8139 : Requester.Kind.E1000) || (iova & (writes ? 63 : 15)) != 0) {
                throw new IllegalArgumentException(requester + " cannot " + access + " at 0x" + Long.toHexString(iova));
            }
        }
    }

    /**
     * An EDU copies {@code size} bytes from one address to another by way of its buffer (read, then write); observed. Copies that follow each other
     * without another step between run at the same time, each on its own device.
     *
     * @param requester an EDU
     * @param from      IOVA to read
     * @param to        IOVA to write
     * @param size      1 to 4,095 bytes
     * @param stale     as for {@link Probe}
     */
    record Copy(Requester requester, long from, long to, int size, boolean stale) implements Step {

        /** Refuses other devices and sizes beyond the buffer. */
        public Copy {
            if (requester.kind() != Requester.Kind.EDU || size < 1 || size > 4095) {
                throw new IllegalArgumentException(requester + " cannot copy " + size + " bytes");
            }
        }

        /** Index after the last copy that runs together with the one at {@code from}: those that follow, as long as each has a source-id of its own. */
        public static int endOfGroup(List<Step> steps, int from) {
            Set<SourceId> sources = new HashSet<>();
            int end = from;
            while (end < steps.size() && steps.get(end) instanceof Copy copy && sources.add(copy.requester().sourceId())) {
                end++;
            }
            return end;
        }
    }

    /**
     * An EDU sends an MSI; observed.
     *
     * @param requester an EDU
     * @param address   FEExxxxxh, a multiple of 4
     * @param data      16 bits
     * @param stale     as for {@link Probe}, of the interrupt-remapping table
     */
    record Interrupt(Requester requester, int address, int data, boolean stale) implements Step {

        /** Refuses other devices, and addresses and data that the capability cannot hold. */
        public Interrupt {
            if (requester.kind() != Requester.Kind.EDU || address >>> 20 != 0xfee || (address & 3) != 0 || data >>> 16 != 0) {
                throw new IllegalArgumentException(requester + " cannot send 0x" + Integer.toHexString(address) + " 0x" + Integer.toHexString(data));
            }
        }
    }

    /** What a {@link Probe} does. */
    enum Access {
        /** Reads 16 bytes. */
        READ,
        /** Writes 64 bytes of zero. */
        WRITE,
        /** Reads 16 bytes; if that brings a bait's bytes, writes 4 at the address plus 12. */
        READ_WRITE
    }
}
