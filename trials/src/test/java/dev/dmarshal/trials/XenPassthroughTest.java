package dev.dmarshal.trials;

import static dev.dmarshal.trials.Dom0.DMARSHAL;
import static dev.dmarshal.trials.Dom0.DRIVER;
import static dev.dmarshal.trials.Dom0.LONG;
import static dev.dmarshal.trials.Dom0.NIC;
import static dev.dmarshal.trials.Dom0.say;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
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

    private Machine machine;

    @Test
    void aCardGoesToGuestsAndComesBack(Stand stand) throws Exception {
        machine = Dom0.start(stand, "root xen\n");
        withoutDaemons();
        Dom0.daemons(machine);
        say("check", machine.run(DMARSHAL + "check", LONG));
        setAside();
        Dom0.guests(machine, "pv1 pv2");
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
        Dom0.traffic(machine, "pv1");
    }

    private void toAnother() throws Exception {
        fine("switch", "switch 01:00.0 --from pv1 --to pv2 --via xl --timeout 120 -o /tmp/switch.json");
        fine("switch now", "apply --journal /tmp/j /tmp/switch.json");
        assertThat(machine.must("xl pci-list pv1", LONG)).doesNotContain(NIC);
        assertThat(machine.must("xl pci-list pv2", LONG)).contains(NIC);
        Dom0.traffic(machine, "pv2");
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
        Dom0.killedOncePlugged(machine, "pv2", "/tmp/again.json");
        undone("what was killed", "undo --journal /tmp/j /tmp/again.json");
        assertThat(machine.must("xl pci-list pv2", LONG)).doesNotContain(NIC);
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEqualTo(NIC);
    }

    private void undone(String what, String command) throws Exception {
        fine("undo " + what, command + " ");
    }

    private void fine(String what, String command) throws Exception {
        Dom0.fine(machine, what, command);
    }
}
