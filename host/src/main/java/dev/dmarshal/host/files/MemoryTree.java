package dev.dmarshal.host.files;

import dev.dmarshal.host.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of a machine, held in memory: what an archive or a text was read into. Nothing of it can lead to a file of the machine that this runs on.
 * Filled once, then only read.
 */
public final class MemoryTree implements FileTree {

    /** What is at a place: content of a file, target of a link, or names below. Exactly one of the three. */
    private static final class Node {
        private byte[] content;
        private String target;
        private Map<String, Node> below;
        /** Set if the content that is held is not the whole of it, or none: why. */
        private String cut;

        boolean folder() {
            return below != null;
        }
    }

    private static final int MOST_PLACES = 1 << 16;

    private final Node root;
    private String lastFolder = "";
    private Place last;
    private Completeness completeness = Completeness.UNKNOWN;
    /** The folder into which something was put last; entries of an archive come sorted. */
    private String filledPath = "";
    /** Where folders lead that were asked about before: readers come back to a function's folder. */
    private final Map<String, Place> places = new HashMap<>();
    private Node filled;

    /** A tree with nothing in it. */
    public MemoryTree() {
        this(folder());
    }

    private MemoryTree(Node root) {
        this.root = root;
    }

    /** The tree whose root is a folder of this one; an empty tree if there is no such folder. Links see no more than the new root. */
    MemoryTree below(String path) {
        Node node = resolve(path, false).node;
        return new MemoryTree(node != null && node.folder() ? node : folder());
    }

    /** Hangs a folder of another tree into this one, if it is there. */
    void adopt(String path, MemoryTree other, String folder) {
        Node node = other.resolve(folder, false).node;
        if (node != null && node.folder()) {
            put(path, node);
        }
    }

    /** The number of files and links. */
    int count() {
        return count(root);
    }

    private static int count(Node node) {
        return node.folder() ? node.below.values().stream().mapToInt(MemoryTree::count).sum() : 1;
    }

    /** Says what is known of files that are not here. */
    public void completeness(Completeness known) {
        completeness = known;
    }

    /** Puts a file at a path, with the folders above it. False if a file or link is in the way, or something is there already. */
    public boolean file(String path, byte[] content) {
        Node node = new Node();
        node.content = content;
        return put(path, node);
    }

    /** Puts a file whose content is not here, and why; it reads as {@link Reading.Denied}. */
    public boolean withheld(String path, String why) {
        Node node = new Node();
        node.content = new byte[0];
        node.cut = why;
        return put(path, node);
    }

    /** Puts a symbolic link. */
    public boolean link(String path, String target) {
        Node node = new Node();
        node.target = target;
        return put(path, node);
    }

    /** Puts a folder, if it is not there already. */
    public boolean folder(String path) {
        changed();
        Node here = root;
        for (String name : Paths.names(path)) {
            here = here.below.computeIfAbsent(name, any -> folder());
            if (!here.folder()) {
                return false;
            }
        }
        return true;
    }

    /** Whether anything is here. */
    public boolean isEmpty() {
        return root.below.isEmpty();
    }

    private static Node folder() {
        Node node = new Node();
        node.below = new HashMap<>(4);
        return node;
    }

    private void changed() {
        lastFolder = "";
        if (!places.isEmpty()) {
            places.clear();
        }
    }

    private boolean put(String path, Node node) {
        changed();
        int slash = path.lastIndexOf('/');
        if (slash > 0 && path.startsWith(filledPath) && filledPath.length() == slash && slash + 1 < path.length() && path.charAt(slash + 1) != '.') {
            return filled.below.putIfAbsent(path.substring(slash + 1), node) == null;
        }
        List<String> names = Paths.names(path);
        if (names.isEmpty()) {
            return false;
        }
        Node here = root;
        for (String name : names.subList(0, names.size() - 1)) {
            here = here.below.computeIfAbsent(name, any -> folder());
            if (!here.folder()) {
                return false;
            }
        }
        if (slash > 0 && path.endsWith("/" + names.getLast())) {
            filledPath = path.substring(0, slash);
            filled = here;
        }
        return here.below.putIfAbsent(names.getLast(), node) == null;
    }

    /** Where a path leads: the place without links, and what is there; or the first name that is missing, or what is wrong with the way. */
    private record Place(String path, Node node, String missing, String wrong) {
    }

