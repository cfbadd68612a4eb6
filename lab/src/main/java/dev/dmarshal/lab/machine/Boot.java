package dev.dmarshal.lab.machine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a machine boots.
 *
 * @param kernel      the bzImage, or the ELF file that is in it
 * @param commandLine the kernel's parameters; the console is added to them
 * @param initrd      its initramfs
 * @param xen         a hypervisor to boot first, if any
 */
public record Boot(Path kernel, String commandLine, Path initrd, Optional<Hypervisor> xen) {

    /**
     * Xen under the kernel, which is dom0 then.
     *
     * @param image       Xen as an ELF file
     * @param commandLine Xen's parameters; the console is added to them
     */
    public record Hypervisor(Path image, String commandLine) {
    }

    /** Linux alone. */
    public static Boot linux(Path kernel, String commandLine, Path initrd) {
        return new Boot(kernel, commandLine, initrd, Optional.empty());
    }

    /** The same kernel as dom0 of Xen. */
    public Boot under(Path image, String hypervisorCommandLine) {
        return new Boot(kernel, commandLine, initrd, Optional.of(new Hypervisor(image, hypervisorCommandLine)));
    }
}
