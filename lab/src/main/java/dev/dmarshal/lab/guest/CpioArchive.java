package dev.dmarshal.lab.guest;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes a cpio archive of the {@code newc} kind, which the kernel unpacks into its first root (Linux
 * Documentation/driver-api/early-userspace/buffer-format.rst).
 * Everything belongs to root. Folders above an entry are made by themselves. Not thread-safe.
 */
final class CpioArchive implements AutoCloseable {

    private static final int FOLDER = 0040755;
    private static final int FILE = 0100000;
    private static final int LINK = 0120777;
    private static final String TRAILER = "TRAILER!!!";

    private final OutputStream out;
    private final Set<String> folders = new HashSet<>();
    private final Set<String> files = new HashSet<>();
    private long written;
    private int inode = 1;

    CpioArchive(OutputStream out) {
        this.out = new BufferedOutputStream(out, 1 << 18);
    }

    /** Adds a file; a second one of the same path is left out. */
    void file(String path, byte[] content, int permissions) throws IOException {
        if (fresh(path)) {
            header(path, FILE | permissions, content.length);
            write(content);
            pad();
        }
    }

    /** Adds a copy of a file of this machine; what a symbolic link points to is what is copied. */
    void copy(String path, Path source) throws IOException {
        if (fresh(path)) {
            long size = Files.size(source);
            header(path, FILE | (Files.isExecutable(source) ? 0755 : 0644), size);
            long before = written;
            written += Files.copy(source, out);
            if (written - before != size) {
                throw new IOException(source + " changed while it was read");
            }
            pad();
        }
    }

    /** Adds a folder of this machine with all that is in it. */
    void tree(String path, Path source) throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(source)) {
            found = walk.sorted().toList();
        }
        for (Path one : found) {
            String inside = one.equals(source) ? path : path + "/" + source.relativize(one);
            if (Files.isSymbolicLink(one)) {
                link(inside, Files.readSymbolicLink(one).toString());
            } else if (Files.isDirectory(one)) {
                folder(inside);
            } else {
                copy(inside, one);
            }
        }
    }

    /** Adds a symbolic link. */
    void link(String path, String target) throws IOException {
        if (fresh(path)) {
            byte[] name = target.getBytes(StandardCharsets.UTF_8);
            header(path, LINK, name.length);
            write(name);
            pad();
        }
    }

    /** Adds a folder and those above it. */
    void folder(String path) throws IOException {
        String relative = relative(path);
        if (!relative.isEmpty() && folders.add(relative)) {
            above(relative);
            header(relative, FOLDER, 0);
        }
    }

    @Override
    public void close() throws IOException {
        header(TRAILER, 0, 0);
        out.close();
    }

    private boolean fresh(String path) throws IOException {
        String relative = relative(path);
        above(relative);
        return files.add(relative);
    }

    private void above(String relative) throws IOException {
        int slash = relative.lastIndexOf('/');
        if (slash > 0) {
            folder(relative.substring(0, slash));
        }
    }

    private static String relative(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private void header(String path, int mode, long size) throws IOException {
        byte[] name = relative(path).getBytes(StandardCharsets.UTF_8);
        StringBuilder header = new StringBuilder("070701");
        long[] fields = {inode++, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length + 1L, 0};
        for (long field : fields) {
            header.append(String.format("%08X", field));
        }
        write(header.toString().getBytes(StandardCharsets.US_ASCII));
        write(name);
        write(new byte[1]);
        pad();
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad() throws IOException {
        write(new byte[(int) (-written & 3)]);
    }
}
