package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.pci.ListedFunction;
import dev.dmarshal.host.pci.PciHost;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Chipsets and boards of which it is known whether their IOMMU works, lacks or lies: the reviewed table {@code hardware.txt}. What firmware and kernel say of
 * themselves always counts more; this tells where to look when they say nothing.
 *
 * @param board what machine it is, if that could be read
 * @param notes what is known of it and its chipset
 */
public record KnownHardware(Optional<Board> board, List<HardwareNote> notes) {

    private static final int COLUMNS = 6;

    /** Copies the list. */
    public KnownHardware {
        notes = List.copyOf(notes);
    }

    /**
     * A row of the table.
     *
     * @param ids    {@code vvvv:dddd} of a chipset's functions; empty for boards
     * @param first  lowest revision that it is about
     * @param last   highest one; empty if it is about all
     * @param vendor a word of the maker's name; empty text for chipsets
     * @param name   the board's name as a pattern
     */
    private record Row(Set<String> ids, int first, OptionalInt last, String vendor, Pattern name, HardwareNote note) {

        boolean fits(Board board) {
            boolean made = board.vendor().isEmpty() || board.vendor().stream().anyMatch(maker -> maker.toLowerCase(Locale.ROOT).contains(vendor));
            boolean said = board.vendor().isEmpty() && board.names().getFirst().toLowerCase(Locale.ROOT).contains(vendor);
            return ids.isEmpty() && made && (said || !board.vendor().isEmpty()) && board.names().stream().anyMatch(text -> name.matcher(text).find());
        }
    }

    /** Looks a machine up. */
    public static KnownHardware of(HostRoot host) {
        Optional<Board> board = Board.of(host);
        List<ListedFunction> functions = PciHost.of(host).present().map(PciHost::listed).orElse(List.of());
        List<HardwareNote> notes = new ArrayList<>();
        for (Row row : read()) {
            if (row.ids.isEmpty() ? board.filter(row::fits).isPresent() : functions.stream().anyMatch(function -> fits(host, row, function))) {
                notes.add(row.note);
            }
        }
        return new KnownHardware(board, notes);
    }

    /** Chipsets are on the first root bus; a card may carry the same bridge elsewhere. */
    private static boolean fits(HostRoot host, Row row, ListedFunction function) {
        if (function.address().segment() != 0 || function.address().bus() != 0 || function.ids().pair().filter(row.ids::contains).isEmpty()) {
            return false;
        }
        if (row.last.isEmpty()) {
            return true;
        }
        String revision = host.text(function.folder() + "revision").present().orElse("").strip();
        int number = revision.matches("0x[0-9a-f]{2}") ? Integer.parseInt(revision.substring(2), 16) : Integer.MAX_VALUE;
        return number >= row.first && number <= row.last.getAsInt();
    }

    static List<HardwareNote> all() {
        return read().stream().map(Row::note).toList();
    }

    private static List<Row> read() {
        try (InputStream in = KnownHardware.class.getResourceAsStream("hardware.txt")) {
            List<Row> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    rows.add(row(line));
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = line.split(" \\| ", -1);
        if (cells.length != COLUMNS) {
            throw new IllegalStateException("hardware.txt: not " + COLUMNS + " columns: " + line);
        }
        HardwareNote note = new HardwareNote(cells[2], HardwareNote.Standing.valueOf(cells[3].toUpperCase(Locale.ROOT).replace('-', '_')), cells[4], cells[5]);
        if (cells[0].equals("chipset")) {
            String[] key = cells[1].split(" rev ");
            boolean only = key.length > 1 && key[1].startsWith("=");
            OptionalInt last = key.length > 1 ? OptionalInt.of(Integer.parseInt(key[1].substring(only ? 1 : 0), 16)) : OptionalInt.empty();
            return new Row(Set.of(key[0].split(",")), only ? last.getAsInt() : 0, last, "", Pattern.compile(""), note);
        }
        String[] key = cells[1].split(" ", 2);
        String names = List.of(key[1].split(",")).stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return new Row(Set.of(), 0, OptionalInt.empty(), key[0], Pattern.compile("(?i)(?<![0-9A-Za-z])(?:" + names + ")(?![0-9A-Za-z])"), note);
    }
}
