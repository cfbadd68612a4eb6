package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.io.File;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One real kernel's mappings in all the files in which a kernel itself shows memory: {@code /proc/kcore} of the running one, {@code /proc/vmcore} of its crash
 * kernel, read by dmarshal inside, then the file that is copied from it and what makedumpfile makes of that, without the pages it is told to leave out. Each
 * has the mappings of the kernel's trace, page by page.
 */
@ExtendWith(OnTheLab.class)
class DumpsInsideTest {

    private static final Duration LONG = Duration.ofSeconds(300);
    private static final String DMARSHAL = "/opt/dmarshal/bin/dmarshal ";
    private static final String PLAY = """
            memory 1152
            cmdline intel_iommu=on crashkernel=384M iommu.strict=1 %s
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0 chassis=1
            part pcie-root-port rp2 at=05.0 chassis=2
            part e1000e nic on=rp1
            load e1000e
            offer nvme virtio_pci 9p 9pnet_virtio
            share program %s /mnt/program
            dmarshal
            """;
    /** The crash kernel gets the libraries of Java in its initramfs, and Java itself over 9p. */
    private static final String CRASH_KERNEL = """
            cd /
            while [ $(($(stat -c %s /second/initrd) % 4)) -ne 0 ]; do printf '\\000' >>/second/initrd; done
            find lib lib64 usr -type d -o -name '*.so*' | cpio -o -H newc >>/second/initrd
            kexec -p /second/vmlinuz --initrd=/second/initrd --append="console=ttyS0,115200 intel_iommu=on irqpoll nr_cpus=1 reset_devices"
            """;
    private static final String PROGRAM = """
            modprobe virtio_pci; modprobe 9pnet_virtio; modprobe 9p
            mkdir -p /opt/dmarshal
            mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144,cache=loose program /opt/dmarshal
            """;

    @Test
    void everyFileOfTheKernelsOwnHasItsMappings(Stand stand, @TempDir Path folder) throws Exception {
        Play play = PlayReader.text("dumps", PLAY.formatted(MappingTruth.PARAMETERS, System.getProperty("image")));
        Machine machine = stand.start(play);
        Path disk = plug(machine, folder);
        machine.must("ifconfig eth0 10.0.0.1 up; sleep 1; ifconfig eth0 down; sleep 1; ifconfig eth0 up; sleep 2", LONG);
        SortedSet<String> truth = MappingTruth.said(machine);
        assertThat(truth).hasSizeGreaterThan(4096 + 256);
        System.out.println("the kernel's trace leaves " + truth.size() + " pages");
        hold("/proc/kcore", machine.must(DMARSHAL + "mappings --csv /proc/kcore", LONG), truth);
        String first = truth.last().substring(0, 12);
        assertThat(machine.must(DMARSHAL + "walk --host live /proc/kcore 01:00.0 " + first, LONG)).contains("-> 0x", "variables of kernel");

        machine.must(CRASH_KERNEL, LONG);
        machine.reboot("echo c >/proc/sysrq-trigger", LONG);
        machine.must(PROGRAM, LONG);
        hold("/proc/vmcore", machine.must(DMARSHAL + "mappings --csv /proc/vmcore", LONG), truth);
        machine.must("modprobe nvme; n=0; while [ ! -e /dev/nvme0n1 ] && [ $n -lt 60 ]; do sleep 1; n=$((n+1)); mdev -s; done;"
                + " dd if=/proc/vmcore of=/dev/nvme0n1 bs=1M 2>&1; sync", LONG);
        machine.close();
        hold("the copied vmcore", Outside.dmarshal(0, "mappings", "--csv", disk.toString()), truth);
        for (String way : ways()) {
            List<Path> dump = makedumpfile(stand, way, disk, folder);
            List<String> arguments = new ArrayList<>(List.of("mappings", "--csv", dump.getFirst().toString()));
            dump.stream().skip(1).forEach(part -> arguments.addAll(List.of("--part", part.toString())));
            hold("makedumpfile " + way + ", " + (Files.size(dump.getFirst()) >> 20) + " MiB", Outside.dmarshal(0, arguments.toArray(String[]::new)), truth);
            for (Path part : dump) {
                Files.delete(part);
            }
        }
    }

    /** Debian builds makedumpfile without snappy and zstd; -Dmakedumpfile=PROGRAM names another that has them. */
    private static List<String> ways() {
        List<String> ways = new ArrayList<>(List.of("-c -d 31", "-l -d 17", "-F -c -d 31", "--split -l -d 31"));
        if (!System.getProperty("makedumpfile", "").isEmpty()) {
            ways.addAll(List.of("-p -d 31", "-z -d 31"));
        }
        return ways;
    }

    private static void hold(String what, String csv, SortedSet<String> truth) {
        SortedSet<String> read = MappingTruth.read(csv);
        assertThat(read).as(what).isEqualTo(truth);
        System.out.println(what + ": exactly these");
    }

    /** A disk of this test's, in a file. */
    private static Path plug(Machine machine, Path folder) throws Exception {
        Path disk = folder.resolve("vmcore");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        machine.qmp().execute("blockdev-add", Map.of("driver", "file", "node-name", "disk", "filename", disk.toString()));
        machine.qmp().execute("device_add", Map.of("driver", "nvme", "id", "disk", "drive", "disk", "serial", "dump", "bus", "rp2"));
        return disk;
    }

    private static List<Path> makedumpfile(Stand stand, String way, Path core, Path folder) throws Exception {
        Path tree = stand.stock().makedumpfileTree();
        boolean flat = way.startsWith("-F");
        List<Path> files = way.startsWith("--split") ? List.of(folder.resolve("one"), folder.resolve("two")) : List.of(folder.resolve("one"));
        String own = System.getProperty("makedumpfile", "");
        List<String> command = new ArrayList<>(List.of(own.isEmpty() ? tree.resolve("usr/bin/makedumpfile").toString() : own));
        command.addAll(List.of(way.split(" ")));
        command.add(core.toString());
        files.stream().filter(file -> !flat).forEach(file -> command.add(file.toString()));
        File log = folder.resolve("log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log).redirectOutput(flat ? files.getFirst().toFile() : log);
        if (own.isEmpty()) {
            builder.environment().put("LD_LIBRARY_PATH", tree.resolve("lib/x86_64-linux-gnu") + ":" + tree.resolve("usr/lib/x86_64-linux-gnu"));
        }
        Process process = builder.start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).isTrue();
        assertThat(process.exitValue()).as(way + "\n" + Files.readString(log.toPath(), StandardCharsets.ISO_8859_1)).isZero();
        return files;
    }
}
