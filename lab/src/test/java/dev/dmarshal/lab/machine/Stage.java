package dev.dmarshal.lab.machine;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.guest.Initramfs;
import dev.dmarshal.lab.qtest.Lab;
import dev.dmarshal.lab.setup.LinuxKernel;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Machines for tests. */
final class Stage {

    static final Duration BOOT = Duration.ofSeconds(120);
    static final Duration MOMENT = Duration.ofSeconds(20);

    private Stage() {
    }

    static Machine linux(String piece, MachineSpec spec, String commandLine, Path folder) throws LabFailure, IOException {
        Stock stock = Stock.ofEnvironment(System.getenv());
        LinuxKernel kernel = stock.kernel(piece);
        Path initrd = Files.createTempFile(folder, "initrd", ".cpio");
        Initramfs.plain(kernel, stock.busybox()).write(initrd);
        return Machine.start(Lab.qemu(), spec, Boot.linux(kernel.image(), commandLine, initrd), BOOT);
    }
}
