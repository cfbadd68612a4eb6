package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostCommand;
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
 * Processors, chipsets and boards of which it is known whether their IOMMU works, lacks or lies: the reviewed table {@code hardware.txt}. What firmware and kernel say of
 * themselves always counts more; this tells where to look when they say nothing.
 *
 * @param board what machine it is, if that could be read
 * @param notes what is known of it and its chipset
 */
public record KnownHardware(Optional<Board> board, List<HardwareNote> notes) {

    private static final int COLUMNS = 6;
    private static final int START_OF_LOG = 256 << 10;

    private enum Kind { CHIPSET, PROCESSOR, BOARD }

    /** Copies the list. */
    public KnownHardware {
        notes = List.copyOf(notes);
    }

    /**
     * A row of the table.
     *
     * @param kind   what it is about
     * @param ids    {@code vvvv:dddd} of a chipset's functions; empty for others
     * @param first  lowest revision that it is about
     * @param last   highest one; empty if it is about all
     * @param vendor a word of a board's maker's name; empty text for others
     * @param name   the name of a board or processor as a pattern
     */
    private record Row(Kind kind, Set<String> ids, int first, OptionalInt last, String vendor, Pattern name, HardwareNote note) {

        boolean fits(Board board) {
            boolean made = board.vendor().isEmpty() || board.vendor().stream().anyMatch(maker -> maker.toLowerCase(Locale.ROOT).contains(vendor));
            boolean said = board.vendor().isEmpty() && board.names().getFirst().toLowerCase(Locale.ROOT).contains(vendor);
            return made && (said || !board.vendor().isEmpty()) && board.names().stream().anyMatch(text -> name.matcher(text).find());
        }
    }

    /** Looks a machine up. */
    public static KnownHardware of(HostRoot host) {
        Optional<Board> board = Board.of(host);
        List<ListedFunction> functions = PciHost.of(host).present().map(PciHost::listed).orElse(List.of());
        String processor = processor(host);
        List<HardwareNote> notes = new ArrayList<>();
        for (Row row : read()) {
            boolean fits = switch (row.kind) {
                case CHIPSET -> functions.stream().anyMatch(function -> fits(host, row, function));
                case PROCESSOR -> row.name.matcher(processor).find();
                case BOARD -> board.filter(row::fits).isPresent();
            };
            if (fits) {
                notes.add(row.note);
            }
        }
        return new KnownHardware(board, notes);
    }

    /** As {@code /proc/cpuinfo} names it, or the log ({@code CPU0:}, arch/x86/kernel/cpu/common.c, {@code print_cpu_info}). */
    private static String processor(HostRoot host) {
        Optional<String> name = host.text("/proc/cpuinfo").present().flatMap(text -> text.lines().filter(line -> line.startsWith("model name")).findFirst());
        return name.or(() -> host.output(HostCommand.DMESG).present().map(bytes -> new String(bytes, 0, Math.min(bytes.length, START_OF_LOG),
                StandardCharsets.ISO_8859_1)).flatMap(log -> log.lines().filter(line -> line.contains(" CPU0: ")).findFirst())).orElse("");
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
            return new Row(Kind.CHIPSET, Set.of(key[0].split(",")), only ? last.getAsInt() : 0, last, "", Pattern.compile(""), note);
        }
        boolean board = cells[0].equals("board");
        String[] key = board ? cells[1].split(" ", 2) : new String[] {"", cells[1]};
        String names = List.of(key[1].split(",")).stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return new Row(board ? Kind.BOARD : Kind.PROCESSOR, Set.of(), 0, OptionalInt.empty(), key[0],
                Pattern.compile("(?i)(?<![0-9A-Za-z])(?:" + names + ")(?![0-9A-Za-z])"), note);
    }
}
