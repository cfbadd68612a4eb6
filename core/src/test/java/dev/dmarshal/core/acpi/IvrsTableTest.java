package dev.dmarshal.core.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class IvrsTableTest {

    private static IvrsTable table(byte[] bytes) {
        return IvrsTable.of(bytes).orElseThrow();
    }

    private static List<String> labels(IvrsTable table) {
        return table.findings().stream().map(TableFinding::label).toList();
    }

    /** Offsets and values typed from the specification, not from the reader. */
    @Test
    void readsATableTypedByHand() {
        String header = "49565253 aa000000 02 00 4f454d202020 5441424c45202020 02000000 4d414b45 03000000";
        String fields = "41302000 0000000000000000";
        String ivhd = "40 b0 5a00 0200 4000 0000b0fd00000000 0100 0020 44332211 0807060504030201 8877665544332211"
                + "03080000 04feff00 4300ff00 00a50000 480000d7 21a00001"
                + "f0a50040 414d444930303230 0000000000000000 02 04 46555230";
        String ivmd = "22 0e 2000 0801 1001 0100000000000000 00f0ef7d00000000 0010000000000000";
        byte[] bytes = HexFormat.of().parseHex((header + fields + ivhd + ivmd).replace(" ", ""));
        IvrsTable table = table(bytes);
        assertThat(IvrsTable.PA_SIZE.get(table.info().getAsLong())).isEqualTo(48);
        assertThat(IvrsTable.VA_SIZE.get(table.info().getAsLong())).isEqualTo(64);
        assertThat(table.ivhds()).containsExactly(new Ivhd(0x40, 0xb0, 2, 0x40, 0xfdb00000L, 1, 0x2000, 0x11223344L, OptionalLong.of(0x0102030405060708L),
                OptionalLong.of(0x1122334455667788L), List.of(new IvhdEntry.Device(3, 8, 0), new IvhdEntry.Device(4, 0xfffe, 0), new IvhdEntry.Alias(0x43,
                        0xff00, 0, 0xa5), new IvhdEntry.Special(0x48, 0, 0xd7, 0x21, 0xa0, 1), new IvhdEntry.Named(0xf0, 0xa5, 0x40, ascii("AMDI0020"),
                                TableBytes.of(new byte[8]), 2, ascii("FUR0")))));
        assertThat(table.ivmds()).containsExactly(new Ivmd(0x22, 0x0e, 0x108, 0x110, 1, 0x7deff000L, 0x1000));
    }

    private static TableBytes ascii(String text) {
        return TableBytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void buildingAndReadingGivesTheSame() {
        SeededCases.run(500, random -> {
            RandomIvrs tables = new RandomIvrs(random);
            List<IvrsBlock> blocks = tables.blocks(4);
            IvrsTable read = table(tables.ivrs(blocks).build());
            assertThat(read.all(IvrsBlock.class)).isEqualTo(blocks);
            assertThat(read.table().checksumRight()).isTrue();
            assertThat(labels(read)).allMatch(label -> label.endsWith("type-unknown"));
        });
    }

    @Test
    void anyBytesAreReadToAnEndAndTheLayoutTilesThem() {
        SeededCases.run(4000, random -> {
            RandomIvrs tables = new RandomIvrs(random);
            byte[] bytes = new RandomTables(random).damaged(tables.ivrs(tables.blocks(4)).build());
            IvrsTable.of(bytes).ifPresent(table -> {
                int[] at = {0};
                table.layout().allFields().forEach(field -> {
                    assertThat(field.offset()).isEqualTo(at[0]);
                    at[0] += field.sizeBytes();
                });
                assertThat(at[0]).isEqualTo(table.table().bytes().length());
            });
        });
    }

    @Test
    void lengthsThatCannotBeRightAreSaid() {
        Ivmd region = new Ivmd(Ivmd.TYPE_ONE, 7, 8, 0, 0, 0x1000, 0x1000);
        byte[] zero = new IvrsBuilder().add(region).add(region).build();
        IvrsFormat.LENGTH.set(zero, 80, 0);
        assertThat(table(zero).ivmds()).containsExactly(region);
        assertThat(labels(table(zero))).contains("ivrs-block-length-zero");
        IvrsFormat.LENGTH.set(zero, 80, 200);
        assertThat(labels(table(zero))).contains("ivrs-block-past-end");
        assertThat(table(zero).ivmds()).hasSize(2);
        IvrsFormat.LENGTH.set(zero, 80, 31);
        assertThat(labels(table(zero))).contains("ivrs-block-too-short");

        Ivhd unit = new Ivhd(0x10, 0, 2, 0x40, 0xfeb80000L, 0, 0, 0, OptionalLong.empty(), OptionalLong.empty(), List.of(new IvhdEntry.Device(2, 8, 0)));
        byte[] entry = new IvrsBuilder().add(unit).build();
        entry[72] = 0x46;
        assertThat(labels(table(entry))).contains("ivrs-entry-cut");
        entry[72] = (byte) 0xc5;
        assertThat(labels(table(entry))).contains("ivrs-entry-length-unknown");
    }
}
