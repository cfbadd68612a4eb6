package dev.dmarshal.trials.inside;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Runs inside a machine of the lab, alone on its class path. Maps one page for the edu device through VFIO, for reading only, lets the device write
 * to it and then read it.
 * Arguments: IOMMU group, PCI address, IOVA. Numbers from Linux, include/uapi/linux/vfio.h; the device's registers from QEMU, docs/specs/edu.
 */
@SuppressWarnings("restricted")
public final class ReadOnlyMapping {

    private static final long SET_IOMMU = 0x3b66;
    private static final long GROUP_SET_CONTAINER = 0x3b68;
    private static final long GROUP_GET_DEVICE_FD = 0x3b6a;
    private static final long MAP_DMA = 0x3b71;
    private static final long TYPE1_V2 = 3;
    private static final int MAP_READ = 1;
    private static final int READ_WRITE = 2;
    private static final int PAGE = 4096;
    private static final long CONFIG_SPACE = 7L << 40;
    private static final long COMMAND = 4;
    private static final short MEMORY_AND_MASTER = 6;
    private static final long SOURCE = 0x80;
    private static final long DESTINATION = 0x88;
    private static final long COUNT = 0x90;
    private static final long START = 0x98;
    private static final long OWN_BUFFER = 0x40000;
    private static final long TRANSFER_MILLIS = 500;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN = handle("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = LINKER.downcallHandle(LINKER.defaultLookup().find("ioctl").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PWRITE = handle("pwrite", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private ReadOnlyMapping() {
    }

    /** Does it; fails with an exception where the kernel refuses. */
    public static void main(String[] arguments) throws Throwable {
        long iova = Long.decode(arguments[2]);
        try (Arena arena = Arena.ofConfined()) {
            int container = open(arena, "/dev/vfio/vfio");
            int group = open(arena, "/dev/vfio/" + arguments[0]);
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, container);
            ioctl(group, GROUP_SET_CONTAINER, number.address());
            ioctl(container, SET_IOMMU, TYPE1_V2);
            map(arena, container, iova);
            int device = ioctl(group, GROUP_GET_DEVICE_FD, arena.allocateFrom(arguments[1]).address());
            MemorySegment word = arena.allocate(8, 8);
            word.set(ValueLayout.JAVA_SHORT, 0, MEMORY_AND_MASTER);
            write(device, word, 2, CONFIG_SPACE + COMMAND);
            // The write comes first: once QEMU has cached the page for a read, it drops writes to it without a fault.
            transfer(device, word, OWN_BUFFER, iova, 3);
            System.out.println("wrote to the mapping");
            transfer(device, word, iova, OWN_BUFFER, 1);
            System.out.println("read from the mapping");
        }
    }

    private static void map(Arena arena, int container, long iova) throws Throwable {
        MemorySegment page = arena.allocate(PAGE, PAGE);
        MemorySegment request = arena.allocate(32, 8);
        request.set(ValueLayout.JAVA_INT, 0, 32);
        request.set(ValueLayout.JAVA_INT, 4, MAP_READ);
        request.set(ValueLayout.JAVA_LONG, 8, page.address());
        request.set(ValueLayout.JAVA_LONG, 16, iova);
        request.set(ValueLayout.JAVA_LONG, 24, PAGE);
        ioctl(container, MAP_DMA, request.address());
    }

    private static void transfer(int device, MemorySegment word, long source, long destination, long command) throws Throwable {
        long[][] registers = {{SOURCE, source}, {DESTINATION, destination}, {COUNT, 64}, {START, command}};
        for (long[] register : registers) {
            word.set(ValueLayout.JAVA_LONG, 0, register[1]);
            write(device, word, 8, register[0]);
        }
        Thread.sleep(TRANSFER_MILLIS);
    }

    private static int open(Arena arena, String path) throws Throwable {
        return checked("open " + path, (int) OPEN.invokeExact(arena.allocateFrom(path), READ_WRITE));
    }

    private static int ioctl(int file, long request, long argument) throws Throwable {
        return checked("ioctl 0x" + Long.toHexString(request), (int) IOCTL.invokeExact(file, request, argument));
    }

    private static void write(int file, MemorySegment bytes, long size, long offset) throws Throwable {
        checked("pwrite at 0x" + Long.toHexString(offset), (int) (long) PWRITE.invokeExact(file, bytes, size, offset));
    }

    private static int checked(String what, int result) {
        if (result < 0) {
            throw new IllegalStateException("the kernel refused " + what);
        }
        return result;
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor);
    }
}
