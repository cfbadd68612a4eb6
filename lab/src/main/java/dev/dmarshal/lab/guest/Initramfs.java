package dev.dmarshal.lab.guest;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.setup.LinuxKernel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The first root of a machine: busybox, the agent, the modules of its kernel that it needs, and what a scenario adds.
 *
 * @param kernel  whose modules
 * @param busybox the static busybox of the setup
 * @param load    modules that are loaded at boot, in this order
 * @param offer   modules that are there for {@code modprobe}
 * @param added   paths inside to files or folders of this machine
 * @param shares  tags of 9p shares to where they are mounted
 * @param root    the block device to change to, if any
 */
public record Initramfs(LinuxKernel kernel, Path busybox, List<String> load, List<String> offer, Map<String, Path> added, Map<String, String> shares,
        Optional<String> root) {

    /** An initramfs with nothing but the agent. */
    public static Initramfs plain(LinuxKernel kernel, Path busybox) {
        return new Initramfs(kernel, busybox, List.of(), List.of(), Map.of(), Map.of(), Optional.empty());
    }

    /** Loads these modules at boot, after those named before. */
    public Initramfs loading(String... modules) {
        return new Initramfs(kernel, busybox, plus(load, modules), offer, added, shares, root);
    }

    /** Has these modules at hand for {@code modprobe}. */
    public Initramfs offering(String... modules) {
        return new Initramfs(kernel, busybox, load, plus(offer, modules), added, shares, root);
    }

    /** Adds a file or a whole folder of this machine. */
    public Initramfs with(String inside, Path source) {
        Map<String, Path> more = new LinkedHashMap<>(added);
        more.put(inside, source);
        return new Initramfs(kernel, busybox, load, offer, more, shares, root);
    }

    /**
     * Adds the libraries that programs and shared objects are linked to.
     *
     * @param tree an unpacked package in which libraries are looked for first; they are put where the package would put them
     */
    public Initramfs withLibrariesOf(List<Path> programs, Path tree) throws LabFailure {
        Initramfs more = this;
        for (Path library : Libraries.of(programs, tree)) {
            if (library.startsWith(tree)) {
                more = programs.contains(library) ? more : more.with("/" + tree.relativize(library), library);
            } else {
                more = more.with(library.toString(), library);
            }
        }
        return more;
    }

    /** Mounts a 9p share read-only; brings the modules for it. */
    public Initramfs mounting(String tag, String where) {
        Map<String, String> more = new LinkedHashMap<>(shares);
        more.put(tag, where);
        return new Initramfs(kernel, busybox, plus(load, "virtio_pci", "9p", "9pnet_virtio"), offer, added, more, root);
    }

    /** Changes to the ext4 file system on this block device, such as {@code /dev/nvme0n1}; {@code modules} make the device appear. */
    public Initramfs rootOn(String device, String... modules) {
        return new Initramfs(kernel, busybox, plus(plus(load, modules), "crc32c_generic", "ext4"), offer, added, shares, Optional.of(device));
    }

    /** Writes the archive to a file. */
    public void write(Path file) throws LabFailure {
        KernelModules modules = new KernelModules(kernel);
        try (CpioArchive archive = new CpioArchive(Files.newOutputStream(file))) {
            archive.copy("/bin/busybox", busybox);
            archive.file("/init", resource("init.sh"), 0755);
            archive.link("/sbin/modprobe", "/bin/busybox");
            archive.file("/lab/agent.sh", resource("agent.sh"), 0644);
            archive.file("/lab/load", lines(load), 0644);
            archive.file("/lab/shares", lines(shares.entrySet().stream().map(share -> share.getKey() + " " + share.getValue()).toList()), 0644);
            archive.file("/lab/root", lines(root.stream().toList()), 0644);
            writeModules(archive, modules.closure(new ArrayList<>(both())));
            for (Map.Entry<String, Path> one : added.entrySet()) {
                if (Files.isDirectory(one.getValue())) {
                    archive.tree(one.getKey(), one.getValue());
                } else {
                    archive.copy(one.getKey(), one.getValue());
                }
            }
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot write the initramfs " + file, e);
        }
    }

    private Set<String> both() {
        Set<String> both = new LinkedHashSet<>(load);
        both.addAll(offer);
        return both;
    }

    private void writeModules(CpioArchive archive, Map<String, byte[]> modules) throws IOException {
        String folder = "/lib/modules/" + kernel.release();
        for (Map.Entry<String, byte[]> module : modules.entrySet()) {
            archive.file(folder + "/" + module.getKey() + ".ko", module.getValue(), 0644);
        }
        archive.file(folder + "/modules.dep", KernelModules.dependencyFile(modules).getBytes(StandardCharsets.UTF_8), 0644);
        archive.file(folder + "/modules.builtin", Files.readAllBytes(kernel.modules().resolve("modules.builtin")), 0644);
    }

    private static List<String> plus(List<String> names, String... more) {
        Set<String> all = new LinkedHashSet<>(names);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    private static byte[] lines(List<String> lines) {
        return (lines.isEmpty() ? "" : String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = Initramfs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return in.readAllBytes();
        }
    }
}
