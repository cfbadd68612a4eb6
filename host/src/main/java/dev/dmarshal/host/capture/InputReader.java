package dev.dmarshal.host.capture;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.files.Completeness;
import dev.dmarshal.host.files.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads what the list of inputs names from a machine. Every step on the way to a file is noted: links as links, and what is not there as looked for. Folders
 * that many rows share are walked to once.
 */
final class InputReader {

    private static final int MOST_MATCHES = 100_000;
    private static final String NOT_READ = "only that it is there was noted";
    private static final Pattern PROCESS = Pattern.compile("/proc/[0-9]+");

    private final HostRoot host;
    private final boolean full;
    private final String release;
    private final Collected collected = new Collected();
    private final Map<String, List<String>> walked = new HashMap<>();
    /** Whether a path is a link, by path; most paths begin with the same few folders. */
    private final Map<String, Optional<String>> resolved = new HashMap<>();

    private InputReader(HostRoot host, boolean full) {
        this.host = host;
        this.full = full;
        this.release = host.text("/proc/sys/kernel/osrelease").present().map(String::strip).filter(text -> !text.contains("/")).orElse("");
    }

    /** Reads all rows. */
    static Collected read(HostRoot host, Inputs inputs, boolean full) {
        InputReader reader = new InputReader(host, full);
        inputs.rows().forEach(reader::row);
        reader.holders();
        return reader.collected;
    }

    private void row(Input row) {
        if (row.privacy() == Privacy.FULL && !full) {
            return;
        }
        if (row.how() == Input.How.COMMAND) {
            command(row);
            return;
        }
        for (String pattern : Inputs.expand(row.path())) {
            if (release.isEmpty() && pattern.contains("{release}")) {
                continue;
            }
            String path = pattern.replace("{release}", release);
            int slash = path.lastIndexOf('/');
            for (String folder : folders(path.substring(0, slash))) {
                if (row.how() == Input.How.OPEN) {
                    // That a process could be looked into counts, even if nothing of what it has open does.
                    collected.folders.add(folder);
                }
                for (String name : names(folder, path.substring(slash + 1))) {
                    take(row, folder, name);
                }
            }
        }
    }

    /** The folders that a pattern leads to, without links on the way. */
    private List<String> folders(String pattern) {
        List<String> known = walked.get(pattern);
        if (known != null) {
            return known;
        }
        List<String> found = new ArrayList<>();
        if (pattern.isEmpty()) {
            found.add("/");
        } else {
            int slash = pattern.lastIndexOf('/');
            Set<String> seen = new HashSet<>();
            for (String above : folders(pattern.substring(0, slash))) {
                for (String name : names(above, pattern.substring(slash + 1))) {
                    enter(above, name).filter(seen::add).ifPresent(found::add);
                }
            }
        }
        walked.put(pattern, found);
        return found;
    }

    /** The names in a folder that a part of a pattern matches; the part itself if it is a plain name. */
    private List<String> names(String folder, String part) {
        if (part.indexOf('*') < 0 && part.indexOf('[') < 0) {
            return List.of(part);
        }
        Pattern glob = Inputs.glob(part);
        return list(folder).stream().filter(name -> glob.matcher(name).matches()).limit(MOST_MATCHES).toList();
    }

    private List<String> list(String folder) {
        Reading<List<String>> names = host.list(folder);
        if (names instanceof Reading.Denied<List<String>>(String path, String reason)) {
            missing(folder, reason);
        }
        return names.present().orElse(List.of());
    }

    /** Where a name in a folder leads, if it is there; a link on the way is noted. */
    private Optional<String> enter(String folder, String name) {
        String path = Paths.join(folder, name);
        Optional<String> known = resolved.get(path);
        if (known == null) {
            if (folder.equals("/proc") && host.list(path).present().isPresent()) {
                // /proc/net leads to the process that asks, which is not there when the capture is opened.
                known = Optional.of(path);
            } else {
                note(folder, name);
                known = host.realPath(path).present();
            }
            resolved.put(path, known);
        }
        return known;
    }

    /** Notes a link as what it is, and what is not there as looked for. */
    private void note(String folder, String name) {
        String path = Paths.join(folder, name);
        Reading<String> link = host.link(path);
        if (!collected.files.containsKey(path)) {
            link.present().ifPresent(target -> {
                collected.links.put(path, target);
                collected.withheld.remove(path);
            });
        }
        absent(link, folder, name);
    }

