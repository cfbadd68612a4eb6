package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine loses its power while a plan is applied to a real group with two endpoints, and the drive with the journal loses what it was not told to flush.
 * After the next boot of the same machine the plan is resumed or undone: what it wanted holds, or sysfs is byte for byte as before.
 *
 * <p>A power cut leaves nothing but what the drive has. So {@link #theDriveOfEveryMoment} takes that of every moment of one run and settles each, both ways, in
 * another boot. {@link #thePowerGoes} is the long way: QEMU is killed at the moment, and each cut has a boot of its own; it takes
 * {@code -Dpoints=all}, or a number of moments:
 * {@code ./mvnw -pl trials -am -Dlab=required -Dpoints=all -Dtest=PowerCutTest -Dsurefire.failIfNoSpecifiedTests=false verify}.
 */
@ExtendWith(OnTheLab.class)
class PowerCutTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String DRIVE = "part pcie-root-port keep-port at=06.0\nload virtio_pci virtio_blk crc32c_generic ext4\n";

    @TempDir
    Path folder;

    private record Cut(int point, String how) {
    }

    @Test
    void theDriveOfEveryMoment(Stand stand) throws Exception {
        LossyDisk disk = new LossyDisk(folder);
        Path cuts = Files.createDirectory(folder.resolve("cuts"));
        Play play = GroupOfTwo.play(DRIVE + "share cuts " + cuts + " /cuts\n");
        Machine machine = boot(stand, play, disk);
        int moments = GroupOfTwo.prepare(machine).moments();
        machine.must("rm -f /tmp/paused /tmp/go-on; (" + GroupOfTwo.REHEARSAL + " end each 0; echo ended) >/tmp/said 2>&1 &", LONG);
        for (int point = 1; point <= moments; point++) {
            machine.must("until [ ! -e /tmp/go-on ] && [ -e /tmp/paused ]; do usleep 20000; ! grep ^ended /tmp/said || { cat /tmp/said; exit 1; }; done", LONG);
            disk.wouldKeep(cuts.resolve(Integer.toString(point)));
            machine.must("touch /tmp/go-on", LONG);
        }
        disk.loseWith(machine);
        machine = boot(stand, play, disk);
        List<String> settled = machine.must(GroupOfTwo.REHEARSAL + " cuts /cuts 2>&1", LONG).lines().toList();
        settled.forEach(System.out::println);
        assertThat(settled).hasSize(2 * moments).allMatch(line -> line.startsWith("ok power cut"));
    }

    @Test
    @EnabledIfSystemProperty(named = "points", matches = "all|[0-9]+", disabledReason = "the long way, -Dpoints=all")
    void thePowerGoes(Stand stand) throws Exception {
        LossyDisk disk = new LossyDisk(folder);
        Play play = GroupOfTwo.play(DRIVE);
        Machine first = boot(stand, play, disk);
        int moments = GroupOfTwo.prepare(first).moments();
        List<Cut> cuts = cuts(moments);
        List<String> settled = new ArrayList<>();
        Machine machine = first;
        for (Cut cut : cuts) {
            settled.addAll(run(machine, cut.point() + " " + cut.how()));
            disk.loseWith(machine);
            machine = boot(stand, play, disk);
        }
        settled.addAll(run(machine, "0 end"));
        machine.close();
        assertThat(settled).hasSize(cuts.size()).allMatch(line -> line.startsWith("ok power cut"));
    }

    private static Machine boot(Stand stand, Play play, LossyDisk disk) throws Exception {
        Machine machine = stand.start(play);
        disk.plug(machine, "keep-port");
        machine.must("until [ -b /dev/vda ]; do usleep 50000; done; mkdir /keep && mount -t ext4 /dev/vda /keep", Stand.MOMENT);
        return machine;
    }

    /** Settles what the last cut left, then applies up to the moment of the next; what it said of the settling. */
    private static List<String> run(Machine machine, String words) throws Exception {
        String said = machine.must("rm -f /tmp/paused; (" + GroupOfTwo.REHEARSAL + " cut " + words + "; echo ended) >/tmp/said 2>&1 &"
                + " until [ -e /tmp/paused ] || grep -q ^ended /tmp/said; do usleep 100000; done; cat /tmp/said", LONG);
        System.out.print(said);
        boolean last = words.startsWith("0 ");
        assertThat(said.contains("ended")).as("only the last run comes to its end:\n" + said).isEqualTo(last);
        return said.lines().filter(line -> line.contains("power cut")).toList();
    }

    private static List<Cut> cuts(int moments) {
        return GroupOfTwo.points(moments, 1).stream().flatMap(point -> Stream.of(new Cut(point, "undo"), new Cut(point, "resume"))).toList();
    }
}
