package dev.dmarshal.lab.setup;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The cache folder that the setup fills: kernels, busybox, Xen, root disks.
 *
 * @param folder the cache folder; need not exist yet
 */
public record Stock(Path folder) {

    /** The kernels that the setup brings, by the name of their piece. */
    public static final List<String> KERNELS = List.of("linux-6.1", "linux-6.12");

    /** Where the setup puts things: {@code DMARSHAL_LAB_CACHE}, else {@code dmarshal/lab} in the user's cache folder. */
    public static Stock ofEnvironment(Map<String, String> environment) {
        String own = environment.getOrDefault("DMARSHAL_LAB_CACHE", "");
        if (!own.isEmpty()) {
            return new Stock(Path.of(own));
        }
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = caches.isEmpty() ? Path.of(environment.getOrDefault("HOME", "/"), ".cache") : Path.of(caches);
        return new Stock(base.resolve("dmarshal/lab"));
    }

    /** A kernel by its piece's name, such as {@code linux-6.1}. */
    public LinuxKernel kernel(String piece) throws LabFailure {
        return LinuxKernel.inTree(tree(piece));
    }

    /** The static busybox. */
    public Path busybox() throws LabFailure {
        return file(tree("busybox").resolve("bin/busybox"));
    }

    /** The {@code kexec} program; linked to libraries of {@link #kexecTree} and of this machine. */
    public Path kexec() throws LabFailure {
        return file(kexecTree().resolve("sbin/kexec"));
    }

    /** Where {@code kexec} and the libraries that came with it are unpacked. */
    public Path kexecTree() throws LabFailure {
        return tree("kexec");
    }

    /** Where {@code usr/bin/makedumpfile} and the libraries that came with it are unpacked. */
    public Path makedumpfileTree() throws LabFailure {
        return tree("makedumpfile");
    }

    /** A newer QEMU than Debian 12's own: records interrupt faults, has {@code igb}. */
    public Path newerQemu() throws LabFailure {
        return file(tree("qemu-10").resolve("qemu-system-x86_64"));
    }

    /** A root disk, {@code libvirt} or {@code xen}: a raw ext4 image. */
    public Path disk(String name) throws LabFailure {
        Path image = folder.resolve("disk-" + name + ".img");
        if (!Files.isReadable(folder.resolve("disk-" + name + ".recipe"))) {
            throw new LabFailure(Kind.MISSING, "no root disk " + image + " (run lab/setup disk-" + name + ")");
        }
        return file(image);
    }

    /** The Xen hypervisor as the ELF file that QEMU can load; unpacked on first use. */
    public Path xen() throws LabFailure {
        Path boot = tree("xen").resolve("boot");
        try (DirectoryStream<Path> images = Files.newDirectoryStream(boot, "xen-*-amd64.gz")) {
            for (Path image : images) {
                String name = image.getFileName().toString();
                return unpacked(image, boot.resolve(name.substring(0, name.length() - ".gz".length()) + ".elf"));
            }
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "no Xen in " + boot + " (run lab/setup xen)", e);
        }
        throw new LabFailure(Kind.MISSING, "no xen-*-amd64.gz in " + boot + " (run lab/setup xen)");
    }

    /** Package and version of a piece, such as {@code linux-image-6.1.0-9-amd64-unsigned 6.1.99-1}. */
    public String version(String piece) throws LabFailure {
        try {
            return Files.readAllLines(tree(piece).resolve(".piece")).getFirst();
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, piece + " is not whole (run lab/setup " + piece + ")", e);
        }
    }

    private Path tree(String piece) throws LabFailure {
        Path tree = folder.resolve(piece);
        if (!Files.isRegularFile(tree.resolve(".piece"))) {
            throw new LabFailure(Kind.MISSING, "no " + piece + " in " + folder + " (run lab/setup " + piece + ")");
        }
        return tree;
    }

    private static Path file(Path path) throws LabFailure {
        if (!Files.isReadable(path)) {
            throw new LabFailure(Kind.MISSING, "no " + path + " (run lab/setup)");
        }
        return path;
    }

    private static Path unpacked(Path packed, Path target) throws IOException {
        if (!Files.exists(target)) {
            // Written beside and moved, because several machines may start at once.
            Path fresh = Files.createTempFile(target.getParent(), "xen", ".new");
            try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
                Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | UncheckedIOException e) {
                Files.deleteIfExists(fresh);
                throw e;
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        }
        return target;
    }
}
