package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Passthrough on a real Xen with VT-d, dmarshal in its dom0: a NIC is set aside, plugged into a running PV guest that passes traffic over it, given to another,
 * taken out of the way of a migration and back, taken from a run that was killed, and given back to dom0's driver; at each turn xl agrees.
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class XenPassthroughTest {

    private static final Duration LONG = Duration.ofSeconds(900);
    private static final String DMARSHAL = "/opt/dmarshal/bin/dmarshal ";
    private static final String DRIVER = "basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)";
    private static final String NIC = "0000:01:00.0";
    private static final String XEN = """
            memory 2048
            cpu qemu64
            clock counted
            root xen
            xen dom0_mem=1200M iommu=verbose loglvl=all guest_loglvl=all
            cmdline earlyprintk=xen
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1 netdev=net0
            load e1000e xen-pcifront
            offer xen-pciback xen-evtchn xen-gntdev xen-privcmd xen-netback xenfs
            dmarshal
            """;

    private Machine machine;

    @Test
    void aCardGoesToGuestsAndComesBack(Stand stand) throws Exception {
        Play play = PlayReader.text("xen-passthrough", XEN);
        machine = stand.start(play);
        machine.must("""
                modprobe -a xenfs xen-evtchn xen-gntdev xen-privcmd
                mount -t xenfs xenfs /proc/xen
                mkdir -p /var/run/xen /var/log/xen/console /run/lock
                # The lab's modules come with busybox's index only; dmarshal calls the modprobe of the system.
                /sbin/depmod
                """, LONG);
        withoutDaemons();
        machine.must("""
                PATH=$PATH:/usr/lib/xen-4.17/bin
                xenstored --pid-file /var/run/xen/xenstored.pid
                xen-init-dom0
                xenconsoled --pid-file=/var/run/xen/xenconsoled.pid --log=guest --log-dir=/var/log/xen/console
                """, LONG);
        System.out.println(machine.must("xl info | grep -E 'xen_version|virt_caps|release'; uname -r; " + DRIVER, LONG));
        say("check", machine.run(DMARSHAL + "check", LONG));
        setAside();
        try (InputStream script = XenPassthroughTest.class.getResourceAsStream("xen-guests.sh")) {
            System.out.println(machine.must(new String(script.readAllBytes(), StandardCharsets.UTF_8), LONG));
        }
        toAGuest();
        toAnother();
        outOfTheWayOfAMigration();
        aGuestThatSleepsIsNotAsked();
        undone("switch", "undo --journal /tmp/j /tmp/switch.json");
        // The plug was made before the switch: the NIC is with pv1 again, and goes back to be set aside.
        undone("plug", "undo --journal /tmp/j /tmp/plug.json");
        assertThat(machine.must("xl pci-list pv1; xl pci-list pv2", LONG)).doesNotContain(NIC);
        killedWhilePlugging();
        undone("aside", "undo --journal /tmp/j /tmp/aside.json");
        assertThat(machine.must(DRIVER, LONG).strip()).isEqualTo("e1000e");
        // pciback is unloaded again, of which xl complains.
        assertThat(machine.run("xl pci-assignable-list", LONG).out().strip()).isEmpty();
    }

    private void withoutDaemons() throws Exception {
        Outcome refused = machine.run(DMARSHAL + "plan 01:00.0 --via xl", LONG);
        assertThat(refused.exitCode()).as(refused.describe()).hasValue(1);
        assertThat(refused.out()).contains("no xenstored answers");
        Outcome early = machine.run(DMARSHAL + "plan 01:00.0 --via xl --force xenstored -o /tmp/early.json && " + DMARSHAL
                + "apply --journal /tmp/j /tmp/early.json", LONG);
        say("without xenstored, by force", early);
        assertThat(early.exitCode()).as(early.describe()).hasValue(1);
        assertThat(machine.must(DRIVER, LONG).strip()).as("xl unbinds and then waits for ever; what it did is taken back").isEqualTo("e1000e");
    }

    private void setAside() throws Exception {
        assertThat(machine.run(DMARSHAL + "assignable --platform xen 01:00.0", LONG).out()).contains("xl pci-assignable-add moves");
        fine("plan", "plan 01:00.0 --via xl -o /tmp/aside.json");
        fine("apply", "apply --journal /tmp/j /tmp/aside.json");
        assertThat(machine.must(DRIVER, LONG).strip()).isEqualTo("pciback");
        assertThat(machine.must("cat /sys/bus/pci/drivers/pciback/slots", LONG)).contains(NIC);
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEqualTo(NIC);
        Outcome assignable = machine.run(DMARSHAL + "assignable --platform xen -a 01:00.0", LONG);
        say("assignable", assignable);
        assertThat(assignable.out()).as("agrees with xl pci-assignable-list").contains("No guest has it.").contains("This Xen quarantines what xl sets aside");
    }

    private void toAGuest() throws Exception {
        fine("plan for pv1", "plan 01:00.0 --via xl --guest pv1 --config /tmp/pv1.cfg --timeout 120 -o /tmp/plug.json");
        fine("plug", "apply --journal /tmp/j /tmp/plug.json");
        assertThat(machine.must("xl pci-list pv1", LONG)).contains("00.0 " + NIC);
        assertThat(machine.must("cat /tmp/pv1.cfg", LONG)).contains("# pv1: this remark stays").contains("01:00.0");
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).as("a guest has it").isEmpty();
        assertThat(machine.run(DMARSHAL + "assignable --platform xen 01:00.0", LONG).out()).contains("a guest has it");
        traffic("pv1");
    }

    private void toAnother() throws Exception {
        fine("switch", "switch 01:00.0 --from pv1 --to pv2 --via xl --timeout 120 -o /tmp/switch.json");
        fine("switch now", "apply --journal /tmp/j /tmp/switch.json");
        assertThat(machine.must("xl pci-list pv1", LONG)).doesNotContain(NIC);
        assertThat(machine.must("xl pci-list pv2", LONG)).contains(NIC);
        traffic("pv2");
        assertThat(machine.must("cat /var/log/xen/console/guest-pv1.log", LONG)).contains("nested: lost");
    }

    private void outOfTheWayOfAMigration() throws Exception {
        fine("migrate prepare", "migrate prepare pv2 --via xl --yes --timeout 120 --journal /tmp/j");
        assertThat(machine.must("xl pci-list pv2", LONG)).doesNotContain(NIC);
        fine("migrate finish", "migrate finish pv2 --via xl --yes --timeout 120 --journal /tmp/j");
        assertThat(machine.must("xl pci-list pv2", LONG)).contains(NIC);
        // What the plug to pv1 wanted holds no more, since the switch.
        Outcome status = machine.run(DMARSHAL + "status --journal /tmp/j", LONG);
        say("status", status);
        assertThat(status.out()).contains("applied  switch 0000:01:00.0 from pv1 to pv2");
    }

    private void aGuestThatSleepsIsNotAsked() throws Exception {
        machine.must("xl pause pv2", LONG);
        Outcome refused = machine.run(DMARSHAL + "migrate prepare pv2 --via xl --yes --timeout 3 --journal /tmp/j", LONG);
        say("unplug from a guest that sleeps", refused);
        machine.must("xl unpause pv2", LONG);
        assertThat(refused.exitCode()).as(refused.describe()).hasValue(1);
        assertThat(refused.out() + refused.err()).contains("is paused");
        assertThat(machine.must("xl pci-list pv2", LONG)).contains(NIC);
    }

    /** Killed once xl has plugged it in, before the journal says so: undo brings back what was there. */
    private void killedWhilePlugging() throws Exception {
        fine("plan again", "plan 01:00.0 --via xl --guest pv2 --timeout 120 -o /tmp/again.json");
        System.out.println(machine.must(DMARSHAL + "apply --journal /tmp/j /tmp/again.json >/tmp/again.out 2>&1 &\n"
                + "until xl pci-list pv2 | grep -q 01:00.0 || ! kill -0 $! 2>/dev/null; do sleep 0.1; done\nkill -9 $!\nwait $!\ncat /tmp/again.out; xl"
                + " pci-list pv2", LONG));
        say("status", machine.run(DMARSHAL + "status --journal /tmp/j", LONG));
        undone("what was killed", "undo --journal /tmp/j /tmp/again.json");
        assertThat(machine.must("xl pci-list pv2", LONG)).doesNotContain(NIC);
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEqualTo(NIC);
    }

    private void traffic(String guest) throws Exception {
        machine.must("i=0; until tail -n 3 /var/log/xen/console/guest-" + guest + ".log | grep -q 'ping works'; do i=$((i + 1)); [ $i -lt 400 ] || exit 1;"
                + " sleep 0.5;"
                + " done; grep nested: /var/log/xen/console/guest-" + guest + ".log | tail -n 4", LONG);
    }

    private void undone(String what, String command) throws Exception {
        fine("undo " + what, command + " ");
    }

    private void fine(String what, String command) throws Exception {
        Outcome outcome = machine.run(DMARSHAL + command, LONG);
        say(what, outcome);
        assertThat(outcome.exitCode()).as(outcome.describe()).hasValue(0);
    }

    private static void say(String what, Outcome outcome) {
        System.out.println("--- " + what + ": " + outcome.describe());
    }
}
