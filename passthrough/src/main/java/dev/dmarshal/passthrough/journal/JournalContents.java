package dev.dmarshal.passthrough.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dmarshal.passthrough.plan.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What could be read of a journal: all lines up to the first that is torn or damaged.
 *
 * @param entries   the lines that can be relied on, in order
 * @param health    whether there was more that cannot be relied on
 * @param endOffset where the next line goes, in bytes
 */
public record JournalContents(List<Entry> entries, Health health, long endOffset) {

    /** Longest journal that is read, in bytes; a plan of the most steps needs less. */
    public static final int MOST_BYTES = 64 << 20;

    private static final JsonMapper MAPPER = new JsonMapper();

    /** Whether all of a journal could be read. */
    public enum Health {
        /** Every line, to the end. */
        WHOLE,
        /** The last line was not written to its end. */
        TORN,
        /** A line in the middle is not what was written; what came after it cannot be relied on. */
        DAMAGED
    }

    /** Keeps its own copy. */
    public JournalContents {
        entries = List.copyOf(entries);
    }

    /** Reads a journal. What is wrong with its lines is part of the result; only a file that cannot be read is an {@link IOException}. */
    public static JournalContents read(Path path) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES);
        }
        byte[] header = Journal.HEADER.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length < header.length || !java.util.Arrays.equals(bytes, 0, header.length, header, 0, header.length)) {
            return new JournalContents(List.of(), Health.DAMAGED, header.length);
        }
        List<Entry> entries = new ArrayList<>();
        int at = header.length;
        while (at < bytes.length && bytes[at] != 0) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != 0) {
                end++;
            }
            Optional<Entry> entry = end < bytes.length && bytes[end] == '\n'
                    ? entry(new String(bytes, at, end - at, StandardCharsets.UTF_8), entries.size() + 1L)
                    : Optional.empty();
            if (entry.isEmpty()) {
                boolean unfinished = end == bytes.length || bytes[end] == 0;
                return new JournalContents(entries, unfinished && onlyZeros(bytes, end) ? Health.TORN : Health.DAMAGED, at);
            }
            entries.add(entry.get());
            at = end + 1;
        }
        if (at == bytes.length) {
            return new JournalContents(entries, Health.TORN, at);
        }
        return new JournalContents(entries, onlyZeros(bytes, at) ? Health.WHOLE : Health.DAMAGED, at);
    }

    private static Optional<Entry> entry(String line, long number) {
        JournalLine parsed = JournalLine.parse(line, number);
        if (parsed == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(MAPPER.readValue(parsed.json(), Entry.class));
        } catch (JsonProcessingException e) {
            // Its checksum is right, so a later dmarshal wrote it: not ours to go on with.
            return Optional.empty();
        }
    }

    private static boolean onlyZeros(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The plan, if the first line could be read. */
    public Optional<Plan> plan() {
        return !entries.isEmpty() && entries.getFirst() instanceof Entry.Begun begun ? Optional.of(begun.plan()) : Optional.empty();
    }

    /** How it ended, if it did and nothing was begun again since. */
    public Optional<Entry.Ended> ended() {
        return !entries.isEmpty() && entries.getLast() instanceof Entry.Ended ended && health == Health.WHOLE ? Optional.of(ended) : Optional.empty();
    }

    /** The boot in which the last run acted. */
    public Optional<String> lastBootId() {
        for (Entry entry : entries.reversed()) {
            if (entry instanceof Entry.Continued continued) {
                return Optional.of(continued.bootId());
            }
            if (entry instanceof Entry.Begun begun) {
                return Optional.of(begun.bootId());
            }
        }
        return Optional.empty();
    }

    /**
     * The steps that were or may have been done and were not taken back. Where the journal is torn or damaged, that may be every step of the plan: what came
     * after is not known.
     */
    public SortedSet<Integer> perhapsDone() {
        SortedSet<Integer> done = new TreeSet<>();
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Intended intended -> done.add(intended.step());
                case Entry.Undone undone -> done.remove(undone.step());
                default -> {
                }
            }
        }
        if (health != Health.WHOLE) {
            plan().ifPresent(plan -> plan.steps().forEach(step -> done.add(step.number())));
        }
        return Collections.unmodifiableSortedSet(done);
    }

    /** The steps that were done and verified, and not taken back. */
    public SortedSet<Integer> finished() {
        SortedSet<Integer> done = new TreeSet<>();
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Finished finished -> done.add(finished.step());
                case Entry.Undoing undoing -> done.remove(undoing.step());
                default -> {
                }
            }
        }
        return Collections.unmodifiableSortedSet(done);
    }

    /** The step that was being taken back when the last run ended. */
    public Optional<Integer> undoing() {
        Optional<Integer> undoing = Optional.empty();
        for (Entry entry : entries) {
            undoing = switch (entry) {
                case Entry.Undoing begun -> Optional.of(begun.step());
                case Entry.Undone _, Entry.Intended _ -> Optional.empty();
                default -> undoing;
            };
        }
        return undoing;
    }
}
