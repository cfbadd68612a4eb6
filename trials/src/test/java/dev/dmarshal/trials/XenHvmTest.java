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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A card in HVM guests of a real Xen with VT-d, on an emulated SVM: plugged into a running guest, which passes traffic over it, and out again, once by a run
 * that is killed; there from the guest's start; and in a guest that does not hear of the unplug. The virtual slot is the one that {@code dmarshal slots} says.
 * A guest takes two minutes to start, most of which its device model spends on copying the kernel into it. Needs
 * {@code ./dmarshal lab setup disk-xen-hvm}.
 */
@Tag("long")
@ExtendWith(OnTheLab.class)
class XenHvmTest {

    /** What xl needs of the processor for HVM guests; VT-d's tables are not SVM's, which this machine alone has together. */
    private static final String MORE = """
            root xen-hvm
            cpu qemu64,+npt,+nrip-save
            xen dom0_mem=1200M iommu=verbose,no-sharept loglvl=all guest_loglvl=all
            """;
    private static final Pattern SEEN = Pattern.compile(NIC + " is (\\S+) in the guest");

    private Machine machine;

    @Test
    void aCardGoesToHvmGuestsAndComesBack(Stand stand) throws Exception {
        machine = Dom0.start(stand, MORE);
        Dom0.daemons(machine);
        Dom0.initrd(machine);
        fine("plan", "plan 01:00.0 --via xl -o /tmp/aside.json");
        fine("apply", "apply --journal /tmp/j /tmp/aside.json");
        pluggedWhileItRuns();
        thereFromTheStart();
        String back = fine("undo aside", "undo --journal /tmp/j /tmp/aside.json");
        assertThat(back).as("xl did it, so nothing had to be put right").doesNotContain("ended with");
        assertThat(machine.must(DRIVER, LONG).strip()).isEqualTo("e1000e");
    }

    private void pluggedWhileItRuns() throws Exception {
        guest("hvm1", "vga = \"none\"\npassthrough = \"enabled\"\n", "quiet");
        await("hvm1", "nested: up");
        fine("plan for hvm1", "plan 01:00.0 --via xl --guest hvm1 --config /tmp/hvm1.cfg --timeout 120 -o /tmp/plug.json");
        fine("plug", "apply --journal /tmp/j /tmp/plug.json");
        assertThat(slot("hvm1")).as("no graphics, so the slot after the platform device's").isEqualTo("03.0");
        assertThat(machine.run(DMARSHAL + "assignable --platform xen 01:00.0", LONG).out()).contains("a guest has it");
        Dom0.traffic(machine, "hvm1");
        fine("undo the plug", "undo --journal /tmp/j /tmp/plug.json");
        await("hvm1", "nested: lost eth0");
        notWith("hvm1");
        fine("plan again", "plan 01:00.0 --via xl --guest hvm1 --timeout 120 -o /tmp/again.json");
        Dom0.killedOncePlugged(machine, "hvm1", "/tmp/again.json");
        fine("undo what was killed", "undo --journal /tmp/j /tmp/again.json");
        notWith("hvm1");
        machine.must("xl destroy hvm1", LONG);
    }

    private void thereFromTheStart() throws Exception {
        guest("hvm2", "vga = \"stdvga\"\npci = [ '01:00.0' ]\n", "acpiphp.disable=1");
        assertThat(slot("hvm2")).isEqualTo("04.0");
        await("hvm2", "nested: ping works");
        Outcome deaf = machine.run(DMARSHAL + "migrate prepare hvm2 --via xl --yes --timeout 20 --journal /tmp/j", LONG);
        say("unplug from a guest that does not hear of it", deaf);
        assertThat(deaf.exitCode()).as(deaf.describe()).hasValue(1);
        assertThat(deaf.err()).contains("failed and taken back").contains("timed out waiting for DM to remove");
        assertThat(machine.must("xl pci-list hvm2", LONG)).contains(NIC);
        machine.must("echo >/var/log/xen/console/guest-hvm2.log", LONG);
        Dom0.traffic(machine, "hvm2");
        machine.must("xl destroy hvm2", LONG);
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEqualTo(NIC);
    }

    private void notWith(String guest) throws Exception {
        assertThat(machine.must("xl pci-list " + guest, LONG)).doesNotContain(NIC);
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEqualTo(NIC);
    }

    /** Where xl says that a guest has the NIC; dmarshal, which reads the guest's configuration, says the same. */
    private String slot(String guest) throws Exception {
        String list = machine.must("xl pci-list " + guest, LONG);
        Matcher seen = SEEN.matcher(fine("slots", "slots /tmp/" + guest + ".cfg"));
        assertThat(seen.find()).isTrue();
        assertThat(list).contains(seen.group(1) + " " + NIC);
        return seen.group(1);
    }

    private void await(String guest, String words) throws Exception {
        machine.must("i=0; until grep -q '" + words + "' /var/log/xen/console/guest-" + guest + ".log; do i=$((i + 1)); [ $i -lt 600 ] || exit 1; sleep 0.5; done",
                LONG);
    }

    private void guest(String name, String lines, String parameters) throws Exception {
        machine.must("cat >/tmp/" + name + ".cfg <<'CONFIG'\nname = \"" + name + "\"\ntype = \"hvm\"\nmemory = 256\nnographic = 1\n"
                + "kernel = \"/second/vmlinuz\"\nramdisk = \"/tmp/nested.initrd\"\nextra = \"console=ttyS0 " + parameters + "\"\n"
                + "serial = \"file:/tmp/" + name + ".serial\"\n" + lines + "CONFIG\nxl create /tmp/" + name + ".cfg", LONG);
    }

    private String fine(String what, String command) throws Exception {
        return Dom0.fine(machine, what, command);
    }
}
