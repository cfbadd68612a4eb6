package dev.dmarshal.host.files;

import dev.dmarshal.host.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory that holds files of a machine at their places. Its symbolic links are taken as that machine would take them: an absolute one starts at the
 * directory, and none leads out of it.
 */
public final class DirectoryTree implements FileTree {

    private final Path root;
    private final Completeness completeness;
    /** Folders that were resolved already, from the path as asked to the path without links. */
    private final Map<String, String> folders = new ConcurrentHashMap<>();

    /** A tree at {@code root}. */
    public DirectoryTree(Path root, Completeness completeness) {
        this.root = root;
        this.completeness = completeness;
    }

    /** Where a path leads. {@code missing} is null if it leads to something. */
    private record Place(String folder, String missing) {
    }

    @Override
    public Reading<byte[]> bytes(String path, int most) {
        return reading(path, true, file -> LiveTree.content(file, most));
    }

    @Override
    public Reading<List<String>> list(String path) {
        return reading(path, true, LiveTree::names);
    }

    @Override
    public Reading<String> link(String path) {
        return reading(path, false, file -> Files.readSymbolicLink(file).toString());
    }

    @Override
    public Reading<String> realPath(String path) {
        try {
            Place place = resolve(path, true);
            return place.missing == null ? new Reading.Present<>(path, place.folder) : completeness.missing(path, place.folder, place.missing);
        } catch (IOException e) {
            return LiveTree.trouble(path, e);
        }
    }

    @Override
    public boolean has(String path) {
        return realPath(path).present().isPresent();
    }

    @Override
    public boolean whole(String path) {
        return realPath(path).present().filter(completeness::whole).isPresent();
    }

    private interface Read<T> {
        T from(Path file) throws IOException;
    }

    private <T> Reading<T> reading(String path, boolean follow, Read<T> read) {
        try {
            Place place = resolve(path, follow);
            if (place.missing != null) {
                return completeness.missing(path, place.folder, place.missing);
            }
            return new Reading.Present<>(path, read.from(at(place.folder)));
        } catch (IOException e) {
            return LiveTree.trouble(path, e);
        }
    }

    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    private Place resolve(String path, boolean follow) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash <= 0) {
            return walk(path, follow);
        }
        // Most reads are of many files in one folder: only their last name is new.
        String above = path.substring(0, slash);
        String known = folders.get(above);
        if (known == null) {
            Place folder = walk(above, true);
            if (folder.missing != null) {
                return folder;
            }
            known = folder.folder;
            folders.put(above, known);
        }
        return walk(known + "/" + path.substring(slash + 1), known, follow);
    }

    private Place walk(String path, boolean follow) throws IOException {
        return walk(path, "/", follow);
    }

    /** Goes from {@code start}, a path without links that {@code path} begins with, one name at a time. */
    private Place walk(String path, String start, boolean follow) throws IOException {
        Deque<String> names = new ArrayDeque<>(Paths.names(path.substring(start.length())));
        String here = start;
        int links = 0;
        while (!names.isEmpty()) {
            String name = names.removeFirst();
            if (name.equals("..")) {
                here = here.equals("/") ? here : here.substring(0, Math.max(1, here.lastIndexOf('/')));
                continue;
            }
            String next = Paths.join(here, name);
            Path file = at(next);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return new Place(here, name);
            }
            if (!Files.isSymbolicLink(file) || names.isEmpty() && !follow) {
                here = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new NotLinkException("too many links");
            }
            String target = Files.readSymbolicLink(file).toString();
            here = target.startsWith("/") ? "/" : here;
            List<String> ahead = Paths.names(target);
            for (int i = ahead.size() - 1; i >= 0; i--) {
                names.addFirst(ahead.get(i));
            }
        }
        return new Place(here, null);
    }
}
