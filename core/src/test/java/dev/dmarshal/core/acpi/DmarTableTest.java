package dev.dmarshal.core.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import dev.dmarshal.core.acpi.DeviceScope.Hop;
import dev.dmarshal.core.acpi.DeviceScope.Kind;
import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.DmarStructure.Unknown;
import dev.dmarshal.core.acpi.ScopeResolver.NoBridge;
import dev.dmarshal.core.acpi.ScopeResolver.Resolved;
import dev.dmarshal.core.pci.Sbdf;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DmarTableTest {

    private static final Drhd UNIT = new Drhd(1, 0, 0, 0xfed91000L, List.of());

    private static DmarTable table(byte[] bytes) {
        return DmarTable.of(bytes).orElseThrow();
    }

    private static List<String> labels(DmarTable table) {
        return table.findings().stream().map(TableFinding::label).toList();
    }

    /** Offsets and values typed from the specification, not from the reader. */
    @Test
    void readsATableTypedByHand() {
        String header = "444d4152 58000000 01 00 4f454d202020 5441424c45202020 02000000 4d414b45 03000000";
        String fields = "26 05 00000000000000000000";
        String drhd = "0000 1800 00 04 0100 0010d9fe00000000" + "0308000002f01f00";
        String andd = "0400 1000 000000 07 5c53422e41003030";
        DmarTable table = table(HexFormat.of().parseHex((header + fields + drhd + andd).replace(" ", "")));
        assertThat(table.table().header()).isEqualTo(new TableHeader("DMAR", 88, 1, 0, "OEM   ", "TABLE   ", 2, "MAKE", 3));
        assertThat(table.hostAddressBits()).isEqualTo(39);
        assertThat(table.interruptRemapping()).isTrue();
        assertThat(DmarTable.X2APIC_OPT_OUT.isSet(table.flags())).isFalse();
        assertThat(DmarTable.DMA_CTRL_PLATFORM_OPT_IN.isSet(table.flags())).isTrue();
        assertThat(table.structures()).containsExactly(
                new Placed<>(48, 24, new Drhd(0, 4, 1, 0xfed91000L, List.of(DeviceScope.of(Kind.IOAPIC, 2, 0xf0, new Hop(0x1f, 0))))),
                new Placed<>(72, 16, new Andd(7, "\\SB.A", true)));
        assertThat(table.drhds().getFirst().registerBytes()).isEqualTo(65536);
        assertThat(labels(table)).containsExactly("table-checksum-wrong");
    }

    @Test
    void buildingAndReadingGivesTheSame() {
        SeededCases.run(500, random -> {
            RandomTables tables = new RandomTables(random);
            List<DmarStructure> structures = tables.structures(8);
            DmarTable read = table(tables.dmar(structures).build());
            assertThat(read.all(DmarStructure.class)).isEqualTo(structures);
            assertThat(read.table().checksumRight()).isTrue();
            assertThat(labels(read)).allMatch(label -> label.equals("dmar-structure-type-unknown"));
        });
    }

    @Test
    void anyBytesAreReadToAnEndAndTheLayoutTilesThem() {
        SeededCases.run(4000, random -> {
            RandomTables tables = new RandomTables(random);
            byte[] bytes = tables.damaged(tables.dmar(tables.structures(8)).build());
            DmarTable.of(bytes).ifPresent(table -> {
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
    void lengthsThatCannotBeRightEndTheWalkButKeepWhatWasRead() {
        byte[] zero = new DmarBuilder().add(UNIT).add(UNIT).build();
        DmarFormat.LENGTH.set(zero, 64, 0);
        assertThat(table(zero).drhds()).containsExactly(UNIT);
        assertThat(labels(table(zero))).contains("dmar-structure-length-zero");

        byte[] small = new DmarBuilder().add(UNIT).add(UNIT).build();
        DmarFormat.LENGTH.set(small, 64, 3);
        assertThat(labels(table(small))).contains("dmar-structure-length-small");

        byte[] past = new DmarBuilder().add(UNIT).add(new Rmrr(0, 0x1000, 0x1fff, List.of(DeviceScope.endpoint(0, 2, 0)))).build();
        DmarFormat.LENGTH.set(past, 64, 0x100);
        assertThat(table(past).rmrrs()).hasSize(1);
        assertThat(labels(table(past))).contains("dmar-structure-past-end");

        byte[] tooShort = new DmarBuilder().add(new Unknown(0, TableBytes.of(new byte[4]))).build();
        assertThat(table(tooShort).drhds()).isEmpty();
        assertThat(labels(table(tooShort))).containsExactly("dmar-structure-too-short");

        assertThat(labels(table(java.util.Arrays.copyOf(new DmarBuilder().build(), 40)))).containsExactly("table-cut-short", "dmar-fields-missing");
    }

    @Test
    void scopesThatCannotBeRightAreSaid() {
        for (Map.Entry<Integer, String> fault : Map.of(0, "dmar-scope-length-zero", 5, "dmar-scope-length-small", 40, "dmar-scope-past-end", 6,
                "dmar-scope-path-odd").entrySet()) {
            byte[] bytes = new DmarBuilder().add(new Drhd(0, 0, 0, 0xfed90000L, List.of(DeviceScope.endpoint(0, 2, 0)))).build();
            DmarFormat.SCOPE_LENGTH.set(bytes, 64, fault.getKey());
            assertThat(labels(table(bytes))).contains(fault.getValue());
        }
        byte[] odd = new DmarBuilder().add(new Drhd(0, 0, 0, 0xfed90000L, List.of(DeviceScope.endpoint(0, 2, 0)))).build();
        odd[64] = 9;
        assertThat(labels(table(odd))).contains("dmar-scope-type-unknown");
        assertThat(table(odd).drhds().getFirst().scopes()).hasSize(1);
        odd[64] = 1;
        odd[70] = 32;
        assertThat(labels(table(odd))).contains("dmar-scope-path-impossible");
    }

    @Test
    void pathsAreResolvedThroughTheBridgesThatTheCallerKnows() {
        DeviceScope scope = DeviceScope.of(Kind.ENDPOINT, 0, 0, new Hop(0x1c, 2), new Hop(0, 0), new Hop(3, 1));
        assertThat(scope.pathText()).isEqualTo("00:1c.2/00.0/03.1");
        Map<Sbdf, Integer> buses = Map.of(new Sbdf(1, 0, 0x1c, 2), 5, new Sbdf(1, 5, 0, 0), 6);
        ScopeResolver resolver = new ScopeResolver(bridge -> buses.containsKey(bridge) ? OptionalInt.of(buses.get(bridge)) : OptionalInt.empty());
        assertThat(resolver.resolve(1, scope)).isEqualTo(new Resolved(new Sbdf(1, 6, 3, 1)));
        assertThat(resolver.resolve(0, scope)).isEqualTo(new NoBridge(new Sbdf(0, 0, 0x1c, 2)));
    }
}
