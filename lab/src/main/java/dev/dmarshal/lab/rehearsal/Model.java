package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.PciFunction;
import java.util.Optional;

/**
 * Devices of QEMU that stand for devices of a host: the nearest of the same class, and a driver for it where the kernel should have one.
 *
 * @param name   QEMU's name of it
 * @param driver module of its driver; empty if the rehearsal brings none
 * @param ids    {@code vvvv:dddd} by which a driver knows it
 */
record Model(String name, Optional<String> driver, String ids) {

    /** Any device of PCI Express: one without I/O ports, and without a driver that Debian's kernels have built in. */
    static final Model EXPRESS = new Model("vmxnet3", Optional.empty(), "15ad:07b0");
    /** Any device of conventional PCI. */
    static final Model CONVENTIONAL = new Model("edu", Optional.empty(), "1234:11e8");

    private static final Model NETWORK = new Model("e1000e", Optional.of("e1000e"), "8086:10d3");
    private static final Model NVME = new Model("nvme", Optional.of("nvme"), "1b36:0010");
    private static final Model USB = new Model("qemu-xhci", Optional.of("xhci_pci"), "1b36:000d");
    private static final Model AUDIO = new Model("intel-hda", Optional.empty(), "8086:2668");

    /**
     * The model for an endpoint.
     *
     * @param ports whether I/O ports are left: each bridge above a device that has some takes 4 KiB of 64
     */
    static Model of(PciFunction function, boolean ports) {
        int kind = function.classCode().orElse(0) >>> 8;
        if (function.role().filter(role -> role != FabricRole.CONVENTIONAL).isEmpty()) {
            return kind == 0x0403 ? AUDIO : CONVENTIONAL;
        }
        return switch (kind) {
            case 0x0200 -> ports ? NETWORK : EXPRESS;
            case 0x0108 -> NVME;
            case 0x0c03 -> USB;
            default -> EXPRESS;
        };
    }
}
