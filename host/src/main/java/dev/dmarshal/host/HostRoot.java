package dev.dmarshal.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one machine: {@code /} of the machine that this runs on, or a directory that holds some of another machine's files at their places.
 *
 * <p>All reading of a machine goes through here, so that a live host, a capture and a fake are one code path. Reads are bounded and never write. A
 * directory that
 * came from elsewhere answers only for what it holds: what is not in it is {@link Reading.Denied}, not {@link Reading.Absent}, unless its folder is there.
 *
 * @param directory where the root is
 * @param live      whether it is the machine that this runs on
 */
public record HostRoot(Path directory, boolean live) {

    /** Most bytes read of one file. */
    public static final int MOST_BYTES = 1 << 20;
    /** Most entries read of one directory. */
    public static final int MOST_ENTRIES = 65_536;

    /** The machine that this runs on. */
    public static HostRoot ofThisMachine() {
        return new HostRoot(Path.of("/"), true);
    }

    /** A directory with another machine's files. */
    public static HostRoot of(Path directory) {
        return new HostRoot(directory, false);
    }

    /** The first {@link #MOST_BYTES} bytes of a file. */
    public Reading<byte[]> bytes(String path) {
        return read(path, file -> {
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(MOST_BYTES);
            }
        });
    }

    /** The first {@link #MOST_BYTES} bytes of a file as text. */
    public Reading<String> text(String path) {
        return bytes(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** The names in a directory, sorted. */
    public Reading<List<String>> list(String path) {
        return read(path, file -> {
            try (Stream<Path> entries = Files.list(file)) {
                List<String> names = new ArrayList<>(entries.limit(MOST_ENTRIES).map(entry -> entry.getFileName().toString()).toList());
                names.sort(null);
                return List.copyOf(names);
            }
        });
    }

    /** The last name of what a symbolic link points to; the way sysfs says "this device's driver". */
    public Reading<String> linkName(String path) {
        return read(path, file -> Files.readSymbolicLink(file).getFileName().toString());
    }

    /** What a symbolic link points to, as it is written; nothing is followed. */
    public Reading<String> link(String path) {
        return read(path, file -> Files.readSymbolicLink(file).toString());
    }

    /** Whether something is there, of whatever kind. */
    public boolean has(String path) {
        return Files.exists(resolve(path));
    }

    private Path resolve(String path) {
        return directory.resolve(path.startsWith("/") ? path.substring(1) : path);
    }

    private interface Read<T> {
        T from(Path file) throws IOException;
    }

    private <T> Reading<T> read(String path, Read<T> read) {
        Path file = resolve(path);
        try {
            return new Reading.Present<>(path, read.from(file));
        } catch (NoSuchFileException e) {
            boolean folderSeen = file.getParent() != null && Files.isDirectory(file.getParent());
            return live || folderSeen ? new Reading.Absent<>(path) : new Reading.Denied<>(path, "not in the capture");
        } catch (AccessDeniedException e) {
            return new Reading.Denied<>(path, "permission denied");
        } catch (NotDirectoryException | NotLinkException e) {
            return new Reading.Malformed<>(path, "of another kind than it should be");
        } catch (IOException e) {
            return new Reading.Denied<>(path, String.valueOf(e.getMessage()));
        }
    }
}