    /**
     * Most reads are of one file after the other in one folder, behind a link and a dozen names deep: the way to the last folder is remembered. Whatever is not
     * simply a name in it takes the whole way.
     */
    private Place resolve(String path, boolean follow) {
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        if (slash <= 0 || name.isEmpty() || name.equals(".") || name.equals("..")) {
            return walk(path, follow);
        }
        String above = path.substring(0, slash);
        if (!above.equals(lastFolder)) {
            last = places.size() < MOST_PLACES ? places.computeIfAbsent(above, folder -> walk(folder, true)) : walk(above, true);
            lastFolder = above;
        }
        if (last.node == null) {
            return last;
        }
        if (!last.node.folder()) {
            return new Place(last.path, null, null, "of another kind than it should be");
        }
        Node node = last.node.below.get(name);
        if (node == null) {
            return new Place(last.path, null, name, null);
        }
        return node.target != null && follow ? walk(path, true) : new Place(Paths.join(last.path, name), node, null, null);
    }

    private Place walk(String path, boolean follow) {
        Deque<String> names = new ArrayDeque<>(Paths.names(path));
        List<Node> way = new ArrayList<>(List.of(root));
        List<String> here = new ArrayList<>();
        int links = 0;
        while (!names.isEmpty()) {
            String name = names.removeFirst();
            if (name.equals("..")) {
                if (!here.isEmpty()) {
                    here.removeLast();
                    way.removeLast();
                }
                continue;
            }
            if (!way.getLast().folder()) {
                return new Place(absolute(here), null, null, "of another kind than it should be");
            }
            Node next = way.getLast().below.get(name);
            if (next == null) {
                return new Place(absolute(here), null, name, null);
            }
            if (next.target == null || names.isEmpty() && !follow) {
                here.add(name);
                way.add(next);
                continue;
            }
            if (++links > MOST_LINKS || names.size() > Paths.LONGEST) {
                return new Place(absolute(here), null, null, "too many links");
            }
            if (next.target.startsWith("/")) {
                here.clear();
                way.subList(1, way.size()).clear();
            }
            List<String> ahead = Paths.names(next.target);
            for (int i = ahead.size() - 1; i >= 0; i--) {
                names.addFirst(ahead.get(i));
            }
        }
        return new Place(absolute(here), way.getLast(), null, null);
    }

    private static String absolute(List<String> names) {
        return "/" + String.join("/", names);
    }

    private interface Read<T> {
        Reading<T> from(Place place);
    }

    private <T> Reading<T> reading(String path, boolean follow, Read<T> read) {
        Place place = resolve(path, follow);
        if (place.wrong != null) {
            return new Reading.Malformed<>(path, place.wrong);
        }
        return place.missing != null ? completeness.missing(path, place.path, place.missing) : read.from(place);
    }

    private static <T> Reading<T> otherKind(String path) {
        return new Reading.Malformed<>(path, "of another kind than it should be");
    }

    @Override
    public Reading<byte[]> bytes(String path, int most) {
        return reading(path, true, place -> {
            if (place.node.content == null) {
                return otherKind(path);
            }
            byte[] content = place.node.content;
            return place.node.cut != null ? new Reading.Denied<>(path, place.node.cut)
                    : new Reading.Present<>(path, Arrays.copyOf(content, Math.min(most, content.length)));
        });
    }

    @Override
    public Reading<List<String>> list(String path) {
        return reading(path, true, place -> place.node.cut != null ? new Reading.Denied<>(path, place.node.cut) : place.node.folder()
                ? new Reading.Present<>(path, place.node.below.keySet().stream().sorted().toList())
                : otherKind(path));
    }

    @Override
    public Reading<String> link(String path) {
        return reading(path, false, place -> place.node.cut != null ? new Reading.Denied<>(path, place.node.cut) : place.node.target != null
                ? new Reading.Present<>(path, place.node.target) : otherKind(path));
    }

    @Override
    public Reading<String> realPath(String path) {
        return reading(path, true, place -> new Reading.Present<>(path, place.path));
    }

    @Override
    public boolean has(String path) {
        return resolve(path, true).node != null;
    }

    @Override
    public boolean whole(String path) {
        Place place = resolve(path, true);
        return place.node != null && completeness.whole(place.path);
    }
}
