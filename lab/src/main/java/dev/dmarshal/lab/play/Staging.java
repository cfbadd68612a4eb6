package dev.dmarshal.lab.play;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.guest.Initramfs;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Boot;
import dev.dmarshal.lab.machine.Disk;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.MachineSpec;
import dev.dmarshal.lab.machine.PrivateFolder;
import dev.dmarshal.lab.setup.LinuxKernel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Starts the machine of a play and plays it. */
public final class Staging {

    private static final Duration BOOT = Duration.ofSeconds(300);
    /** Where the root disk sits unless a part is there: high, so that plays number their own parts from below. */
    private static final String ROOT_SLOT = "1e.0";

    private final Means means;

    /** Stages plays with these means. */
    public Staging(Means means) {
        this.means = means;
    }

    /** Starts a play's machine and waits for its agent; the acts are left to the caller. */
    public Machine start(Play play) throws LabFailure {
        Path folder = null;
        try {
            folder = PrivateFolder.create("lab-boot-");
            return start(play, folder);
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot make the boot files of " + play.name(), e);
        } finally {
            // QEMU has loaded them by the time the guest speaks.
            if (folder != null) {
                PrivateFolder.delete(folder);
            }
        }
    }

    /**
     * Starts a play's machine, plays all acts, ends the machine.
     *
     * @param watch takes each act and its outcome as soon as there is one; acts that end a kernel have none
     */
    public void play(Play play, BiConsumer<Act, Optional<Outcome>> watch) throws LabFailure {
        try (Machine machine = start(play)) {
            for (Act act : play.acts()) {
                if (act.ends()) {
                    machine.reboot(act.script(), act.limit());
                    watch.accept(act, Optional.empty());
                } else {
                    watch.accept(act, Optional.of(machine.run(act.script(), act.limit())));
                }
            }
        }
    }

    private Machine start(Play play, Path folder) throws LabFailure, IOException {
        LinuxKernel kernel = means.kernel().isPresent() ? means.kernel().get() : means.stock().kernel(play.kernel());
        Initramfs initramfs = Initramfs.plain(kernel, means.stock().busybox()).loading(play.load().toArray(String[]::new))
                .offering(play.offer().toArray(String[]::new));
        for (Map.Entry<String, String> mount : play.mounts().entrySet()) {
            initramfs = initramfs.mounting(mount.getKey(), mount.getValue());
        }
        if (play.withDmarshal()) {
            initramfs = withDmarshal(initramfs);
        }
        if (play.secondKernel().isPresent()) {
            initramfs = withSecondKernel(initramfs, play, folder);
        }
        MachineSpec machine = play.machine();
        if (play.root().isPresent()) {
            initramfs = initramfs.rootOn("/dev/nvme0n1", "nvme");
            Disk root = Disk.nvme("root", means.stock().disk(play.root().get()));
            machine = machine.with(root.in(root.part().at(ROOT_SLOT)));
        }
        Path initrd = folder.resolve("initrd");
        initramfs.write(initrd);
        if (means.initrd().isPresent()) {
            initrd = under(means.initrd().get(), initrd, folder.resolve("both"));
        }
        Boot boot = Boot.linux(packed(play) ? kernel.image() : kernel.plain(), play.commandLine(), initrd);
        if (play.xen().isPresent()) {
            Path xen = means.xen().isPresent() ? means.xen().get() : means.stock().xen();
            boot = boot.under(xen, play.xen().get());
        }
        return Machine.start(means.program(), machine, boot, BOOT);
    }

    /**
     * Whether the kernel boots as it is packaged. Unpacking it here saves seconds of emulation; it also saves KASLR, which is part of what a look into the
     * machine's memory has to cope with. A kernel of the user's own is left alone.
     */
    private boolean packed(Play play) {
        return means.kernel().isPresent() || play.machine().memoryFile().isPresent() || play.secondKernel().isPresent() && play.xen().isEmpty();
    }

    private Initramfs withDmarshal(Initramfs initramfs) throws LabFailure, IOException {
        Path image = means.image().orElseThrow(() -> new LabFailure(Kind.MISSING, "this play runs dmarshal inside, and there is no image of it:"
                + " ./mvnw -Pdist package makes one in cli/target; --image takes that folder"));
        List<Path> objects;
        try (Stream<Path> files = Files.walk(image.resolve("lib"))) {
            objects = new ArrayList<>(files.filter(file -> file.toString().endsWith(".so")).toList());
        }
        objects.add(image.resolve("bin/java"));
        return initramfs.withLibrariesOf(objects, image).with("/opt/dmarshal", image);
    }

    private Initramfs withSecondKernel(Initramfs initramfs, Play play, Path folder) throws LabFailure {
        LinuxKernel second = means.stock().kernel(play.secondKernel().orElseThrow());
        Path initrd = folder.resolve("second-initrd");
        Initramfs.plain(second, means.stock().busybox()).loading(play.load().toArray(String[]::new)).offering(play.offer().toArray(String[]::new))
                .write(initrd);
        Path kexec = means.stock().kexec();
        Initramfs more = initramfs.with("/sbin/kexec", kexec).withLibrariesOf(List.of(kexec), means.stock().kexecTree())
                .with("/second/vmlinuz", second.image()).with("/second/initrd", initrd);
        // xl unpacks it, on an emulated processor.
        return play.xen().isPresent() ? more.with("/second/vmlinux.gz", second.lightlyPacked()) : more;
    }

    private static Path under(Path first, Path second, Path both) throws IOException, LabFailure {
        if (!Files.isReadable(first)) {
            throw new LabFailure(Kind.MISSING, "no initramfs that can be read at " + first);
        }
        try (OutputStream out = Files.newOutputStream(both, StandardOpenOption.CREATE_NEW)) {
            long size = Files.copy(first, out);
            // The kernel takes archives one after the other if each begins at a multiple of four.
            out.write(new byte[(int) (-size & 3)]);
            Files.copy(second, out);
        }
        return both;
    }
}
