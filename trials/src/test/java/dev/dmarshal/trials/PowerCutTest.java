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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine loses its power while a plan is applied to a real group with two endpoints, and the drive with the journal loses what it was not told to flush.
 * After the next boot of the same machine the plan is resumed or undone: what it wanted holds, or sysfs is byte for byte as before.
 *
 * <p>A power cut leaves nothing but what the drive has. So {@link #theDriveOfAMoment} takes that of moments of one run and settles each in another
 * boot. {@link #thePowerGoes} is the long way: QEMU is killed at the moment, and each cut has a boot of its own, in which it is settled both ways, by
 * undo and, from the same journal again, by resume; it takes {@code -Dpoints=all}, or a number of moments:
 * {@code ./mvnw -pl trials -am -Dlab=required -Dpoints=all -Dtest=PowerCutTest -Dsurefire.failIfNoSpecifiedTests=false verify}.
 */
@ExtendWith(OnTheLab.class)
class PowerCutTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration ALL_MOMENTS = Duration.ofHours(1);
    private static final String DRIVE = "part pcie-root-port keep-port at=06.0\nload virtio_pci virtio_blk crc32c_generic ext4\n";

    @TempDir
    Path folder;

    private record Cut(int point, String how) {
    }

    @Test
    void theDriveOfAMoment(Stand stand) throws Exception {
        LossyDisk disk = new LossyDisk(folder);
        Path cuts = Files.createDirectory(folder.resolve("cuts"));
        Play play = GroupOfTwo.play(DRIVE + "share cuts " + cuts + " /cuts\n");
        Machine machine = boot(stand, play, disk);
        int moments = prepared(machine);
        List<Cut> wanted = GroupOfTwo.ALL ? cuts(moments) : someCuts(moments);
        GroupOfTwo.start(machine, "end each 0");
        for (int point = 1; point <= moments; point++) {
            GroupOfTwo.await(machine, point);
            int here = point;
            if (wanted.stream().anyMatch(cut -> cut.point() == here)) {
                disk.wouldKeep(cuts.resolve(Integer.toString(point)));
            }
            machine.must("touch /tmp/go-on", LONG);
        }
        disk.loseWith(machine);
        machine = boot(stand, play, disk);
        String words = wanted.stream().map(cut -> cut.point() + ":" + cut.how()).collect(Collectors.joining(" "));
        List<String> settled = machine.must(GroupOfTwo.REHEARSAL + " cuts /cuts " + words + " 2>&1", ALL_MOMENTS).lines().toList();
        settled.forEach(System.out::println);
        assertThat(settled).hasSize(wanted.size()).allMatch(line -> line.startsWith("ok power cut"));
    }

    @Test
    @EnabledIfSystemProperty(named = "points", matches = "all|[0-9]+", disabledReason = "the long way, -Dpoints=all")
    void thePowerGoes(Stand stand) throws Exception {
        LossyDisk disk = new LossyDisk(folder);
        Play play = GroupOfTwo.play(DRIVE);
        Machine machine = boot(stand, play, disk);
        List<Integer> moments = GroupOfTwo.points(prepared(machine), 1);
        List<String> settled = new ArrayList<>();
        String last = "";
        for (int moment : moments) {
            GroupOfTwo.start(machine, last + "end power " + moment);
            GroupOfTwo.await(machine, moment);
            settled.addAll(settled(machine));
            disk.loseWith(machine);
            machine = boot(stand, play, disk);
            machine.must("mkdir /cuts && cp -r /keep /cuts/" + moment, LONG);
            last = "cuts /cuts " + moment + ":undo " + moment + ":resume -- ";
        }
        GroupOfTwo.start(machine, last);
        GroupOfTwo.awaitEnd(machine);
        settled.addAll(settled(machine));
        assertThat(settled).hasSize(2 * moments.size()).allMatch(line -> line.startsWith("ok power cut"));
    }

    /** Makes the plan. It and the picture from before are the trial's own, so the drive is told to flush them. */
    private static int prepared(Machine machine) throws Exception {
        int moments = GroupOfTwo.prepare(machine).moments();
        machine.must("sync", LONG);
        return moments;
    }

    /** What a run said of settling the last cut, if there was one. */
    private static List<String> settled(Machine machine) throws Exception {
        List<String> lines = machine.must("cat /tmp/said", LONG).lines().filter(line -> line.contains("power cut")).toList();
        lines.forEach(System.out::println);
        return lines;
    }

    private static Machine boot(Stand stand, Play play, LossyDisk disk) throws Exception {
        Machine machine = stand.start(play);
        disk.plug(machine, "keep-port");
        machine.must("until [ -b /dev/vda ]; do usleep 50000; done; mkdir /keep && mount -t ext4 /dev/vda /keep", Stand.MOMENT);
        return machine;
    }

    /** One in four, alternately undone and resumed. */
    private static List<Cut> someCuts(int moments) {
        List<Cut> cuts = new ArrayList<>();
        for (int point : GroupOfTwo.points(moments, moments / 4)) {
            cuts.add(new Cut(point, cuts.size() % 2 == 0 ? "undo" : "resume"));
        }
        return cuts;
    }

    private static List<Cut> cuts(int moments) {
        return GroupOfTwo.points(moments, 1).stream().flatMap(point -> Stream.of(new Cut(point, "undo"), new Cut(point, "resume"))).toList();
    }
}
