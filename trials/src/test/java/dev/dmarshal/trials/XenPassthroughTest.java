package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Passthrough on a real Xen with VT-d, dmarshal in its dom0: set aside, plug into a running PV guest, take back, undo; agreement with xl. */
@Tag("long")
@ExtendWith(OnTheLab.class)
class XenPassthroughTest {

    private static final Duration LONG = Duration.ofSeconds(400);
    private static final String DMARSHAL = "/opt/dmarshal/bin/dmarshal ";
    private static final String DRIVER = "basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)";
    private static final String XEN = """
            memory 2048
            cpu qemu64
            root xen
            xen dom0_mem=1200M iommu=verbose loglvl=all guest_loglvl=all
            cmdline earlyprintk=xen
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1
            load e1000e xen-pcifront
            offer xen-pciback xen-evtchn xen-gntdev xen-privcmd xen-netback xenfs
            dmarshal
            """;

    private Machine machine;

    @Test
    void aCardGoesToAGuestAndComesBack(Stand stand) throws Exception {
        Play play = PlayReader.text("xen-passthrough", XEN);
        machine = stand.start(play);
        machine.must("""
                modprobe -a xenfs xen-evtchn xen-gntdev xen-privcmd
                mount -t xenfs xenfs /proc/xen
                mkdir -p /var/run/xen /var/log/xen /run/lock
                # The lab's modules come with busybox's index only; dmarshal calls the modprobe of the system.
                /sbin/depmod
                """, LONG);
        System.out.println(machine.must("ls /sys/firmware/acpi/tables", LONG));
        Outcome refused = machine.run(DMARSHAL + "plan 01:00.0 --via xl", LONG);
        assertThat(refused.exitCode()).as(refused.describe()).hasValue(1);
        assertThat(refused.out()).contains("no xenstored answers");
        Outcome early = machine.run(DMARSHAL + "plan 01:00.0 --via xl --force xenstored -o /tmp/early.json && " + DMARSHAL
                + "apply --journal /tmp/j /tmp/early.json", LONG);
        say("without xenstored, by force", early);
        assertThat(early.exitCode()).as(early.describe()).hasValue(1);
        assertThat(machine.must(DRIVER, LONG).strip()).as("xl unbinds and then waits for ever; what it did is taken back").isEqualTo("e1000e");
        machine.must("""
                PATH=$PATH:/usr/lib/xen-4.17/bin
                xenstored --pid-file /var/run/xen/xenstored.pid
                xen-init-dom0
                xenconsoled --pid-file=/var/run/xen/xenconsoled.pid
                """, LONG);
        System.out.println(machine.must("xl info | grep -E 'xen_version|virt_caps|release'; uname -r; " + DRIVER, LONG));
        say("assignable", machine.run(DMARSHAL + "assignable --platform xen -a 01:00.0", LONG));
        Outcome plan = machine.run(DMARSHAL + "plan 01:00.0 --via xl -o /tmp/aside.json", LONG);
        say("plan", plan);
        assertThat(plan.exitCode()).as(plan.describe()).hasValue(0);
        say("apply", machine.run(DMARSHAL + "apply --journal /tmp/j /tmp/aside.json", LONG));
        assertThat(machine.must(DRIVER, LONG).strip()).isEqualTo("pciback");
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEqualTo("0000:01:00.0");
        assertThat(machine.must("cat /sys/bus/pci/drivers/pciback/slots", LONG)).contains("0000:01:00.0");
        toAGuestAndBack();
        Outcome undo = machine.run(DMARSHAL + "undo --journal /tmp/j /tmp/aside.json", LONG);
        say("undo", undo);
        assertThat(undo.exitCode()).as(undo.describe()).hasValue(0);
        assertThat(machine.must(DRIVER, LONG).strip()).isEqualTo("e1000e");
        assertThat(machine.must("xl pci-assignable-list", LONG).strip()).isEmpty();
    }

    /** Seen to fail on the lab's PV guest: its pcifront does not connect, so neither unplug nor plug is answered. */
    private void toAGuestAndBack() throws Exception {
        machine.must("""
                printf '%s\\n' 'name = "pv1"' 'type = "pv"' 'memory = 300' 'kernel = "/second/vmlinuz"' 'ramdisk = "/second/initrd"' 'extra = "console=hvc0"' \
                  "pci = ['01:00.0']" >/tmp/pv1.cfg
                xl create /tmp/pv1.cfg
                # Until the guest's kernel has taken the device, it does not answer the unplug.
                for i in $(seq 20); do
                  xl pci-detach pv1 01:00.0
                  xl pci-list pv1 | grep -q 01:00.0 || break
                  sleep 2
                done
                xl pci-assignable-list | grep 01:00.0
                """, LONG);
        say("plan for pv1", machine.run(DMARSHAL + "plan 01:00.0 --via xl --guest pv1 -o /tmp/plug.json", LONG));
        Outcome plug = machine.run(DMARSHAL + "apply --journal /tmp/j /tmp/plug.json", LONG);
        say("plug", plug);
        assertThat(plug.exitCode()).as(plug.describe()).hasValue(0);
        assertThat(machine.must("xl pci-list pv1", LONG)).contains("0000:01:00.0");
        say("migrate prepare", machine.run(DMARSHAL + "migrate prepare pv1 --via xl --yes --journal /tmp/j", LONG));
        assertThat(machine.must("xl pci-list pv1", LONG)).doesNotContain("0000:01:00.0");
        say("migrate finish", machine.run(DMARSHAL + "migrate finish pv1 --via xl --yes --journal /tmp/j", LONG));
        assertThat(machine.must("xl pci-list pv1", LONG)).contains("0000:01:00.0");
        say("status", machine.run(DMARSHAL + "status --journal /tmp/j", LONG));
        say("undo the plug", machine.run(DMARSHAL + "undo --journal /tmp/j /tmp/plug.json", LONG));
        assertThat(machine.must("xl pci-list pv1", LONG)).doesNotContain("0000:01:00.0");
    }

    private static void say(String what, Outcome outcome) {
        System.out.println("--- " + what + ": " + outcome.describe());
    }
}
