package dev.dmarshal.core.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceNotationTest {

    @Test
    void sysfsFormIsReadExactly() {
        for (Sbdf address : new Sbdf[] {new Sbdf(0, 0, 0, 0), new Sbdf(0xffff, 255, 31, 7), new Sbdf(0x10000, 0xe1, 6, 0), new Sbdf(Integer.MAX_VALUE, 1, 2,
                3)}) {
            assertThat(Sbdf.parse(address.toString())).contains(address);
        }
        for (String other : new String[] {"", "00:1f.0", "0000:00:20.0", "0000:00:00.8", "0000:00:00:0", "80000000:00:00.0", "000:00:00.0",
            "0000:0g:00.0", "0000:00:00.0 ", "-000:00:00.0", "100000000:00:00.0"}) {
            assertThat(Sbdf.parse(other)).as(other).isEmpty();
        }
    }

    private static final Sbdf CARD = new Sbdf(0, 1, 0, 0);

    @Test
    void oneFunctionInEveryNotation() {
        for (String text : List.of("0000:01:00.0", "pci_0000_01_00_0", "0000_01_00_0", "domain='0x0000' bus='0x01' slot='0x00' function='0x0'",
                "<address type='pci' domain=\"0x0000\" bus=\"0x01\" slot=\"0x00\" function=\"0x0\"/>", "/sys/bus/pci/devices/0000:01:00.0",
                "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/iommu_group", " 0000:01:00.0 ", "(0000:01:00.0)")) {
            assertThat(DeviceNotation.parse(text)).as(text).isEqualTo(new DeviceNotation.Function(CARD, false));
        }
        assertThat(DeviceNotation.parse("01:00.0")).isEqualTo(new DeviceNotation.Function(CARD, true));
        assertThat(DeviceNotation.parse("10000:e1:00.0").function()).contains(new Sbdf(0x10000, 0xe1, 0, 0));
    }

    @Test
    void slotsListsPathsAndIds() {
        assertThat(DeviceNotation.parse("01:00")).isEqualTo(new DeviceNotation.Slot(0, 1, 0, true));
        assertThat(DeviceNotation.parse("0000:01:00;02:00.1")).isEqualTo(new DeviceNotation.Several(
                List.of(new DeviceNotation.Slot(0, 1, 0, false), new DeviceNotation.Function(new Sbdf(0, 2, 0, 1), true))));
        assertThat(DeviceNotation.parse("(01:00.0)(00:02.0)")).isInstanceOf(DeviceNotation.Several.class);
        assertThat(DeviceNotation.parse("00_02.2-00_00.0")).isEqualTo(new DeviceNotation.BridgePath(
                new DeviceNotation.Function(new Sbdf(0, 0, 2, 2), true), List.of(new DeviceNotation.BridgePath.Hop(0, 0))));
        assertThat(DeviceNotation.parse("8086:10b9")).isEqualTo(new DeviceNotation.Ids(0x8086, 0x10b9, OptionalInt.empty()));
        assertThat(DeviceNotation.parse("8086:10b9:103c:1234")).isEqualTo(new DeviceNotation.Ids(0x8086, 0x10b9, OptionalInt.of(0x103c1234)));
    }

    @Test
    void xenNotation() {
        DeviceNotation.Slot slot = new DeviceNotation.Slot(0, 0, 0x1a, true);
        assertThat(DeviceNotation.parse("00:1a.0,1,7@6")).isEqualTo(new DeviceNotation.XenAssignment(slot, List.of(0, 1, 7), OptionalInt.of(6), List.of(),
                List.of()));
        assertThat(DeviceNotation.parse("00:1a.0-3")).isEqualTo(new DeviceNotation.XenAssignment(slot, List.of(0, 1, 2, 3), OptionalInt.empty(), List.of(),
                List.of()));
        assertThat(DeviceNotation.parse("00:1a.*@5,permissive=1,rdm_policy=strict")).isEqualTo(
                new DeviceNotation.XenAssignment(slot, List.of(), OptionalInt.of(5), List.of(), List.of("permissive=1", "rdm_policy=strict")));
        assertThat(DeviceNotation.parse("00:1a.0,1=1,0")).isEqualTo(new DeviceNotation.XenAssignment(slot, List.of(0, 1), OptionalInt.empty(), List.of(1, 0),
                List.of()));
        assertThat(DeviceNotation.parse("00:02.0@7").function()).contains(new Sbdf(0, 0, 2, 0));
    }

    @Test
    void refusalsSayWhyAndWhatMayBeMeant() {
        assertThat(DeviceNotation.parse("0000:82.0.0")).isInstanceOfSatisfying(DeviceNotation.Refused.class,
                refused -> assertThat(refused.candidates()).containsExactly("0000:82:00.0"));
        assertThat(DeviceNotation.parse("0000:00:1f:2")).isInstanceOfSatisfying(DeviceNotation.Refused.class,
                refused -> assertThat(refused.candidates()).containsExactly("0000:00:1f.2"));
        for (String text : List.of("", "00:20.0", "00:1f.8", "eth0", "/sys/class/net/eth0", "(01:00.0", "bus='0x01'", "00:1a.0,1=0", "8086", "00:00.0@20",
                "domain='0x0000' bus='0x01' bus='0x02' slot='0x00'")) {
            assertThat(DeviceNotation.parse(text)).as(text).isInstanceOf(DeviceNotation.Refused.class);
        }
    }

    @Test
    void parseOfRenderIsTheSame() {
        Random random = new Random(Long.getLong("seed", 7));
        for (int i = 0; i < 20_000; i++) {
            DeviceNotation notation = any(random, true);
            assertThat(DeviceNotation.parse(notation.toString())).as(notation.toString()).isEqualTo(notation);
        }
    }

    @Test
    void anyTextIsReadOrRefused() {
        Random random = new Random(Long.getLong("seed", 8));
        String letters = "0123456789abcdef:._-@=,*;()/x' ";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(24); k > 0; k--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertThat(DeviceNotation.parse(text.toString())).isNotNull();
        }
    }

    private static DeviceNotation any(Random random, boolean lists) {
        boolean assumed = random.nextBoolean();
        int segment = assumed ? 0 : random.nextInt(4) == 0 ? random.nextInt(1 << 20) : 0;
        Sbdf address = new Sbdf(segment, random.nextInt(256), random.nextInt(32), random.nextInt(8));
        DeviceNotation.Slot slot = new DeviceNotation.Slot(segment, address.bus(), address.device(), assumed);
        return switch (random.nextInt(lists ? 6 : 5)) {
            case 0 -> new DeviceNotation.Function(address, assumed);
            case 1 -> slot;
            case 2 -> new DeviceNotation.Ids(random.nextInt(1 << 16), random.nextInt(1 << 16),
                    assumed ? OptionalInt.empty() : OptionalInt.of(random.nextInt()));
            case 3 -> new DeviceNotation.BridgePath(new DeviceNotation.Function(address, assumed),
                    List.of(new DeviceNotation.BridgePath.Hop(random.nextInt(32), random.nextInt(8))));
            case 4 -> new DeviceNotation.XenAssignment(slot, List.of(1, 0, 3), OptionalInt.of(random.nextInt(32)), assumed ? List.of() : List.of(0, 1, 2),
                    assumed ? List.of("permissive=1") : List.of());
            default -> new DeviceNotation.Several(List.of(any(random, false), any(random, false)));
        };
    }
}