    /** Notes what is not there as looked for, and what could not be read with the reason. */
    private void absent(Reading<?> reading, String folder, String name) {
        if (reading instanceof Reading.Absent) {
            collected.looked(folder, name);
        } else if (reading instanceof Reading.Denied<?> denied) {
            missing(Paths.join(folder, name), denied.reason());
        }
    }

    /** What a source simply does not hold needs no word: that is how a capture answers anyway. */
    private void missing(String path, String reason) {
        if (host.live() || !reason.equals(Completeness.NOT_HERE)) {
            (host.has(path) ? collected.withheld : collected.denied).put(path, reason);
        }
    }

    private void take(Input row, String folder, String name) {
        switch (row.how()) {
            case FILE -> file(row, folder, name);
            case LINK -> note(folder, name);
            case NAMES -> enter(folder, name).ifPresent(this::all);
            case THERE -> there(folder, name);
            case OPEN -> open(row, folder, name);
            default -> throw new IllegalStateException("no path: " + row);
        }
    }

    private void file(Input row, String folder, String name) {
        String path = Paths.join(folder, name);
        Reading<byte[]> reading = host.bytes(path, row.mostBytes() + 1);
        reading.present().ifPresent(bytes -> {
            boolean cut = bytes.length > row.mostBytes();
            // A listing of the folder may have noted it as a link, or as something that is there.
            collected.links.remove(path);
            collected.withheld.remove(path);
            collected.files.put(path, new Collected.Content(cut ? Arrays.copyOf(bytes, row.mostBytes()) : bytes, row.privacy()));
            if (cut) {
                collected.cut.add(path);
            }
        });
        absent(reading, folder, name);
    }

    /** All names of a folder: those that no other row takes are noted as there. */
    private void all(String folder) {
        collected.folders.add(folder);
        for (String name : list(folder)) {
            String path = Paths.join(folder, name);
            if (!collected.links.containsKey(path) && !collected.files.containsKey(path)) {
                note(folder, name);
                if (!collected.links.containsKey(path)) {
                    collected.withheld.putIfAbsent(path, NOT_READ);
                }
            }
        }
        if (host.whole(folder)) {
            collected.looked(folder, Completeness.ALL);
        }
    }

    private void there(String folder, String name) {
        String path = Paths.join(folder, name);
        if (host.has(path)) {
            collected.withheld.put(path, NOT_READ);
        } else {
            note(folder, name);
        }
    }

    private void open(Input row, String folder, String name) {
        List<String> wanted = List.of(row.purpose().split(" "));
        host.link(Paths.join(folder, name)).present().filter(target -> wanted.stream().anyMatch(target::startsWith))
                .ifPresent(target -> collected.links.put(Paths.join(folder, name), target));
    }

    /** The names of the programs that hold what an {@code open} row looks for. */
    private void holders() {
        Set<String> processes = new HashSet<>();
        for (String path : collected.links.keySet()) {
            int slash = path.indexOf('/', "/proc/".length());
            if (slash > 0 && path.startsWith("/fd/", slash) && PROCESS.matcher(path.substring(0, slash)).matches()) {
                processes.add(path.substring(0, slash));
            }
        }
        for (String process : processes) {
            host.bytes(process + "/comm", 64).present().ifPresent(bytes -> collected.files.put(process + "/comm", new Collected.Content(bytes, Privacy.TEXT)));
        }
    }

    private void command(Input row) {
        for (HostCommand command : HostCommand.values()) {
            if (String.join(" ", command.words()).equals(row.path())) {
                Reading<byte[]> output = host.output(command);
                output.present().ifPresent(bytes -> collected.outputs.put(command, new Collected.Content(
                        bytes.length > row.mostBytes() ? Arrays.copyOf(bytes, row.mostBytes()) : bytes, row.privacy())));
                if (output instanceof Reading.Absent) {
                    collected.looked(Paths.parent(command.path()), command.fileName());
                }
                if (output instanceof Reading.Denied<byte[]> denied && !denied.reason().equals(Completeness.NOT_HERE)) {
                    collected.denied.put(command.path(), denied.reason());
                }
            }
        }
    }
}
