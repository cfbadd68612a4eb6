package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import dev.dmarshal.trials.inside.GuestRehearsal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Real libvirt, real VFIO, real QEMU on a real kernel with VT-d: a NIC goes to guests that see it and pass traffic over it, comes back, goes from
 * guest to guest
 * and out of the way of a migration; a guest that does not let go, and a group of two. One boot, for each costs a minute.
 */
@ExtendWith(OnTheLab.class)
class GuestsTest {

    private static final Duration LONG = Duration.ofSeconds(900);
    private static final String NIC = "0000:01:00.0";
    private static final String FIRST = "0000:02:00.0";
    private static final String SECOND = "0000:02:00.1";
    private static final String PLAY = """
            # A KVM-style host with three guests, an empty root port, and a card of two functions in one group.
            memory 3072
            cpus 2
            root libvirt
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part pcie-root-port rp2 at=05.0
            part e1000e two on=rp2 at=00.0
            part e1000e three on=rp2 at=00.1
            load e1000e
            offer vfio-pci vfio_iommu_type1 kvm-amd
            """;

    private static final List<String> DEEDS = List.of(
            "write /tmp/nodedev.xml nodedev " + NIC,
            "run virt-xml-validate /tmp/nodedev.xml nodedev",
            "refused libvirt guest1 managed " + FIRST,
            // Managed: the guest sees it, passes traffic, lets it go for a migration and gets it back.
            "give libvirt guest1 managed " + NIC,
            "await 200 /tmp/guest1.log nested: ping works",
            "driver " + NIC,
            "run virsh dumpxml guest1 >/tmp/with.xml && virt-xml-validate /tmp/with.xml domain",
            "prepare guest1",
            "kept guest1",
            "finish guest1",
            "await 200 /tmp/guest1.log nested: ping works",
            "kept guest1",
            // Whoever sleeps does not let go.
            "run virsh suspend guest1",
            "timeout 3",
            "prepare guest1",
            "kept guest1",
            "run virsh resume guest1",
            "timeout 90",
            // What the guest was asked for is still done when it wakes; then the host has its NIC again.
            "await-driver 90 " + NIC + " e1000e",
            // Not managed, with consent for the other function.
            "give libvirt guest1 own " + FIRST + " " + SECOND,
            "driver " + SECOND,
            "undo",
            "driver " + FIRST,
            "driver " + SECOND,
            // Plain QEMU.
            "give qemu /tmp/guest3.qmp own " + NIC,
            "await 200 /tmp/guest3.log nested: ping works",
            "undo",
            "driver " + NIC,
            // From guest to guest.
            "give libvirt guest1 managed " + NIC,
            "switch " + NIC + " guest1 guest2",
            "run virsh dumpxml guest2 | grep -c '<hostdev '");

    @Test
    void realGuestsTakeAndGiveBack(Stand stand) throws Exception {
        Play play = PlayReader.text("guests", PLAY).withDmarshalInside();
        Machine machine = stand.start(play);
        machine.requireRemapping();
        machine.qmp().execute("netdev_add", Map.of("type", "user", "id", "net0"));
        machine.qmp().execute("device_add", Map.of("driver", "e1000e", "id", "nic", "bus", "rp1", "netdev", "net0"));
        machine.must(resource("guests.sh"), LONG);
        Map<String, String> came = rehearse(machine);
        assertThat(came.get(DEEDS.get(1))).contains("validates");
        assertThat(came.get(DEEDS.get(2))).isEqualTo("refused: [group:" + SECOND + "]");
        assertThat(came.get("#1 driver " + NIC)).isEqualTo("vfio-pci");
        assertThat(came.get(DEEDS.get(6))).contains("validates");
        assertThat(came.get("#1 prepare guest1")).isEqualTo("applied");
        assertThat(came.get("#1 kept guest1")).isEqualTo("true");
        assertThat(came.get("#1 finish guest1")).isEqualTo("applied");
        assertThat(came.get("#2 kept guest1")).isEqualTo("false");
        assertThat(came.get("#2 prepare guest1")).startsWith("failed and taken back").contains("has not let go", "may still do so");
        assertThat(came.get("#3 kept guest1")).isEqualTo("false");
        assertThat(came.get("#1 give libvirt guest1 own " + FIRST + " " + SECOND)).isEqualTo("applied");
        assertThat(came.get("#1 driver " + SECOND)).isEqualTo("vfio-pci");
        assertThat(came.get("#1 undo")).isEqualTo("taken back");
        assertThat(came.get("#2 driver " + SECOND)).isEqualTo("e1000e");
        assertThat(came.get("#1 give qemu /tmp/guest3.qmp own " + NIC)).isEqualTo("applied");
        assertThat(came.get("#2 undo")).isEqualTo("taken back");
        assertThat(came.get("#2 driver " + NIC)).isEqualTo("e1000e");
        assertThat(came.get("#1 switch " + NIC + " guest1 guest2")).isEqualTo("applied");
        assertThat(came.get(DEEDS.getLast())).isEqualTo("1");
    }

    /** What came of each deed, by the deed and by "#N deed" for its N-th time. */
    private static Map<String, String> rehearse(Machine machine) throws Exception {
        String file = GuestRehearsal.class.getName().replace('.', '/') + ".class";
        machine.must("mkdir -p /tmp/classes/" + file.substring(0, file.lastIndexOf('/')), Stand.MOMENT);
        try (InputStream in = GuestRehearsal.class.getResourceAsStream(GuestRehearsal.class.getSimpleName() + ".class")) {
            machine.put("/tmp/classes/" + file, in.readAllBytes(), false);
        }
        machine.put("/tmp/deeds", (String.join("\n", DEEDS) + "\n").getBytes(StandardCharsets.UTF_8), false);
        Outcome outcome = machine.run("/opt/dmarshal/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto"
                + " --enable-native-access=ALL-UNNAMED,com.sun.jna"
                + " --add-modules dev.dmarshal.passthrough -cp /tmp/classes " + GuestRehearsal.class.getName() + " /tmp/deeds", LONG);
        System.out.println(outcome.describe());
        assertThat(outcome.fine()).as(outcome.describe()).isTrue();
        Map<String, String> came = new LinkedHashMap<>();
        for (String line : Arrays.stream(outcome.out().split("\n")).filter(line -> line.contains(" -> ")).toList()) {
            String deed = line.substring(0, line.indexOf(" -> "));
            String result = line.substring(line.indexOf(" -> ") + 4, line.lastIndexOf(" ["));
            came.put(deed, result);
            int times = 1;
            while (came.containsKey("#" + times + " " + deed)) {
                times++;
            }
            came.put("#" + times + " " + deed, result);
        }
        return came;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = GuestsTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
