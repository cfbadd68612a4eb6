package dev.dmarshal.doctor.kdump;

import java.util.List;

/**
 * A machine at the moment of its crash, as far as devices and their remapping go.
 *
 * @param name            where this is from, for people
 * @param scalable        whether the crashed kernel runs its units in scalable mode
 * @param crashScalable   whether the crash kernel would
 * @param interruptSize   size of the crashed kernel's interrupt-remapping table as IRTA has it: 2^(n + 1) entries; Linux has 15
 * @param devices         what is at work
 * @param memory          RAM; an address outside of it is nobody's
 * @param crashKernel     the memory set aside for the crash kernel
 * @param assumptions     what was not known and is assumed, in sentences
 */
public record CrashScene(String name, boolean scalable, boolean crashScalable, int interruptSize, List<BusyDevice> devices, List<Span> memory,
        Span crashKernel, List<String> assumptions) {

    /** IRTA.S of Linux: INTR_REMAP_TABLE_REG_SIZE, drivers/iommu/intel/iommu.h. */
    public static final int LINUX_INTERRUPT_SIZE = 0xF;

    /** Keeps its own copies. */
    public CrashScene {
        devices = List.copyOf(devices);
        memory = List.copyOf(memory);
        assumptions = List.copyOf(assumptions);
        if (interruptSize < 0 || interruptSize > 15) {
            throw new IllegalArgumentException("IRTA.S is 0 to 15, not " + interruptSize);
        }
    }

    /** Number of remapping units. */
    int units() {
        return devices.stream().mapToInt(BusyDevice::unit).max().orElse(0) + 1;
    }

    /** The same with a crash kernel that would use the other kind of tables. */
    public CrashScene withCrashScalable(boolean is) {
        return new CrashScene(name, scalable, is, interruptSize, devices, memory, crashKernel, assumptions);
    }

    /** The same with another size of the old interrupt table. */
    public CrashScene withInterruptSize(int size) {
        return new CrashScene(name, scalable, crashScalable, size, devices, memory, crashKernel, assumptions);
    }
}
