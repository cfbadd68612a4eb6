package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.trials.GroupOfTwo.Prepared;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A group of two cards on a real kernel, taken and given back, and what can go wrong meanwhile: the process dies, no consent, no rights, two runs at once, a
 * card that is pulled out, a full disk, damaged journals, a sysfs that cannot be written, a device that its user holds. Sysfs is looked at byte for byte. One
 * boot for all of it. {@code ./check} has one kernel and a few moments of the plan; both kernels, every moment of applying and of undoing, and dmarshal's
 * commands themselves come with
 * {@code ./mvnw -pl trials -am -Dlab=required -Dpoints=all -Dtest=PassthroughMishapsTest -Dsurefire.failIfNoSpecifiedTests=false verify}.
 */
@ExtendWith(OnTheLab.class)
class PassthroughMishapsTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration ALL_MOMENTS = Duration.ofHours(2);
    /** A third card, in a group of its own. */
    private static final String ALONE = "part pcie-root-port rp3 at=05.0\npart e1000e nic3 on=rp3\n";
    private static final String PICTURE = """
            for d in /sys/bus/pci/devices/*; do
              echo $d $(readlink $d/driver) $(cat $d/driver_override) $(readlink $d/iommu_group) $(cat $d/enable)
            done
            ls -d /sys/bus/pci/drivers/* /sys/bus/pci/drivers/*/0000:* /sys/kernel/iommu_groups/*/devices/*
            cat /sys/kernel/iommu_groups/*/type
            """;

    static List<String> kernels() {
        return GroupOfTwo.ALL ? List.of("linux-6.12", "linux-6.1") : List.of("linux-6.12");
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void takenGivenBackAndWhatGoesWrongMeanwhile(String kernel, Stand stand) throws Exception {
        Machine machine = stand.start(GroupOfTwo.play(ALONE).onKernel(kernel));
        machine.must("mkdir /keep", Stand.MOMENT);
        String before = machine.must(PICTURE, Stand.MOMENT);
        theProcessDies(machine, GroupOfTwo.prepare(machine));
        mishaps(machine, kernel);
        if (GroupOfTwo.ALL) {
            byItsCommands(machine, before);
            withoutRights(machine);
        }
        twoAtOnceAndACardPulledOut(machine, before);
    }

    private static void theProcessDies(Machine machine, Prepared prepared) throws Exception {
        String applying = words(prepared.moments());
        String undoing = words(prepared.back());
        String log = machine.must(GroupOfTwo.REHEARSAL + " deaths " + applying + " -- undoings " + undoing + " 2>&1", ALL_MOMENTS);
        System.out.print(log);
        assertThat(log.lines()).hasSize(2 * (applying.split(" ").length + undoing.split(" ").length)).allMatch(line -> line.startsWith("ok "));
        if (GroupOfTwo.ALL) {
            String killed = machine.must(GroupOfTwo.REHEARSAL + " kills " + prepared.moments() / 2 + " 2>&1", LONG);
            System.out.print(killed);
            assertThat(killed.lines()).hasSize(2).allMatch(line -> line.startsWith("ok "));
        }
    }

    private static String words(int moments) {
        return GroupOfTwo.points(moments, 1).stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static void mishaps(Machine machine, String kernel) throws Exception {
        String told = machine.must(GroupOfTwo.JAVA + "Mishaps /keep/plan.json 03:00.0 2>&1", LONG);
        System.out.print(told);
        assertThat(told.lines().filter(line -> line.startsWith("ok ")).map(line -> line.substring(3, line.indexOf(':')))).as(told)
                .containsExactlyElementsOf(List.of("full disk", "disk fills up", "journal truncated", "journal flipped", "journal flipped in its first line",
                        "read-only sysfs", "held device", "group type", "group type of two"));
        // drivers/iommu/iommu.c: groups of several devices since 6.4.
        assertThat(told).contains(kernel.equals("linux-6.1") ? "group type of two: refused: " : "group type of two: Applied[], identity");
    }

    /** As its user does it. */
    private static void byItsCommands(Machine machine, String before) throws Exception {
        Outcome alone = dmarshal(machine, "plan 01:00.0");
        assertThat(alone.exitCode()).as(alone.describe()).hasValue(1);
        assertThat(alone.out()).contains("--with 0000:02:00.0");
        Outcome both = dmarshal(machine, "plan 01:00.0 --with 02:00.0 -o /tmp/plan.json");
        assertThat(both.exitCode()).as(both.describe()).hasValue(0);
        assertThat(both.out()).contains("load vfio-pci").contains("0000:01:00.0 as 0000:01:00.0: group");
        Outcome applied = dmarshal(machine, "apply /tmp/plan.json");
        assertThat(applied.exitCode()).as(applied.describe()).hasValue(0);
        assertThat(machine.must("for n in 1 2; do basename $(readlink /sys/bus/pci/devices/0000:0$n:00.0/driver); done; basename $(readlink"
                + " /sys/bus/pci/devices/0000:00:04.0/driver); ls /dev/vfio", Stand.MOMENT)).startsWith("vfio-pci\nvfio-pci\npcieport\n").contains("vfio\n");
        Outcome status = dmarshal(machine, "status");
        assertThat(status.exitCode()).as(status.describe()).hasValue(0);
        assertThat(status.out()).contains("applied").contains("what it wanted holds now");
        Outcome undone = dmarshal(machine, "undo");
        assertThat(undone.exitCode()).as(undone.describe()).hasValue(0);
        assertThat(machine.must(PICTURE, Stand.MOMENT)).isEqualTo(before);
    }

    private static void withoutRights(Machine machine) throws Exception {
        machine.must("echo 'nobody:x:99:99:nobody:/:/bin/sh' >>/etc/passwd; cp /keep/plan.json /tmp/; chmod 644 /tmp/plan.json; chmod 777 /tmp;"
                + " mkdir -p /var/lib/dmarshal && chmod 700 /var/lib/dmarshal", Stand.MOMENT);
        Outcome refused = machine.run("su nobody -s /bin/sh -c '/opt/dmarshal/bin/dmarshal apply /tmp/plan.json'", LONG);
        assertThat(refused.exitCode()).as(refused.describe()).hasValue(2);
        assertThat(refused.err()).contains("permission denied").contains("takes root");
    }

    /** One run waits before its fifth step; another is refused; the second card is pulled out; the first run fails there and gives the first card back. */
    private static void twoAtOnceAndACardPulledOut(Machine machine, String before) throws Exception {
        machine.must("mkdir -p /var/lib/dmarshal; rm -rf /keep/journals; ln -sfn /var/lib/dmarshal /keep/journals; cp /keep/plan.json /tmp/", Stand.MOMENT);
        GroupOfTwo.start(machine, "end pause 17");
        GroupOfTwo.await(machine, 17);
        Outcome second = dmarshal(machine, "apply /tmp/plan.json");
        assertThat(second.exitCode()).as(second.describe()).hasValue(1);
        assertThat(second.err()).contains("another dmarshal is acting on this host");
        machine.qmp().execute("device_del", Map.of("id", "nic2"));
        machine.qmp().awaitEvent("DEVICE_DELETED", Stand.MOMENT);
        machine.must("until [ ! -e /sys/bus/pci/devices/0000:02:00.0 ]; do usleep 100000; done; touch /tmp/go-on", Stand.MOMENT);
        String first = GroupOfTwo.awaitEnd(machine);
        System.out.print(first);
        assertThat(first).contains("Undone[reason=").contains("0000:02:00.0");
        assertThat(machine.must("basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver); cat /sys/bus/pci/devices/0000:01:00.0/driver_override",
                Stand.MOMENT)).isEqualTo("e1000e\n(null)\n");
        machine.qmp().execute("device_add", Map.of("driver", "e1000e", "id", "nic2", "bus", "rp2"));
        machine.must("until [ -e /sys/bus/pci/devices/0000:02:00.0/driver ]; do usleep 100000; done", Stand.MOMENT);
        assertThat(machine.must(PICTURE, Stand.MOMENT)).isEqualTo(before);
    }

    private static Outcome dmarshal(Machine machine, String arguments) throws Exception {
        Outcome outcome = machine.run("/opt/dmarshal/bin/dmarshal " + arguments, LONG);
        System.out.println("dmarshal " + arguments + "\n" + outcome.out() + outcome.err());
        return outcome;
    }
}
