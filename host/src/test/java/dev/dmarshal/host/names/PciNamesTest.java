package dev.dmarshal.host.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Test
    void aHostWithoutTheFileHasNoNames() {
        assertThat(PciNames.of(HostRoot.of(folder)).vendor(0x8086)).isEmpty();
    }
}
