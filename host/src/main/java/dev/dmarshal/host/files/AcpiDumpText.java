package dev.dmarshal.host.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text of {@code acpidump}: for each table a line {@code DMAR @ 0x…} and rows of 16 bytes (ACPICA, source/tools/acpidump/apdump.c). The tables become files of
 * {@code /sys/firmware/acpi/tables}, named as the kernel names them: those of a signature that comes more than once are numbered from 1
 * (drivers/acpi/sysfs.c acpi_table_attr_init).
 */
final class AcpiDumpText {

    private static final Pattern TABLE = Pattern.compile("([A-Z0-9!]{4}) @ 0x[0-9a-fA-F]{1,16}\\s*");
    private static final Pattern ROW = Pattern.compile("\\s+([0-9a-fA-F]{4,8}): ((?:[0-9a-fA-F]{2} ?){1,16})(?: .*)?");
    private static final String FOLDER = "/sys/firmware/acpi/tables";
    private static final Set<String> EVERY_MACHINE = Set.of("FACP", "DSDT", "APIC");

    private final MemoryTree tree;
    private final Map<String, List<byte[]>> tables = new HashMap<>();
    private final ByteArrayOutputStream table = new ByteArrayOutputStream();
    private String signature = "";

    private AcpiDumpText(MemoryTree tree) {
        this.tree = tree;
    }

    /** Whether a text that starts so is one. */
    static boolean looksLike(String start) {
        return start.lines().limit(200).anyMatch(line -> line.startsWith("@", 5) && TABLE.matcher(line).matches());
    }

    static void read(byte[] text, MemoryTree tree) {
        AcpiDumpText reader = new AcpiDumpText(tree);
        new String(text, StandardCharsets.ISO_8859_1).lines().forEach(reader::line);
        reader.end();
        tree.folder(FOLDER);
        reader.tables.forEach((signature, all) -> {
            for (int i = 0; i < all.size(); i++) {
                table(all.size() == 1 ? signature : signature + (i + 1), all.get(i), tree);
            }
        });
        // A dump of all tables has those that every machine has; one of chosen tables says nothing of the others.
        if (reader.tables.keySet().containsAll(EVERY_MACHINE)) {
            tree.completeness(new Completeness(false, Map.of(FOLDER, Set.of(Completeness.ALL)), Map.of()));
        }
    }

    /** Puts one table, as it is in memory, at its place. */
    static void table(String signature, byte[] bytes, MemoryTree tree) {
        tree.file(FOLDER + "/" + signature, bytes);
    }

    private void line(String line) {
        Matcher head = TABLE.matcher(line);
        if (head.matches()) {
            end();
            signature = head.group(1);
            return;
        }
        Matcher row = signature.isEmpty() ? null : ROW.matcher(line);
        if (row != null && row.matches() && Long.parseLong(row.group(1), 16) == table.size()) {
            table.writeBytes(HexFormat.of().parseHex(row.group(2).replace(" ", "")));
        }
    }

    private void end() {
        if (table.size() > 0) {
            tables.computeIfAbsent(signature, any -> new ArrayList<>()).add(table.toByteArray());
        }
        table.reset();
        signature = "";
    }
}
