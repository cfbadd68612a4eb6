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
 * Filled by one thread, then only read, by as many as there are.
 */
public final class MemoryTree implements FileTree {

    /** What is at a place: content of a file, target of a link, or names below. Exactly one of the three. */
    private static final class Node {
        /** Without the zeros at the end, which are most of a configuration space, and half of what a large capture holds. */
        private byte[] content;
        private int length;
        private String target;
        private Map<String, Node> below;
        /** Set if the content that is held is not the whole of it, or none: why. */
        private String cut;

        boolean folder() {
            return below != null;
        }
    }

    /** The way that one thread took last. */
    private static final class Way {
        private String lastFolder = "";
        private Place last;
        /** Where folders lead that were asked about before: readers come back to a function's folder. */
        private final Map<String, Place> places = new HashMap<>();
    }

    private static final int MOST_PLACES = 1 << 16;
    private static final String OTHER_KIND = "of another kind than it should be";
    private static final byte[] ZEROS = new byte[512];

    private final Node root;
    private final ThreadLocal<Way> way = ThreadLocal.withInitial(Way::new);
    private Completeness completeness = Completeness.UNKNOWN;
    /** The folders into which something was put, by path; dropped when reading begins. */
    private final Map<String, Node> filled = new HashMap<>();
    /** Whether this thread remembers a way: filling comes before reading, and asking for each entry of an archive would cost. */
    private boolean walked;

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
        node.content = withoutZeros(content);
        node.length = content.length;
        return put(path, node);
    }

    private static byte[] withoutZeros(byte[] content) {
        int end = content.length;
        while (end >= ZEROS.length && Arrays.equals(content, end - ZEROS.length, end, ZEROS, 0, ZEROS.length)) {
            end -= ZEROS.length;
        }
        return end == content.length ? content : Arrays.copyOf(content, end);
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
        return filling(path) != null;
    }

    /** The folder at a path, made with those above it where it is not there; null if a file or link is in the way. */
    private Node filling(String path) {
        Node known = filled.get(path);
        if (known != null) {
            return known;
        }
        int slash = path.lastIndexOf('/');
        boolean plain = slash > 0 && slash + 1 < path.length() && path.charAt(slash + 1) != '.';
        Node here = plain ? filling(path.substring(0, slash)) : root;
        for (String name : plain ? List.of(path.substring(slash + 1)) : Paths.names(path)) {
            if (here == null || !here.folder()) {
                return null;
            }
            here = here.below.computeIfAbsent(name, any -> folder());
        }
        if (here == null || !here.folder()) {
            return null;
        }
        filled.put(path, here);
        return here;
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
        if (walked) {
            way.remove();
            walked = false;
        }
    }

    private boolean put(String path, Node node) {
        changed();
        List<String> names = List.of();
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        if (name.isEmpty() || name.startsWith(".")) {
            names = Paths.names(path);
            if (names.isEmpty()) {
                return false;
            }
            name = names.getLast();
        }
        Node folder = filling(names.isEmpty() ? path.substring(0, Math.max(0, slash)) : "/" + String.join("/", names.subList(0, names.size() - 1)));
        return folder != null && folder.below.putIfAbsent(name, node) == null;
    }

    /** Where a path leads: the place without links, and what is there; or the first name that is missing, or what is wrong with the way. */
    private record Place(String folder, String name, Node node, String missing, String wrong) {

        static Place at(String path, Node node) {
            return new Place(path, "", node, null, null);
        }

        static Place missing(String folder, String name) {
            return new Place(folder, "", null, name, null);
        }

        static Place wrong(String path, String why) {
            return new Place(path, "", null, null, why);
        }

        /** Joined only where it is asked for. */
        String path() {
            return name.isEmpty() ? folder : Paths.join(folder, name);
        }
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
        Way here = way.get();
        if (!above.equals(here.lastFolder)) {
            here.last = here.places.size() < MOST_PLACES ? here.places.computeIfAbsent(above, folder -> walk(folder, true)) : walk(above, true);
            here.lastFolder = above;
            if (!walked) {
                walked = true;
                filled.clear();
            }
        }
        Place last = here.last;
        if (last.node == null) {
            return last;
        }
        if (!last.node.folder()) {
            return Place.wrong(last.path(), OTHER_KIND);
        }
        Node node = last.node.below.get(name);
        if (node == null) {
            return Place.missing(last.path(), name);
        }
        return node.target != null && follow ? walk(path, true) : new Place(last.path(), name, node, null, null);
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
                return Place.wrong(absolute(here), OTHER_KIND);
            }
            Node next = way.getLast().below.get(name);
            if (next == null) {
                return Place.missing(absolute(here), name);
            }
            if (next.target == null || names.isEmpty() && !follow) {
                here.add(name);
                way.add(next);
                continue;
            }
            if (++links > MOST_LINKS || names.size() > Paths.LONGEST) {
                return Place.wrong(absolute(here), "too many links");
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
        return Place.at(absolute(here), way.getLast());
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
        return place.missing != null ? completeness.missing(path, place.path(), place.missing) : read.from(place);
    }

    private static <T> Reading<T> otherKind(String path) {
        return new Reading.Malformed<>(path, OTHER_KIND);
    }

    @Override
    public Reading<byte[]> bytes(String path, int most) {
        return reading(path, true, place -> {
            if (place.node.content == null) {
                return otherKind(path);
            }
            return place.node.cut != null ? new Reading.Denied<>(path, place.node.cut)
                    : new Reading.Present<>(path, Arrays.copyOf(place.node.content, Math.min(most, place.node.length)));
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
        return reading(path, true, place -> new Reading.Present<>(path, place.path()));
    }

    @Override
    public boolean has(String path) {
        return resolve(path, true).node != null;
    }

    @Override
    public boolean whole(String path) {
        Place place = resolve(path, true);
        return place.node != null && completeness.whole(place.path());
    }
}
