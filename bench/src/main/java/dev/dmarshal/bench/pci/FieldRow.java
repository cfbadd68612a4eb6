package dev.dmarshal.bench.pci;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.config.BridgeHeader;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CardBusHeader;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigRegister;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One row of {@code lspci.txt}: how lspci writes a field.
 *
 * @param where    HEADER or the name of a {@link CapabilityKind}
 * @param label    label of the line
 * @param pattern  finds the value as group 1; empty for a row that names the register of the label's flags
 * @param register where the value is
 * @param field    which field; empty for the whole register
 * @param form     how it is written
 */
record FieldRow(String where, String label, Optional<Pattern> pattern, ConfigRegister register, Optional<BitField> field, String form) {

    private static final int COLUMNS = 6;

    /** All rows, in the order of the file. */
    static List<FieldRow> load() {
        List<FieldRow> rows = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(FieldRow.class.getResourceAsStream("lspci.txt"), StandardCharsets.UTF_8))) {
            for (String line : in.lines().toList()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    rows.add(parse(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(rows);
    }

    private static FieldRow parse(String line) {
        String[] cells = line.split(" \\|(?: |$)", -1);
        String where = cells[0];
        String label = cells[1].equals("-") ? "" : cells[1];
        ConfigRegister register = register(where, cells[3]);
        if (cells[2].equals("flags")) {
            return new FieldRow(where, label, Optional.empty(), register, Optional.empty(), "");
        }
        if (cells.length != COLUMNS) {
            throw new IllegalArgumentException("a row has " + COLUMNS + " cells: " + line);
        }
        Optional<BitField> field = cells[4].equals("*") ? Optional.empty() : Optional.of(field(register, cells[4]));
        return new FieldRow(where, label, Optional.of(Pattern.compile(cells[2].replace("\\|", "|"))), register, field, cells[5]);
    }

    private static ConfigRegister register(String where, String name) {
        return registers(where).filter(register -> register.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no register " + name + " in " + where));
    }

    /** Registers of a place. */
    static Stream<ConfigRegister> registers(String where) {
        if (!where.equals("HEADER")) {
            return CapabilityKind.valueOf(where).registers().stream();
        }
        return Stream.concat(Stream.concat(ConfigHeader.COMMON.stream(), Stream.of(ConfigHeader.MIN_GRANT, ConfigHeader.MAX_LATENCY)),
                Stream.concat(BridgeHeader.REGISTERS.stream(), Stream.of(CardBusHeader.LEGACY_BASE)));
    }

    static BitField field(ConfigRegister register, String name) {
        return register.fields().stream().filter(field -> field.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no field " + name + " in " + register.name()));
    }

    /** What lspci should have written for this value of the register; {@code written} decides only how many digits a number has. */
    String expect(long word, String written) {
        long value = field.map(bits -> bits.get(word)).orElse(word);
        int colon = form.indexOf(':');
        String argument = colon < 0 ? "" : form.substring(colon + 1);
        return switch (colon < 0 ? form : form.substring(0, colon)) {
            case "dec" -> Long.toString(value);
            case "hex" -> padded(Long.toHexString(value), written.length());
            case "hexmul" -> padded(Long.toHexString(value * Long.parseLong(argument)), written.length());
            case "sign" -> value != 0 ? "+" : "-";
            case "unsign" -> value != 0 ? "-" : "+";
            case "mul" -> Long.toString(value * Long.parseLong(argument));
            case "shl" -> Long.toString(Long.parseLong(argument) << value);
            case "add" -> Long.toString(value + Long.parseLong(argument));
            case "pow-1" -> Long.toString((1L << value) - 1);
            case "pin" -> value == 0 ? "?" : Character.toString((char) ('A' + value - 1 & 0xff));
            case "dashed" -> padded(Long.toHexString(value), 8).replaceAll("(..)(?=.)", "$1-");
            case "list" -> choose(argument.split(";", -1), value);
            default -> throw new IllegalArgumentException(form);
        };
    }

    private static String choose(String[] words, long value) {
        String last = words[words.length - 1];
        boolean open = last.startsWith("*");
        int listed = open ? words.length - 1 : words.length;
        if (value < listed) {
            return words[(int) value];
        }
        if (last.equals("*ns")) {
            return value == 0xff ? "Greater than 254ns" : value + "ns";
        }
        return open ? last.substring(1) : "(none)";
    }

    private static String padded(String digits, int length) {
        return "0".repeat(Math.max(0, length - digits.length())) + digits;
    }
}
