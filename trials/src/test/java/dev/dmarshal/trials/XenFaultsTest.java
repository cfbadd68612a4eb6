package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Act;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Faults that a real device causes under real Xen: the doctor names device, reason and address from Xen's own lines, as {@code xl dmesg} in dom0 prints them. */
@ExtendWith(OnTheLab.class)
class XenFaultsTest {

    @Test
    void xensOwnLinesAreExplained(Stand stand, @TempDir Path folder) throws Exception {
        Play play = PlayReader.builtIn("xen-faults");
        Path memory = folder.resolve("memory");
        Machine machine = stand.start(play.on(play.machine().withMemoryIn(memory)));
        Act act = play.acts().getFirst();
        String log = machine.must(act.script(), Duration.ofSeconds(300));
        log.lines().filter(line -> line.contains("DMAR") || line.contains("Xen version")).forEach(System.out::println);
        Path file = Files.writeString(folder.resolve("xl-dmesg.txt"), log);
        assertThat(FaultWords.of(Outside.dmarshal(1, "doctor", "--json", file.toString()))).containsExactlyInAnyOrder(
                "dma read 0x6 of 0000:00:02.0 at 0x123456000", "dma write 0x5 of 0000:00:02.0 at 0x123457000");
        Path console = Files.writeString(folder.resolve("console.txt"), machine.console().text());
        assertThat(FaultWords.of(Outside.dmarshal(1, "doctor", "--json", console.toString()))).as("the serial console has them too").contains(
                "dma read 0x6 of 0000:00:02.0 at 0x123456000", "dma write 0x5 of 0000:00:02.0 at 0x123457000");
        String walk = Outside.dmarshal(1, "walk", "--registers", file.toString(), "--layout", "q35", memory.toString(), "00:02.0", "123456000");
        System.out.println(walk);
        assertThat(walk).as("the table with the entries that Xen printed, and the reason that it said").contains("1 root entry that a log shows",
                "fault 06h");
        Matcher root = Pattern.compile("root_entry\\[00] = ([0-9a-f]+)").matcher(log);
        assertThat(root.find()).as("iommu=debug prints entries").isTrue();
        assertThat(walk).contains("RootEntry{P=1 CTP=0x" + Long.toHexString(Long.parseLong(root.group(1), 16) >>> 12) + "}");
    }
}
