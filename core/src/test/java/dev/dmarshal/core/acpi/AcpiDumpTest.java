package dev.dmarshal.core.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AcpiDumpTest {

    private static final byte[] DMAR = new DmarBuilder().add(new DmarStructure.Drhd(1, 0, 0, 0xfed91000L, List.of(DeviceScope.endpoint(0, 2, 0)))).build();
    private static final byte[] IVRS = new IvrsBuilder().add(new IvrsBlock.Ivmd(0x20, 1, 0, 0, 0, 0x1000, 0x1000)).build();

    /** A dump as acpidump prints it: 16 bytes a line, then the same as characters. */
    private static String dump(String signature, byte[] table) {
        StringBuilder text = new StringBuilder(signature + " @ 0x000000007F7FE000\n");
        for (int at = 0; at < table.length; at += 16) {
            text.append("    %04X:".formatted(at));
            StringBuilder characters = new StringBuilder("  ");
            for (int i = at; i < at + 16; i++) {
                text.append(i < table.length ? " %02X".formatted(table[i]) : "   ");
                characters.append(i < table.length && table[i] > 32 && table[i] < 127 ? (char) table[i] : '.');
            }
            text.append(characters).append('\n');
        }
        return text.append('\n').toString();
    }

    private static List<TableBytes> read(String text) {
        return AcpiDump.tables(text.getBytes(StandardCharsets.ISO_8859_1)).stream().map(AcpiTable::bytes).toList();
    }

    @Test
    void readsSeveralTablesOfOneText() {
        String text = dump("DMAR", DMAR) + dump("IVRS", IVRS);
        assertThat(read(text)).containsExactly(TableBytes.of(DMAR), TableBytes.of(IVRS));
        assertThat(read("A mail: see below\n> ok 12:30\n" + text.replace("\n", "\r\n"))).containsExactly(TableBytes.of(DMAR), TableBytes.of(IVRS));
    }

    @Test
    void aTextCutShortGivesATableCutShort() {
        String text = dump("DMAR", DMAR);
        List<AcpiTable> tables = AcpiDump.tables(text.substring(0, text.indexOf("    0030:")).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(tables).hasSize(1);
        assertThat(tables.getFirst().findings()).extracting(TableFinding::label).containsExactly("table-cut-short");
    }

    @Test
    void readsRawTablesOneBehindTheOther() {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(DMAR);
        both.writeBytes(IVRS);
        assertThat(AcpiDump.tables(both.toByteArray()).stream().map(AcpiTable::bytes)).containsExactly(TableBytes.of(DMAR), TableBytes.of(IVRS));
        assertThat(AcpiDump.tables(DMAR)).hasSize(1);
        assertThat(AcpiDump.tables(new byte[35])).isEmpty();
        assertThat(AcpiDump.tables(new byte[0])).isEmpty();
    }

    @Test
    void anyTextIsReadToAnEnd() {
        SeededCases.run(500, random -> {
            StringBuilder text = new StringBuilder(dump("DMAR", DMAR));
            for (int i = random.nextInt(30); i > 0; i--) {
                text.setCharAt(random.nextInt(text.length()), "0aF: @\n\0".charAt(random.nextInt(8)));
            }
            assertThat(read(text.toString()).size()).isLessThan(text.length());
        });
        byte[] noise = new byte[70_000];
        new Random(1).nextBytes(noise);
        assertThat(AcpiDump.tables(noise)).hasSizeLessThan(2000);
    }
}
