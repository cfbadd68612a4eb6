package dev.dmarshal.host.fake;

import dev.dmarshal.host.Reading;
import dev.dmarshal.host.files.FileTree;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Passes every question on and remembers it, so that a test can hold what is read against the list of inputs. */
public final class AskingTree implements FileTree {

    private final FileTree tree;
    private final Set<String> contents = new TreeSet<>();
    private final Set<String> folders = new TreeSet<>();
    private final Set<String> places = new TreeSet<>();

    /** Asks {@code tree}. */
    public AskingTree(FileTree tree) {
        this.tree = tree;
    }

    /** Files whose content was asked for. */
    public Set<String> contents() {
        return contents;
    }

    /** Folders whose names were asked for. */
    public Set<String> folders() {
        return folders;
    }

    /** What was only asked whether it is there, or where it leads. */
    public Set<String> places() {
        return places;
    }

    @Override
    public Reading<byte[]> bytes(String path, int most) {
        contents.add(path);
        return tree.bytes(path, most);
    }

    @Override
    public Reading<List<String>> list(String path) {
        folders.add(trimmed(path));
        return tree.list(path);
    }

    @Override
    public Reading<String> link(String path) {
        places.add(trimmed(path));
        return tree.link(path);
    }

    @Override
    public Reading<String> realPath(String path) {
        places.add(trimmed(path));
        return tree.realPath(path);
    }

    @Override
    public boolean has(String path) {
        places.add(trimmed(path));
        return tree.has(path);
    }

    @Override
    public boolean whole(String path) {
        folders.add(trimmed(path));
        return tree.whole(path);
    }

    private static String trimmed(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
