package dev.dmarshal.host.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PciNamesTest {

    @TempDir
    private Path folder;

    @Test
    void namesAreFoundWhereTheyAreAndNowhereElse() throws IOException {
        Path file = folder.resolve("usr/share/hwdata/pci.ids");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "# head\n1234  One Works\n\t0001  First card\n\t\t5678 0009  First card, blue\n# a remark\n\t0002  Second card\n"
                + "5678  Two Works\n\t0001  Another card\n\nC 02  Network\n\t00  Ethernet\nC 03  Display");
        PciNames names = PciNames.of(HostRoot.of(folder));
        assertThat(names.vendor(0x1234)).contains("One Works");
        assertThat(names.vendor(0x9999)).isEmpty();
        assertThat(names.device(0x1234, 1)).contains("First card");
        assertThat(names.device(0x1234, 2)).contains("Second card");
        assertThat(names.device(0x5678, 1)).contains("Another card");
        assertThat(names.device(0x5678, 2)).isEmpty();
        assertThat(names.subsystem(0x1234, 1, 0x5678, 9)).contains("First card, blue");
        assertThat(names.subsystem(0x1234, 2, 0x5678, 9)).isEmpty();
        assertThat(names.deviceClass(0x020000)).contains("Ethernet");
        assertThat(names.deviceClass(0x028000)).contains("Network");
        assertThat(names.deviceClass(0x030000)).contains("Display");
        assertThat(names.deviceClass(0x040000)).isEmpty();
    }

    /** Against names that are kept beside the file, for ids that are in it and ids that are not. */
    @Test
    void anyIdOfALargeFileIsFound() throws IOException {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("# head\n\n");
        Map<Integer, String> known = new HashMap<>();
        for (int vendor = random.nextInt(200); vendor < 0x10000; vendor += 1 + random.nextInt(2000)) {
            text.append("%04x  Vendor %x\n".formatted(vendor, vendor));
            int step = 1 + random.nextInt(8000);
            for (int device = random.nextInt(step); device < 0x10000; device += 1 + random.nextInt(step)) {
                text.append(random.nextInt(9) == 0 ? "# a remark\n" : "").append("\t%04x  Device %x of %x\n".formatted(device, device, vendor));
                text.append(random.nextInt(5) == 0 ? "\t\t8086 %04x  Board\n".formatted(device) : "");
                known.put(vendor << 16 | device, "Device %x of %x".formatted(device, vendor));
            }
        }
        Path file = folder.resolve("usr/share/misc/pci.ids");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.append("\nC 02  Network\n\t00  Ethernet\n"));
        PciNames names = PciNames.of(HostRoot.of(folder));
        for (int round = 0; round < 5000; round++) {
            int any = round % 2 == 0 ? random.nextInt() : known.keySet().stream().skip(random.nextInt(known.size())).findFirst().orElseThrow();
            assertThat(names.device(any >>> 16, any & 0xffff)).as("%08x, seed %d", any, seed).isEqualTo(Optional.ofNullable(known.get(any)));
        }
    }

    @Test
    void aHostWithoutTheFileHasNoNames() {
        assertThat(PciNames.of(HostRoot.of(folder)).vendor(0x8086)).isEmpty();
    }
}
