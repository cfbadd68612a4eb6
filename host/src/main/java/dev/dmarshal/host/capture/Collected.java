package dev.dmarshal.host.capture;

import dev.dmarshal.host.HostCommand;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was read of a machine by the list of inputs, before anything is masked. Paths have no links on the way, except those in {@code /proc} and {@code
 * /etc}.
 */
final class Collected {

    /** A file's content and how private it is. */
    record Content(byte[] bytes, Privacy privacy) {
    }

    final Map<String, Content> files = new TreeMap<>();
    /** Symbolic links and what they say. */
    final Map<String, String> links = new TreeMap<>();
    /** Folders that are there, with or without anything in them. */
    final Set<String> folders = new TreeSet<>();
    /** Things that are there and were not taken, and why. */
    final Map<String, String> withheld = new TreeMap<>();
    /** Things of which it is not known whether they are there, and why. */
    final Map<String, String> denied = new TreeMap<>();
    /** For a folder, the names that were looked for in it and are not there; or {@code *} if all that are there are here. */
    final Map<String, Set<String>> looked = new TreeMap<>();
    /** Files of which only the start was taken. */
    final Set<String> cut = new TreeSet<>();
    final Map<HostCommand, Content> outputs = new EnumMap<>(HostCommand.class);

    void looked(String folder, String name) {
        looked.computeIfAbsent(folder, any -> new TreeSet<>()).add(name);
    }
}
