package dev.dmarshal.core.pci.lspci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.Resources;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code lspci -x}, {@code -xxx} and {@code -xxxx} print, with or without the decoded text of {@code -v} around it: any number of
 * functions, any text
 * between them, quoted mails too. What it does not know it skips. The format is that of pciutils, lspci.c (show_hex_dump) and lib/dump.c.
 */
public final class LspciReader {

    private static final int MOST_DEVICES = 65_536;
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_SKIPPED = 1000;

    private static final Pattern QUOTE = Pattern.compile("^(?:> ?)+");
    private static final Pattern DEVICE = Pattern.compile("(?:([0-9a-fA-F]{4,8}):)?([0-9a-fA-F]{2}):([01]?[0-9a-fA-F])\\.([0-7])(?: (.*))?");
    private static final Pattern DUMP = Pattern.compile("\\s*([0-9a-fA-F]{2,3}):((?: [0-9a-fA-F]{2})+)\\s*");
    private static final Pattern BROKEN_DUMP = Pattern.compile("\\s*[0-9a-fA-F]{2,3}:(?: [0-9a-fA-F]{2})+.*");
    private static final Pattern REGION = Pattern.compile("\\s+(?:Region (\\d): )?(Memory|I/O ports) at (<?[0-9a-z-]+>?)\\b.*\\[size=(\\d{1,4})([KMGT]?)]");
    private static final Pattern ROM = Pattern.compile("\\s+(?:\\[virtual] )?Expansion ROM at .*\\[size=(\\d{1,4})([KMGT]?)]");
    private static final Pattern DRIVER = Pattern.compile("\\s+Kernel driver in use: ([\\w-]{1,64})\\s*");
    private static final Pattern MODULES = Pattern.compile("\\s+Kernel modules: ([\\w, -]{1,1024})");
    private static final Pattern GROUP = Pattern.compile("\\s+IOMMU group: (\\d{1,9})\\s*");
    private static final Pattern NODE = Pattern.compile("\\s+NUMA node: (\\d{1,9})\\s*");

    private final List<LspciDevice> devices = new ArrayList<>();
    private final List<Integer> skipped = new ArrayList<>();
    private Draft draft;

    private LspciReader() {
    }

    /** Reads a text. */
    public static LspciListing read(String text) {
        LspciReader reader = new LspciReader();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            reader.line(++number, line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line);
            if (reader.devices.size() >= MOST_DEVICES) {
                break;
            }
        }
        reader.close();
        return new LspciListing(reader.devices, reader.skipped);
    }

    private void line(int number, String raw) {
        String line = raw.startsWith(">") ? QUOTE.matcher(raw).replaceFirst("") : raw;
        Matcher dump = DUMP.matcher(line);
        if (dump.matches()) {
            if (draft == null || !draft.bytes(Integer.parseInt(dump.group(1), 16), dump.group(2))) {
                skip(number);
            }
            return;
        }
        Matcher device = DEVICE.matcher(line);
        if (device.matches()) {
            close();
            draft = Draft.of(device);
            if (draft == null) {
                skip(number);
            }
            return;
        }
        if (BROKEN_DUMP.matcher(line).matches()) {
            skip(number);
        } else if (draft != null && !line.isEmpty() && Character.isWhitespace(line.charAt(0))) {
            draft.words(line);
        }
    }

    private void skip(int number) {
        if (skipped.size() < MOST_SKIPPED) {
            skipped.add(number);
        }
    }

    private void close() {
        if (draft != null) {
            devices.add(draft.device());
        }
        draft = null;
    }

    /** A function whose lines are still coming. */
    private static final class Draft {
        private final Sbdf address;
        private final String title;
        private final byte[] bytes = new byte[ConfigSpace.EXTENDED_BYTES];
        private final BitSet measured = new BitSet();
        private final Map<Integer, Long> sizes = new TreeMap<>();
        private final List<Region> unnumbered = new ArrayList<>();
        private Optional<String> driver = Optional.empty();
        private List<String> modules = List.of();
        private OptionalInt group = OptionalInt.empty();
        private OptionalInt node = OptionalInt.empty();

        /** A region that the text of -v shows without its index. */
        private record Region(boolean memory, long address, long size) {
        }

        private Draft(Sbdf address, String title) {
            this.address = address;
            this.title = title;
        }

        static Draft of(Matcher line) {
            long segment = line.group(1) == null ? 0 : Long.parseLong(line.group(1), 16);
            return segment > Integer.MAX_VALUE ? null : new Draft(new Sbdf((int) segment, Integer.parseInt(line.group(2), 16),
                    Integer.parseInt(line.group(3), 16), Integer.parseInt(line.group(4))), line.group(5) == null ? "" : line.group(5).strip());
        }

        boolean bytes(int offset, String row) {
            int count = row.length() / 3;
            if (offset + count > bytes.length) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                bytes[offset + i] = (byte) Integer.parseInt(row, 3 * i + 1, 3 * i + 3, 16);
            }
            measured.set(offset, offset + count);
            return true;
        }

        void words(String line) {
            Matcher region = REGION.matcher(line);
            if (region.lookingAt() && !line.contains("\t\t")) {
                region(region);
                return;
            }
            Matcher rom = ROM.matcher(line);
            if (rom.lookingAt()) {
                sizes.put(Resources.ROM, size(rom.group(1), rom.group(2)));
                return;
            }
            Matcher named = DRIVER.matcher(line);
            if (named.matches()) {
                driver = Optional.of(named.group(1));
            }
            Matcher listed = MODULES.matcher(line);
            if (listed.matches()) {
                modules = List.of(listed.group(1).strip().split(", *"));
            }
            group = number(GROUP, line, group);
            node = number(NODE, line, node);
        }

        private static OptionalInt number(Pattern pattern, String line, OptionalInt before) {
            Matcher found = pattern.matcher(line);
            return found.matches() ? OptionalInt.of(Integer.parseInt(found.group(1))) : before;
        }

        private void region(Matcher region) {
            long size = size(region.group(4), region.group(5));
            if (region.group(1) != null) {
                sizes.put(Integer.parseInt(region.group(1)), size);
            } else if (region.group(3).matches("[0-9a-f]{1,16}")) {
                unnumbered.add(new Region(region.group(2).equals("Memory"), Long.parseUnsignedLong(region.group(3), 16), size));
            }
        }

        private static long size(String digits, String unit) {
            return Long.parseLong(digits) << 10 * " KMGT".indexOf(unit.isEmpty() ? " " : unit);
        }

        LspciDevice device() {
            ConfigSpace space = ConfigSpace.of(bytes, measured);
            for (Bar bar : space.header().bars()) {
                unnumbered.stream().filter(region -> region.memory() == bar.isMemory() && region.address() == bar.address()).findFirst()
                        .ifPresent(region -> sizes.putIfAbsent(bar.index(), region.size()));
            }
            return new LspciDevice(address, title, space, new Resources(sizes), driver, modules, group, node);
        }
    }
}
