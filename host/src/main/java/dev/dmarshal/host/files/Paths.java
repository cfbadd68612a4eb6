package dev.dmarshal.host.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Paths on a host, as text: absolute, with slashes. */
public final class Paths {

    /** The longest path that Linux takes (include/uapi/linux/limits.h, PATH_MAX). */
    public static final int LONGEST = 4096;

    private Paths() {
    }

    /** {@code name} in {@code folder}. */
    public static String join(String folder, String name) {
        return folder.endsWith("/") ? folder + name : folder + "/" + name;
    }

    /** The names on the way; {@code .} and empty ones are left out, {@code ..} stays. */
    public static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        int from = 0;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            if (end > from && !(end == from + 1 && path.charAt(from) == '.')) {
                names.add(path.substring(from, end));
            }
            from = end + 1;
        }
        return names;
    }

    /** The folder that a path is in; the root for what has none. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /** The last name of a path; the path itself if it has no slash. */
    public static String last(String path) {
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    }

    /** Whether a path has neither empty names nor such as begin with a dot, as most have not. */
    private static boolean plain(String entry) {
        char before = '/';
        for (int at = 0; at < entry.length(); at++) {
            char here = entry.charAt(at);
            if (before == '/' && (here == '.' || here == '/')) {
                return false;
            }
            before = here;
        }
        return true;
    }

    /** The path of an archive's entry from the root, or empty if it is absolute, climbs, is too long, or has characters that no such path needs. */
    public static Optional<String> safe(String entry) {
        if (entry.isEmpty() || entry.length() > LONGEST || entry.startsWith("/") || entry.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        if (plain(entry)) {
            return Optional.of("/" + (entry.endsWith("/") ? entry.substring(0, entry.length() - 1) : entry));
        }
        List<String> names = names(entry);
        return names.contains("..") ? Optional.empty() : Optional.of("/" + String.join("/", names));
    }
}
