package dev.dmarshal.trials.inside;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A device that this process has open through VFIO, as a guest's QEMU would: as long as it has, an unbind of vfio-pci does not return
 * (drivers/vfio/vfio_main.c). Numbers from include/uapi/linux/vfio.h. As a program: opens nodes of devices ({@code /dev/vfio/devices/vfioN}) by way of
 * iommufd, and says so.
 */
@SuppressWarnings("restricted")
public final class HeldDevice implements AutoCloseable {

    private static final long SET_IOMMU = 0x3b66;
    private static final long GROUP_SET_CONTAINER = 0x3b68;
    private static final long GROUP_GET_DEVICE_FD = 0x3b6a;
    private static final long TYPE1_V2 = 3;
    private static final long BIND_IOMMUFD = 0x3b76;
    private static final int READ_WRITE = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN = handle("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = LINKER.downcallHandle(LINKER.defaultLookup().find("ioctl").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(2));

    private final int container;
    private final int group;
    private final int device;

    HeldDevice(String groupNumber, String address) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            container = open(arena, "/dev/vfio/vfio");
            group = open(arena, "/dev/vfio/" + groupNumber);
            ioctl(group, GROUP_SET_CONTAINER, arena.allocateFrom(ValueLayout.JAVA_INT, container).address());
            ioctl(container, SET_IOMMU, TYPE1_V2);
            device = ioctl(group, GROUP_GET_DEVICE_FD, arena.allocateFrom(address).address());
        }
    }

    /** Arguments: nodes of devices. */
    public static void main(String[] nodes) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            int iommufd = open(arena, "/dev/iommu");
            for (String node : nodes) {
                int device = open(arena, node);
                MemorySegment bind = arena.allocateFrom(ValueLayout.JAVA_INT, 16, 0, iommufd, 0);
                ioctl(device, BIND_IOMMUFD, bind.address());
                System.out.println(node + " is bound to iommufd as " + bind.getAtIndex(ValueLayout.JAVA_INT, 3));
            }
        }
    }

    @Override
    public void close() {
        for (int file : new int[] {device, group, container}) {
            try {
                checked("close", (int) CLOSE.invokeExact(file));
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static int open(Arena arena, String path) throws Throwable {
        return checked("open " + path, (int) OPEN.invokeExact(arena.allocateFrom(path), READ_WRITE));
    }

    private static int ioctl(int file, long request, long argument) throws Throwable {
        return checked("ioctl 0x" + Long.toHexString(request), (int) IOCTL.invokeExact(file, request, argument));
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
