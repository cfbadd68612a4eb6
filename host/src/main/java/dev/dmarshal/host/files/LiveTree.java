package dev.dmarshal.host.files;

import dev.dmarshal.host.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The machine that this runs on. */
public final class LiveTree implements FileTree {

    private static final int MOST_ENTRIES = 65_536;

    /** The machine that this runs on. */
    public LiveTree() {
    }

    @Override
    public Reading<byte[]> bytes(String path, int most) {
        Optional<String> never = Untouchable.reason(path);
        if (never.isPresent()) {
            return new Reading.Denied<>(path, never.get());
        }
        return reading(path, () -> content(Path.of(path), most));
    }

    /** A pipe or a device is no file to read: opening it may wait for ever. */
    static byte[] content(Path file, int most) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? new NotDirectoryException("not a file") : new NoSuchFileException(file.toString());
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(most);
        }
    }

    @Override
    public Reading<List<String>> list(String path) {
        return reading(path, () -> names(Path.of(path)));
    }

    static List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (names.size() == MOST_ENTRIES) {
                    break;
                }
                names.add(entry.getFileName().toString());
            }
        }
        names.sort(null);
        return List.copyOf(names);
    }

    @Override
    public Reading<String> link(String path) {
        return reading(path, () -> Files.readSymbolicLink(Path.of(path)).toString());
    }

    @Override
    public Reading<String> realPath(String path) {
        return reading(path, () -> Path.of(path).toRealPath().toString());
    }

    @Override
    public boolean has(String path) {
        return Files.exists(Path.of(path));
    }

    @Override
    public boolean whole(String path) {
        return Files.isReadable(Path.of(path));
    }

    /** An access to the file system. */
    interface Access<T> {
        T made() throws IOException;
    }

    private static <T> Reading<T> reading(String path, Access<T> access) {
        try {
            return new Reading.Present<>(path, access.made());
        } catch (NoSuchFileException e) {
            return new Reading.Absent<>(path);
        } catch (IOException e) {
            return trouble(path, e);
        }
    }

    /** What a refusal of the file system means. */
    static <T> Reading<T> trouble(String path, IOException e) {
        if (e instanceof AccessDeniedException) {
            return new Reading.Denied<>(path, "permission denied");
        }
        if (e instanceof NotDirectoryException || e instanceof NotLinkException || e instanceof FileSystemLoopException) {
            return new Reading.Malformed<>(path, "of another kind than it should be");
        }
        return new Reading.Denied<>(path, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
}
