package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Disk;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Part;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real group with two endpoints on a real kernel: the process that applies a plan is killed, and the machine loses its power, at moments of the plan; what is
 * left is settled, and sysfs is byte for byte as before. {@code ./check} takes a few moments; all of them with {@code -Dpoints=all}:
 * {@code ./mvnw -pl trials -am -Dtest=PassthroughRehearsalTest -Dsurefire.failIfNoSpecifiedTests=false -Dpoints=all verify} (about half an hour).
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class PassthroughRehearsalTest {

    private static final Duration BOOT = Duration.ofMinutes(20);
    private static final Duration LONG = Duration.ofHours(3);
    private static final boolean ALL = "all".equals(System.getProperty("points"));

    /** Neither root port isolates what is below it, so both cards share a group with both ports. */
    static final String GROUP_OF_TWO = """
            memory 1024
            part pcie-root-port rp1 at=04.0 acs=off
            part pcie-root-port rp2 at=04.1 acs=off
            part e1000e nic1 on=rp1
            part e1000e nic2 on=rp2
            load e1000e
            offer vfio-pci vfio_iommu_type1
            share classes %s /opt/classes
            dmarshal
            """;
    private static final String REHEARSAL = """
            /opt/dmarshal/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto -cp /opt/classes \
            dev.dmarshal.trials.inside.Rehearsal /keep\
            """;
    private static final String PREPARE = " prepare 01:00.0 02:00.0";

    @TempDir
    Path folder;

    static Play groupOfTwo() throws Exception {
        return PlayReader.text("group-of-two", GROUP_OF_TWO.formatted(Path.of("target/test-classes").toAbsolutePath()));
    }

    @Test
    void theProcessIsKilled(Stand stand) throws Exception {
        Machine machine = stand.start(groupOfTwo());
        machine.must("mkdir /keep", Stand.MOMENT);
        int moments = moments(machine);
        String points = String.join(" ", points(moments, 3));
        String log = machine.must(REHEARSAL + " deaths " + points + " 2>&1", LONG);
        System.out.println(log);
        assertThat(log.lines()).hasSize(2 * points.split(" ").length).allMatch(line -> line.startsWith("ok "));
        String killed = machine.must(REHEARSAL + " kills " + moments / 2 + " 2>&1", LONG);
        System.out.println(killed);
        assertThat(killed.lines()).hasSize(2).allMatch(line -> line.startsWith("ok "));
    }

    @Test
    void thePowerGoes(Stand stand) throws Exception {
        Path image = folder.resolve("keep.img");
        makeFileSystem(image);
        Play play = withDisk(groupOfTwo(), Disk.nvme("keep", image).in(Part.device("nvme", "keep-controller").with("serial", "keep").at("1d.0")));
        Machine machine = stand.start(play);
        machine.qmp().execute("set-action", Map.of("reboot", "reset"));
        mount(machine);
        int moments = moments(machine);
        int cuts = 0;
        for (String point : points(moments, 2)) {
            // In the background, so that the agent's answer does not wait for what never comes.
            machine.reboot("(" + REHEARSAL + " cut " + point + (cuts % 2 == 0 ? " resume" : " undo") + " >/dev/console 2>&1) &", BOOT);
            mount(machine);
            System.out.print(machine.must("[ ! -e /keep/log ] || tail -n 1 /keep/log", Stand.MOMENT));
            cuts++;
        }
        machine.must(REHEARSAL + " cut 0 end", BOOT);
        String log = machine.must("cat /keep/log", Stand.MOMENT);
        System.out.println(log);
        assertThat(log.lines()).hasSize(cuts).allMatch(line -> line.startsWith("ok power cut"));
    }

    private static int moments(Machine machine) throws Exception {
        String prepared = machine.must(REHEARSAL + PREPARE, BOOT);
        System.out.print(prepared);
        assertThat(prepared).matches("7 steps [0-9]+ moments\n");
        return Integer.parseInt(prepared.split(" ")[2]);
    }

    private static void mount(Machine machine) throws Exception {
        machine.must("mkdir -p /keep && mount -t ext4 /dev/nvme0n1 /keep", Stand.MOMENT);
    }

    /** All points, or some spread over the whole. */
    private static List<String> points(int moments, int some) {
        return ALL ? IntStream.rangeClosed(1, moments).mapToObj(Integer::toString).toList()
                : IntStream.rangeClosed(1, some).mapToObj(one -> Integer.toString(one * moments / (some + 1))).toList();
    }

    private static void makeFileSystem(Path image) throws IOException, InterruptedException {
        Process made = new ProcessBuilder("mke2fs", "-q", "-t", "ext4", image.toString(), "32M").inheritIO().start();
        assertThat(made.waitFor()).as("mke2fs of e2fsprogs, which the lab's setup needs as well").isZero();
    }

    private static Play withDisk(Play play, Disk disk) {
        List<String> load = new java.util.ArrayList<>(play.load());
        load.addAll(List.of("nvme", "crc32c_generic", "ext4"));
        return new Play(play.name(), play.summary(), play.machine().with(disk), play.kernel(), play.commandLine(), load, play.offer(), play.root(), play.xen(),
                play.mounts(), play.withDmarshal(), play.secondKernel(), play.acts());
    }
}
