package dev.dmarshal.host;

import dev.dmarshal.host.files.Completeness;
import dev.dmarshal.host.files.DirectoryTree;
import dev.dmarshal.host.files.FileTree;
import dev.dmarshal.host.files.LiveTree;
import dev.dmarshal.host.files.Paths;
import dev.dmarshal.host.files.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one machine: the one that this runs on, or another one's in a directory, a capture, a sos report, an archive, or a text that some tool printed.
 *
 * <p>All reading of a machine goes through here, so that a live host, a capture and a fake are one code path. Paths are absolute paths on that machine. Reads
 * are bounded and never write; files whose reading has effects are never read. What a source does not hold is {@link Reading.Denied}; it is {@link
 * Reading.Absent} only if it was looked for on the machine and was not there. Several threads may read.
 */
public final class HostRoot {

    /** Most bytes read of one file, unless the caller asks for another bound. */
    public static final int MOST_BYTES = 1 << 20;
    /** Most bytes of one log or one command's output. */
    public static final int MOST_LOG_BYTES = 64 << 20;

    private final String name;
    private final SourceKind kind;
    private final FileTree tree;
    private final List<Remark> remarks;

    /** A machine whose files {@code tree} has; for the back ends in this module. */
    public HostRoot(String name, SourceKind kind, FileTree tree, List<Remark> remarks) {
        this.name = name;
        this.kind = kind;
        this.tree = tree;
        this.remarks = List.copyOf(remarks);
    }

    /** The machine that this runs on. */
    public static HostRoot ofThisMachine() {
        return new HostRoot("this machine", SourceKind.LIVE, new LiveTree(), List.of());
    }

    /**
     * A directory with some of another machine's files at their places. What is not in it is {@link Reading.Denied}: nobody knows whether it was left out. To
     * have the directory looked at for what it is (an unpacked capture or sos report), take {@link #open}.
     */
    public static HostRoot of(Path directory) {
        return new HostRoot(directory.toString(), SourceKind.DIRECTORY, new DirectoryTree(directory, Completeness.UNKNOWN), List.of());
    }

    /** A directory that stands for the whole of a machine, such as a mounted root disk or a fake: what is not in it is {@link Reading.Absent}. */
    public static HostRoot ofWhole(Path directory) {
        return new HostRoot(directory.toString(), SourceKind.DIRECTORY, new DirectoryTree(directory, Completeness.WHOLE), List.of());
    }

    /**
     * Whatever a file or directory holds of a machine; what form it has is told by its content. A text of one tool gives a machine that answers for what the
     * text holds. A damaged archive gives what could be read of it, and a remark.
     */
    public static Reading<HostRoot> open(Path source) {
        return Sources.open(source);
    }

    /** What {@link #open} would take a file or directory for, from its first bytes; {@link SourceKind#LOG} for what it does not know. */
    public static Reading<SourceKind> kind(Path source) {
        return Sources.kind(source);
    }

    /** For people: where this came from. */
    public String name() {
        return name;
    }

    /** In what form it came. */
    public SourceKind kind() {
        return kind;
    }

    /** Whether it is the machine that this runs on. */
    public boolean live() {
        return kind == SourceKind.LIVE;
    }

    /** What whoever judges by this source should know about it. */
    public List<Remark> remarks() {
        return remarks;
    }

    /** The first {@link #MOST_BYTES} bytes of a file. */
    public Reading<byte[]> bytes(String path) {
        return bytes(path, MOST_BYTES);
    }

    /** The first {@code most} bytes of a file. */
    public Reading<byte[]> bytes(String path, int most) {
        return tree.bytes(path, most);
    }

    /** The first {@link #MOST_BYTES} bytes of a file as text. */
    public Reading<String> text(String path) {
        return bytes(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** The names in a directory, sorted; all that there are only if {@link #whole} says so. */
    public Reading<List<String>> list(String path) {
        return tree.list(path);
    }

    /** Whether all names in a directory are known, so that what {@link #list} does not give is not there. */
    public boolean whole(String path) {
        return tree.whole(path);
    }

    /** The last name of what a symbolic link points to; the way sysfs says "this device's driver". */
    public Reading<String> linkName(String path) {
        return tree.link(path).map(Paths::last);
    }

    /** What a symbolic link says, as it is written. */
    public Reading<String> link(String path) {
        return tree.link(path);
    }

    /** The path with all symbolic links followed; a device's place in {@code /sys/devices}. */
    public Reading<String> realPath(String path) {
        return tree.realPath(path);
    }

    /** Whether something is there, of whatever kind. That it is not is no proof that the machine does not have it: see {@link #bytes}. */
    public boolean has(String path) {
        return tree.has(path);
    }

    /** What a program prints on this machine: run now if it is live, else as it was recorded. At most {@link #MOST_LOG_BYTES}. */
    public Reading<byte[]> output(HostCommand command) {
        return live() ? Commands.run(command) : bytes(command.path(), MOST_LOG_BYTES);
    }
}
