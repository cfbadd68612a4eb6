package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.XenVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one version of Xen and its tools do about a device ({@code xen.tsv}, which has the sources).
 *
 * @param version of the hypervisor that runs; empty if not told
 */
record XenBehaviour(Optional<XenVersion> version) {

    private static final String TABLE = "xen.tsv";
    private static final int CELLS = 5;
    private static final List<Row> ROWS = read();

    /** What it does about. */
    enum Topic {
        /** DMA of a device between guests. */
        QUARANTINE,
        /** Getting a device to pciback. */
        TAKE,
        /** Reset between users. */
        RESET,
        /** Memory ranges that do not begin at a page. */
        ALIGNMENT,
        /** Reserved memory of a device. */
        RESERVED,
        /** Reserved memory that devices share. */
        SHARED,
        /** What a guest may write of the device's configuration registers. */
        REGISTERS
    }

    /**
     * One row.
     *
     * @param since first release for which it holds; empty for all before
     * @param until first release for which it does not; empty if it still holds
     */
    record Row(Topic topic, Optional<Release> since, Optional<Release> until, String words, String source) {

        private boolean holds(Release release) {
            return since.filter(edge -> !release.atLeast(edge)).isEmpty() && until.filter(release::atLeast).isEmpty();
        }
    }

    /** All rows, in their order. */
    static List<Row> rows() {
        return ROWS;
    }

    /** The sentence for this version; for an unknown one that for the newest, which says so. */
    String words(Topic topic) {
        return version.map(known -> row(topic, known.release()).words())
                .orElseGet(() -> "Which Xen this is was not told; of the newest it holds: " + newest(topic).words());
    }

    /** Whether the version is known to be before {@code major.minor}. */
    boolean before(int major, int minor) {
        return version.filter(known -> !known.release().atLeast(new Release(major, minor, 0))).isPresent();
    }

    private static Row row(Topic topic, Release release) {
        return ROWS.stream().filter(row -> row.topic() == topic && row.holds(release)).findFirst().orElseThrow();
    }

    private static Row newest(Topic topic) {
        return ROWS.stream().filter(row -> row.topic() == topic && row.until().isEmpty()).findFirst().orElseThrow();
    }

    private static List<Row> read() {
        try (InputStream in = XenBehaviour.class.getResourceAsStream(TABLE)) {
            List<Row> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] cells = line.split("\t");
                    if (cells.length != CELLS) {
                        throw new IllegalStateException(TABLE + ": a row needs " + CELLS + " cells: " + line);
                    }
                    rows.add(new Row(Topic.valueOf(cells[0].toUpperCase(Locale.ROOT)), edge(cells[1], "*"), edge(cells[2], "-"), cells[3], cells[4]));
                }
            }
            return List.copyOf(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Release> edge(String text, String none) {
        return text.equals(none) ? Optional.empty() : Optional.of(Release.parse(text)
                .orElseThrow(() -> new IllegalStateException(TABLE + ": no release: " + text)));
    }
}
