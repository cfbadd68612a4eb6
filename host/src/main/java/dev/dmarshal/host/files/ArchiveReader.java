package dev.dmarshal.host.files;

import dev.dmarshal.host.Remark;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a tar archive into memory, within {@link Limits}. Nothing is written to a disk. Entries with names that leave the archive, hard links, devices and
 * pipes are passed over; of two entries of one name the first one counts. All of that, and damage, is told in remarks; what was read before stands.
 */
final class ArchiveReader {

    private static final Pattern LOG = Pattern.compile("(?i).*(?:dmesg|journalctl|/messages|/syslog|kern\\.log|boot\\.log|xen.*\\.log|/output/).*");
    private static final int PADDING = 1 << 20;
    /** Headers are read in blocks of 512 bytes, and each call of the unpacker costs. */
    private static final int BUFFER = 64 << 10;

    private final MemoryTree tree;
    private final Limits limits;
    private final Map<Oddity, List<String>> oddities = new EnumMap<>(Oddity.class);
    private final List<Remark> remarks = new ArrayList<>();
    private final boolean sosReport;
    private long kept;
    private boolean whole = true;

    /**
     * Reads into a tree.
     *
     * @param sosReport whether only files that bear on this project are kept: a sos report is mostly others
     */
    ArchiveReader(MemoryTree tree, Limits limits, boolean sosReport) {
        this.tree = tree;
        this.limits = limits;
        this.sosReport = sosReport;
    }

    private enum Oddity {
        UNSAFE("archive-unsafe-names", "entries whose names lead out of the archive were passed over"),
        SPECIAL("archive-odd-entries", "entries that are neither files, folders nor symbolic links were passed over"),
        TWICE("archive-duplicates", "entries whose place was taken already were passed over"),
        CUT("archive-large-files", "files are too large and were left out");

        private final String label;
        private final String words;

        Oddity(String label, String words) {
            this.label = label;
            this.words = words;
        }
    }

    /** Reads to the end, to damage, or to a limit. */
    void read(InputStream in) {
        TarReader tar = new TarReader(new BufferedInputStream(in, BUFFER));
        int entries = 0;
        try {
            for (Optional<TarReader.Entry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                if (++entries > limits.entries()) {
                    throw new Bounded.LimitReached("more than " + limits.entries() + " entries");
                }
                entry(tar, entry.get());
            }
            // Behind the end mark come padding and the compressor's own checksum, which is checked only if it is read.
            tar.rest(PADDING);
        } catch (Bounded.LimitReached e) {
            end("archive-limit", "reading stopped after " + entries + " entries: " + e.getMessage());
        } catch (IOException e) {
            end("archive-damaged", "damaged after " + entries + " entries: " + e.getMessage());
        }
    }

    /** Whether the archive was read to its end. */
    boolean whole() {
        return whole;
    }

    /** What was odd. */
    List<Remark> remarks() {
        List<Remark> all = new ArrayList<>(remarks);
        oddities.forEach((oddity, names) -> all.add(new Remark(oddity.label, names.size() + " " + oddity.words + ": " + first(names))));
        return all;
    }

    private static String first(List<String> names) {
        String few = String.join(", ", names.subList(0, Math.min(3, names.size())).stream().map(ArchiveReader::printable).toList());
        return names.size() > 3 ? few + ", …" : few;
    }

    /** A stranger's name is not to move the cursor of the terminal that it is printed on. */
    private static String printable(String name) {
        String cut = name.length() > 80 ? name.substring(0, 80) + "…" : name;
        return cut.replaceAll("\\p{C}", "?");
    }

    private void end(String label, String text) {
        whole = false;
        remarks.add(new Remark(label, text));
    }

    private void entry(TarReader tar, TarReader.Entry entry) throws IOException {
        Optional<String> safe = Paths.safe(entry.name());
        if (safe.isEmpty()) {
            odd(Oddity.UNSAFE, entry.name());
            return;
        }
        String path = safe.get();
        charge(Limits.ENTRY_BYTES + path.length());
        boolean placed = switch (entry.kind()) {
            case FOLDER -> tree.folder(path);
            case LINK -> link(path, entry.target());
            case FILE -> file(tar, path, entry.size());
            case OTHER -> {
                odd(Oddity.SPECIAL, path);
                yield true;
            }
        };
        if (!placed) {
            odd(Oddity.TWICE, path);
        }
    }

    private boolean link(String path, String target) throws IOException {
        if (target.isEmpty() || target.length() > Paths.LONGEST) {
            odd(Oddity.SPECIAL, path);
            return true;
        }
        charge(target.length());
        return tree.link(path, target);
    }

    private boolean file(TarReader tar, String path, long size) throws IOException {
        if (sosReport && !SosReport.bears(path)) {
            return tree.withheld(path, "left out: it does not bear on passthrough");
        }
        boolean log = size > Math.min(limits.fileBytes(), limits.logBytes()) && LOG.matcher(path).matches();
        int most = log ? limits.logBytes() : limits.fileBytes();
        if (size > most && !log) {
            odd(Oddity.CUT, path);
            return tree.withheld(path, "left out: it has " + size + " bytes");
        }
        if (size > most) {
            odd(Oddity.CUT, path + " (its start is kept)");
        }
        charge(Math.min(size, most));
        return tree.file(path, tar.content(most));
    }

    private void charge(long bytes) throws Bounded.LimitReached {
        kept += bytes;
        if (kept > limits.keptBytes()) {
            throw new Bounded.LimitReached("it holds more than " + limits.keptBytes() + " bytes that bear on this");
        }
    }

    private void odd(Oddity oddity, String name) throws Bounded.LimitReached {
        charge(name.length());
        oddities.computeIfAbsent(oddity, any -> new ArrayList<>()).add(name);
    }
}
