package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;

/**
 * A device that is at work when the kernel crashes, and goes on: nobody stops it.
 *
 * @param address     where
 * @param name        what, for people
 * @param unit        number of the remapping unit that it lies behind
 * @param passThrough whether the crashed kernel has it in an identity domain
 * @param buffers     the memory that it reads and writes, again and again
 * @param interrupts  entries of the interrupt-remapping table that it raises
 * @param reserved    memory that firmware reserves for it and wants mapped 1:1 (RMRR)
 * @param driver      what the crash kernel does about it
 */
public record BusyDevice(Sbdf address, String name, int unit, boolean passThrough, List<Buffer> buffers, List<Integer> interrupts, List<Span> reserved,
        CrashDriver driver) {

    /** Keeps its own copies. */
    public BusyDevice {
        buffers = List.copyOf(buffers);
        interrupts = List.copyOf(interrupts);
        reserved = List.copyOf(reserved);
    }

    /**
     * Memory of the crashed kernel that it gave to the device.
     *
     * @param what     for people
     * @param iova     address as the device says it, a multiple of 4 KiB
     * @param physical where that leads, a multiple of 4 KiB; the same for a device in an identity domain
     * @param bytes    how much of it is in use, from its beginning
     * @param write    whether the device writes it; else it reads
     */
    public record Buffer(String what, long iova, long physical, long bytes, boolean write) {
    }

    /** What the crash kernel does about a device. */
    public enum CrashDriver {
        /** It has no driver for it: the device is left alone. */
        NONE("no driver in the crash kernel"),
        /** Its driver stops the device before it maps its first buffer, as a driver must ({@code reset_devices}). */
        STOPS_FIRST("its driver stops it before it maps anything"),
        /** Its driver maps buffers while the device still works with the old ones. */
        MAPS_FIRST("its driver maps buffers before the device is quiet");

        private final String words;

        CrashDriver(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    /** The requester id, 16 bits. */
    int sourceId() {
        return address.sourceId().value();
    }
}
