package dev.dmarshal.host.files;

import dev.dmarshal.host.Reading;
import java.util.List;

/**
 * The files of one machine, wherever they are. Paths are absolute paths on that machine. Symbolic links are followed inside the tree and never out of it; for
 * the machine that this runs on, the operating system follows them.
 */
public interface FileTree {

    /** Most links followed on the way to one file; Linux has the same bound (include/linux/namei.h, MAXSYMLINKS). */
    int MOST_LINKS = 40;

    /** The first {@code most} bytes of a file. */
    Reading<byte[]> bytes(String path, int most);

    /** The names in a directory, sorted. Where {@link #whole} does not hold there may be more. */
    Reading<List<String>> list(String path);

    /** What a symbolic link says, as it is written. */
    Reading<String> link(String path);

    /** The path without symbolic links on the way or at its end. */
    Reading<String> realPath(String path);

    /** Whether something is there, of whatever kind. */
    boolean has(String path);

    /** Whether all names of a directory are known, so that what {@link #list} does not give is not there. */
    boolean whole(String path);
}
