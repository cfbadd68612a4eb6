package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.PlayReader;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What LiME itself writes of a running kernel's memory, with devices at work: it has the mappings of the kernel's trace, page by page, and nothing
 * is wrong with them. {@code -Dlime=FILE} names the module that {@code trials/src/build/lime-module.sh} makes.
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class LimeTest {

    private static final Duration LONG = Duration.ofSeconds(600);
    private static final Pattern RAM = Pattern.compile("(?m)^([0-9a-f]+)-([0-9a-f]+) : System RAM$");
    private static final Pattern LABEL = Pattern.compile("(?m)^[a-z]+: .*\\[([a-z-]+)]$");
    private static final String PLAY = """
            memory 512
            cmdline intel_iommu=on iommu.strict=1 %s
            part pcie-root-port rp1 at=04.0 chassis=1
            part pcie-root-port rp2 at=05.0 chassis=2
            part e1000e nic on=rp1
            load e1000e
            offer virtio_pci virtio_blk
            """.formatted(MappingTruth.PARAMETERS);

    @Test
    void whatLimeWritesHasTheKernelsMappings(Stand stand, @TempDir Path folder) throws Exception {
        Path module = Path.of(System.getProperty("lime", ""));
        assertThat(module).as("-Dlime, which names the module that trials/src/build/lime-module.sh makes").isRegularFile();
        Machine machine = stand.start(PlayReader.text("lime", PLAY));
        machine.requireRemapping();
        Path disk = plug(machine, folder);
        machine.must("ifconfig eth0 10.0.0.1 up; sleep 1; ifconfig eth0 down; sleep 1; ifconfig eth0 up; sleep 2", LONG);
        machine.must("modprobe virtio_pci; modprobe virtio_blk; n=0; while [ ! -e /dev/vda ] && [ $n -lt 60 ]; do sleep 1; n=$((n+1)); mdev -s; done", LONG);
        machine.put("/tmp/lime.ko", Files.readAllBytes(module), false);
        SortedSet<String> truth = MappingTruth.said(machine);
        assertThat(truth).hasSizeGreaterThan(4096 + 256);
        long size = RAM.matcher(machine.must("cat /proc/iomem", LONG)).results()
                .mapToLong(line -> Long.parseLong(line.group(2), 16) - Long.parseLong(line.group(1), 16) + 1 + 32).sum();
        machine.must("insmod /tmp/lime.ko path=/dev/vda format=lime; sync", LONG);
        machine.qmp().execute("stop", Map.of());
        // The disk is larger than what was written to it: a header and its bytes for each range of memory.
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(size);
        }
        assertThat(MappingTruth.read(Outside.dmarshal(0, "mappings", "--csv", disk.toString()))).isEqualTo(truth);
        System.out.println("LiME's file of " + (size >> 20) + " MiB: exactly the " + truth.size() + " pages that the trace leaves");
        String last = truth.last();
        assertThat(Outside.dmarshal(0, "walk", disk.toString(), "01:00.0", last.substring(0, 12)))
                .contains("-> 0x" + Long.toHexString(Long.parseLong(last.substring(15), 16)), "variables of kernel");
        // LiME saves what the kernel calls its RAM: of the 16 MiB that are mapped one to one for the ISA bridge it lacks what belongs to firmware.
        String audit = Outside.dmarshal(0, "audit", disk.toString());
        assertThat(audit).contains("variables of kernel");
        assertThat(LABEL.matcher(audit).results().map(label -> label.group(1))).containsOnly("maps-no-memory");
    }

    /** A disk whose transfers do not go through the unit, so that writing the file maps nothing. */
    private static Path plug(Machine machine, Path folder) throws Exception {
        Path disk = folder.resolve("lime");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        machine.qmp().execute("blockdev-add", Map.of("driver", "file", "node-name", "disk", "filename", disk.toString()));
        machine.qmp().execute("device_add", Map.of("driver", "virtio-blk-pci", "id", "disk", "drive", "disk", "bus", "rp2"));
        return disk;
    }
}
