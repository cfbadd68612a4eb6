package dev.dmarshal.host.fake;

import dev.dmarshal.host.HostRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lays out a host's files by code: sysfs, procfs and the rest, in a folder of the test's own. Links are written as sysfs writes them. */
public final class FakeHost {

    private final Path root;

    /** An empty host. */
    public FakeHost(Path root) {
        this.root = root;
    }

    /** What reads it: as a capture is read. */
    public HostRoot host() {
        return HostRoot.ofWhole(root);
    }

    /** Where it lies. */
    public Path root() {
        return root;
    }

    /** A file with these contents. */
    public FakeHost file(String path, String text) {
        return bytes(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file with these bytes. */
    public FakeHost bytes(String path, byte[] bytes) {
        try {
            Path file = place(path);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An empty folder. */
    public FakeHost folder(String path) {
        try {
            Files.createDirectories(place(path));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A symbolic link to another place of this host; written relative when both lie in sysfs, as the kernel does it. */
    public FakeHost link(String path, String target) {
        try {
            Path link = place(path);
            Files.createDirectories(link.getParent());
            Path to = path.startsWith("/sys/") && target.startsWith("/sys/") ? link.getParent().relativize(place(target)) : Path.of(target);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, to);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An entry of a class and its folder in the device tree. */
    public FakeHost classEntry(String className, String name, String devicePath) {
        return folder("/sys/devices/" + devicePath).link("/sys/class/" + className + "/" + name, "/sys/devices/" + devicePath);
    }

    /** A whole drive with its number. */
    public FakeHost drive(String name, String number, String parentPath) {
        classEntry("block", name, parentPath + "/block/" + name);
        return file("/sys/devices/" + parentPath + "/block/" + name + "/dev", number + "\n");
    }

    /** A partition of a drive. */
    public FakeHost partition(String drive, String name, String number, String parentPath) {
        classEntry("block", name, parentPath + "/block/" + drive + "/" + name);
        return file("/sys/devices/" + parentPath + "/block/" + drive + "/" + name + "/dev", number + "\n");
    }

    /** A stacked block device on others. */
    public FakeHost stacked(String name, String number, String... lower) {
        String path = "virtual/block/" + name;
        classEntry("block", name, path).file("/sys/devices/" + path + "/dev", number + "\n").folder("/sys/devices/" + path + "/slaves");
        for (String below : lower) {
            link("/sys/devices/" + path + "/slaves/" + below, "/sys/class/block/" + below);
        }
        return this;
    }

    /** A network interface. */
    public FakeHost network(String name, String parentPath) {
        return classEntry("net", name, parentPath + "/net/" + name).file("/sys/devices/" + parentPath + "/net/" + name + "/operstate", "up\n");
    }

    /** Says that one interface lies on another. */
    public FakeHost upper(String lower, String lowerPath, String upper) {
        classEntry("net", upper, "virtual/net/" + upper);
        return link("/sys/devices/" + lowerPath + "/net/" + lower + "/upper_" + upper, "/sys/devices/virtual/net/" + upper);
    }

    private Path place(String path) {
        return root.resolve(path.startsWith("/") ? path.substring(1) : path);
    }
}
