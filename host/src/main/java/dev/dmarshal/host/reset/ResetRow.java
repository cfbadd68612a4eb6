package dev.dmarshal.host.reset;

import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One row of the table of devices whose reset departs from what their capabilities say ({@code resets.tsv}).
 *
 * @param vendor   vendor id
 * @param device   device id, of which only the bits of {@code mask} count
 * @param mask     16 bits; 0 for every device of the vendor
 * @param revision the only revision meant; empty for all
 * @param ofClass  leading digits of the class code meant; empty for all
 * @param effect   what departs
 * @param since    a release whose source had it
 * @param words    what follows
 * @param source   where it was taken from
 */
record ResetRow(int vendor, int device, int mask, Optional<Integer> revision, String ofClass, Effect effect, Release since, String words, String source) {

    /** What departs. */
    enum Effect { NO_FLR, NO_BUS, NO_PM, SPECIFIC }

    private static final int CELLS = 7;

    /** The rows that fit a function. */
    static List<ResetRow> of(ResetFacts.Ids ids) {
        if (ids.vendor().isEmpty() || ids.device().isEmpty()) {
            return List.of();
        }
        return Table.ROWS.stream().filter(row -> row.fits(ids)).toList();
    }

    /** All rows. */
    static List<ResetRow> all() {
        return Table.ROWS;
    }

    private boolean fits(ResetFacts.Ids ids) {
        if (ids.vendor().getAsInt() != vendor || (ids.device().getAsInt() & mask) != (device & mask)) {
            return false;
        }
        boolean revised = revision.isEmpty() || ids.revision().isPresent() && ids.revision().getAsInt() == revision.get();
        String code = ids.classCode().isPresent() ? hex6(ids.classCode().getAsInt()) : "";
        return revised && (ofClass.isEmpty() || code.startsWith(ofClass));
    }

    private static String hex6(int code) {
        return Integer.toHexString(1 << 24 | code & 0xffffff).substring(1);
    }

    /** Whether the kernel knows it; kernels of distributions may have taken it earlier than the release says. */
    boolean in(Optional<KernelVersion> kernel) {
        return kernel.isEmpty() || kernel.get().release().atLeast(since);
    }

    private static ResetRow parse(String line) {
        String[] cells = line.split("\t");
        if (cells.length != CELLS) {
            throw new IllegalStateException("resets.tsv: a row needs " + CELLS + " cells: " + line);
        }
        String[] ids = cells[0].split("[:/]");
        boolean any = ids[1].equals("*");
        int mask = any ? 0 : ids.length > 2 ? Integer.parseInt(ids[2], 16) : 0xffff;
        return new ResetRow(Integer.parseInt(ids[0], 16), any ? 0 : Integer.parseInt(ids[1], 16), mask,
                cells[1].equals("-") ? Optional.empty() : Optional.of(Integer.parseInt(cells[1], 16)), cells[2].equals("-") ? "" : cells[2],
                Effect.valueOf(cells[3].toUpperCase(java.util.Locale.ROOT).replace('-', '_')), Release.parse(cells[4]).orElseThrow(), cells[5], cells[6]);
    }

    /** Read when first asked for: a start that does not need it does not pay for it. */
    private static final class Table {

        private static final List<ResetRow> ROWS = read();

        private static List<ResetRow> read() {
            try (InputStream in = ResetRow.class.getResourceAsStream("resets.tsv")) {
                List<ResetRow> rows = new ArrayList<>();
                for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        rows.add(parse(line));
                    }
                }
                return List.copyOf(rows);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
