package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.PlayReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A group of two cards on a real kernel, taken and given back by {@code dmarshal} run inside, and what can go wrong meanwhile: no consent, no rights, two runs
 * at once, a card that is pulled out, a full disk, a sysfs that cannot be written, a device that its user holds. Sysfs is looked at byte for byte.
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class PassthroughMishapsTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String JAVA = "/opt/dmarshal/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto"
            + " --enable-native-access=ALL-UNNAMED -cp /opt/classes dev.dmarshal.trials.inside.";
    /** A third card, in a group of its own. */
    private static final String ALONE = "part pcie-root-port rp3 at=05.0\npart e1000e nic3 on=rp3\n";
    private static final String PICTURE = """
            for d in /sys/bus/pci/devices/*; do
              echo $d $(readlink $d/driver) $(cat $d/driver_override) $(readlink $d/iommu_group) $(cat $d/enable)
            done
            ls -d /sys/bus/pci/drivers/* /sys/bus/pci/drivers/*/0000:* /sys/kernel/iommu_groups/*/devices/*
            cat /sys/kernel/iommu_groups/*/type
            """;

    @ParameterizedTest
    @ValueSource(strings = {"linux-6.1", "linux-6.12"})
    void givenTakenBackAndWhatGoesWrongMeanwhile(String kernel, Stand stand) throws Exception {
        String text = PassthroughRehearsalTest.GROUP_OF_TWO.formatted(Path.of("target/test-classes").toAbsolutePath()) + ALONE;
        Machine machine = stand.start(PlayReader.text("group-of-two", text).onKernel(kernel));
        String before = machine.must(PICTURE, Stand.MOMENT);
        givenAndTakenBack(machine, before);
        if (kernel.equals("linux-6.1")) {
            String told = machine.must(JAVA + "Mishaps /tmp/plan.json 03:00.0 2>&1", LONG);
            System.out.println(told);
            assertThat(told.lines().filter(line -> line.startsWith("ok ")).map(line -> line.substring(3, line.indexOf(':')))).as(told)
                    .containsExactlyElementsOf(List.of("full disk", "read-only sysfs", "held device", "group type"));
            withoutRights(machine);
            twoAtOnceAndACardPulledOut(machine);
        }
    }

    private static void givenAndTakenBack(Machine machine, String before) throws Exception {
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
        machine.must("echo 'nobody:x:99:99:nobody:/:/bin/sh' >>/etc/passwd; chmod 644 /tmp/plan.json; chmod 777 /tmp;"
                + " mkdir -p /var/lib/dmarshal && chmod 700 /var/lib/dmarshal", Stand.MOMENT);
        Outcome refused = machine.run("su nobody -s /bin/sh -c '/opt/dmarshal/bin/dmarshal apply /tmp/plan.json'", LONG);
        assertThat(refused.exitCode()).as(refused.describe()).hasValue(2);
        assertThat(refused.err()).contains("permission denied");
    }

    /** One run waits before its fifth step; another is refused; the second card is taken out of the kernel; the first run fails there and gives the first card back. */
    private static void twoAtOnceAndACardPulledOut(Machine machine) throws Exception {
        machine.must("mkdir -p /keep && cp /tmp/plan.json /keep/ && mkdir -p /var/lib/dmarshal && ln -sfn /var/lib/dmarshal /keep/journals && rm -rf /tmp/paused"
                + " && (" + JAVA + "Rehearsal /keep end pause 17 >/tmp/first 2>&1; echo ended >>/tmp/first) & sleep 1", Stand.MOMENT);
        machine.must("until [ -e /tmp/paused ] || grep -q ended /tmp/first; do usleep 200000; done; [ -e /tmp/paused ] || { cat /tmp/first; exit 1; }", LONG);
        Outcome second = dmarshal(machine, "apply /tmp/plan.json");
        assertThat(second.exitCode()).as(second.describe()).hasValue(1);
        assertThat(second.err()).contains("another dmarshal is acting on this host");
        machine.must("echo 1 >/sys/bus/pci/devices/0000:02:00.0/remove; [ ! -e /sys/bus/pci/devices/0000:02:00.0 ] && touch /tmp/go-on", LONG);
        String first = machine.must("until grep -q ended /tmp/first; do usleep 200000; done; cat /tmp/first", LONG);
        assertThat(first).contains("Undone[reason=").contains("0000:02:00.0");
        assertThat(machine.must("basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver); cat /sys/bus/pci/devices/0000:01:00.0/driver_override",
                Stand.MOMENT)).isEqualTo("e1000e\n(null)\n");
    }

    private static Outcome dmarshal(Machine machine, String arguments) throws Exception {
        Outcome outcome = machine.run("/opt/dmarshal/bin/dmarshal " + arguments, LONG);
        System.out.println("dmarshal " + arguments + "\n" + outcome.out() + outcome.err());
        return outcome;
    }
}
