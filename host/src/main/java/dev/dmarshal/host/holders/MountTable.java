package dev.dmarshal.host.holders;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is mounted where (proc_pid_mountinfo(5), fstab(5)'s octal escapes). */
final class MountTable {

    /**
     * One mount.
     *
     * @param device major and minor, {@code 8:1}; empty where only {@code /proc/mounts} was there
     * @param point  where
     * @param type   of the file system
     * @param source as the mount names it, such as {@code /dev/mapper/vg-root} or {@code rpool/data}
     */
    record Mount(Optional<String> device, String point, String type, String source) {
    }

    private MountTable() {
    }

    /** The mounts of the host's first process if they can be read, since a container sees only its own; else those of the reader. */
    static Reading<List<Mount>> of(HostRoot host) {
        Reading<List<Mount>> first = host.text("/proc/1/mountinfo").map(MountTable::mountinfo);
        if (filled(first)) {
            return first;
        }
        Reading<List<Mount>> own = host.text("/proc/self/mountinfo").map(MountTable::mountinfo);
        if (filled(own)) {
            return own;
        }
        Reading<List<Mount>> old = host.text("/proc/mounts").map(MountTable::mounts);
        return filled(old) ? old : host.text("/proc/self/mounts").map(MountTable::mounts);
    }

    private static boolean filled(Reading<List<Mount>> mounts) {
        return mounts.present().filter(list -> !list.isEmpty()).isPresent();
    }

    private static List<Mount> mountinfo(String text) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : text.split("\n")) {
            int dash = line.indexOf(" - ");
            String[] left = line.substring(0, Math.max(dash, 0)).split(" ");
            String[] right = line.substring(dash + 3 > line.length() || dash < 0 ? line.length() : dash + 3).split(" ");
            if (left.length >= 5 && right.length >= 2) {
                mounts.add(new Mount(Optional.of(left[2]), unescape(left[4]), right[0], unescape(right[1])));
            }
        }
        return List.copyOf(mounts);
    }

    private static List<Mount> mounts(String text) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.split(" ");
            if (words.length >= 3) {
                mounts.add(new Mount(Optional.empty(), unescape(words[1]), words[2], unescape(words[0])));
            }
        }
        return List.copyOf(mounts);
    }

    private static String unescape(String word) {
        return word.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }
}
