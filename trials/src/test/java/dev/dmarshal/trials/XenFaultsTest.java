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

/**
 * Faults that a real device causes under real Xen: the doctor names device, reason and address from Xen's own lines, as {@code xl dmesg} in dom0 prints them,
 * and {@code watch --xen} in dom0 says them while they happen. What the twin says of dom0's tables by version is so on this one.
 */
@ExtendWith(OnTheLab.class)
class XenFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(300);
    /** A read at an address below 4 GiB where nothing is: mapped up to 4.11, and not since. */
    private static final String HOLE = """
            d=/sys/bus/pci/devices/0000:00:02.0
            bar=$(head -n 1 $d/resource | cut -d ' ' -f 1)
            reg() { /run/lab/busybox devmem $(printf '0x%x' $((bar + $1))) 64 $2; }
            reg 0x80 0xd0000000; reg 0x88 0x40000; reg 0x90 64; reg 0x98 1; sleep 1
            xl dmesg | tail -n 4
            """;

    @Test
    void xensOwnLinesAreExplained(Stand stand, @TempDir Path folder) throws Exception {
        Play play = PlayReader.builtIn("xen-faults").withDmarshalInside();
        Path memory = folder.resolve("memory");
        Machine machine = stand.start(play.on(play.machine().withMemoryIn(memory)));
        machine.must("modprobe -a xenfs xen-privcmd; mount -t xenfs xenfs /proc/xen", LONG);
        LiveWatch watch = LiveWatch.start(machine, "--xen");
        Act act = play.acts().getFirst();
        String log = machine.must(act.script(), LONG);
        assertThat(String.join("\n", watch.end(2))).contains("DMA read from 0000:00:02.0 at 0x123456000", "DMA write from 0000:00:02.0 at 0x123457000");
        String serial = machine.console().text();
        System.out.println(machine.must(HOLE, LONG));
        Path hole = Files.writeString(folder.resolve("hole.txt"), machine.must("xl dmesg", LONG));
        assertThat(Outside.dmarshal(1, "doctor", "--json", "--prove", hole.toString())).as("since 4.12 a hole below 4 GiB is not mapped for dom0").contains(
                "0xd0000000");
        log.lines().filter(line -> line.contains("DMAR") || line.contains("Xen version")).forEach(System.out::println);
        Path file = Files.writeString(folder.resolve("xl-dmesg.txt"), log);
        assertThat(FaultWords.of(Outside.dmarshal(1, "doctor", "--json", file.toString()))).containsExactlyInAnyOrder(
                "dma read 0x6 of 0000:00:02.0 at 0x123456000", "dma write 0x5 of 0000:00:02.0 at 0x123457000");
        Path console = Files.writeString(folder.resolve("console.txt"), serial);
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
