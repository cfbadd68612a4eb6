package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.Stand;
import dev.dmarshal.lab.play.PlayReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A dom0 of a real Xen with VT-d, a NIC behind a root port, dmarshal, and what makes PV guests. */
final class Dom0 {

    /** How long anything in it may take. */
    static final Duration LONG = Duration.ofSeconds(900);
    /** The command. */
    static final String DMARSHAL = "/opt/dmarshal/bin/dmarshal ";
    /** The NIC. */
    static final String NIC = "0000:01:00.0";
    /** Prints which driver has the NIC. */
    static final String DRIVER = "basename $(readlink /sys/bus/pci/devices/0000:01:00.0/driver)";

    private static final String TEXT = """
            memory 2048
            cpu qemu64
            clock counted
            xen dom0_mem=1200M iommu=verbose loglvl=all guest_loglvl=all
            cmdline earlyprintk=xen
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1 netdev=net0
            load e1000e xen-pcifront
            offer xen-pciback xen-evtchn xen-gntdev xen-privcmd xen-netback xenfs
            dmarshal
            """;

    private Dom0() {
    }

    /** Boots it, with more lines of a play, and loads what xl needs; its daemons do not run yet. */
    static Machine start(Stand stand, String more) throws Exception {
        Machine machine = stand.start(PlayReader.text("xen-passthrough", TEXT + more));
        machine.must("""
                modprobe -a xenfs xen-evtchn xen-gntdev xen-privcmd
                mount -t xenfs xenfs /proc/xen
                mkdir -p /var/run/xen /var/log/xen/console /run/lock
                # The lab's modules come with busybox's index only; dmarshal calls the modprobe of the system.
                /sbin/depmod
                """, LONG);
        return machine;
    }

    /** Starts the toolstack's daemons. */
    static void daemons(Machine machine) throws Exception {
        machine.must("""
                set -e
                PATH=$PATH:$(echo /usr/lib/xen-[0-9]*/bin)
                xenstored --pid-file /var/run/xen/xenstored.pid
                xen-init-dom0
                xenconsoled --pid-file=/var/run/xen/xenconsoled.pid --log=guest --log-dir=/var/log/xen/console
                """, LONG);
        System.out.println(machine.must("xl info | grep -E 'xen_version|virt_caps|release'; uname -r; " + DRIVER, LONG));
    }

    /** Makes the initrd of guests. */
    static void initrd(Machine machine) throws Exception {
        machine.must("console=hvc0\n" + resource("nested-initrd.sh"), LONG);
    }

    /** Makes PV guests of these names. */
    static void guests(Machine machine, String names) throws Exception {
        initrd(machine);
        System.out.println(machine.must("guests='" + names + "'\n" + resource("xen-guests.sh"), LONG));
    }

    /** Waits until a guest, in what it says last, has reached the network over the NIC. */
    static void traffic(Machine machine, String guest) throws Exception {
        machine.must("i=0; until tail -n 3 /var/log/xen/console/guest-" + guest + ".log | grep -q 'ping works'; do i=$((i + 1)); [ $i -lt 400 ] || exit 1;"
                + " sleep 0.5;"
                + " done; grep nested: /var/log/xen/console/guest-" + guest + ".log | tail -n 4", LONG);
    }

    /** Runs dmarshal, which must find nothing wrong. */
    static String fine(Machine machine, String what, String command) throws Exception {
        Outcome outcome = machine.run(DMARSHAL + command, LONG);
        say(what, outcome);
        assertThat(outcome.exitCode()).as(outcome.describe()).hasValue(0);
        return outcome.out();
    }

    /** Applies a plan and kills it once xl has plugged the NIC in, before the journal says so. */
    static void killedOncePlugged(Machine machine, String guest, String plan) throws Exception {
        System.out.println(machine.must(DMARSHAL + "apply --journal /tmp/j " + plan + " >/tmp/killed.out 2>&1 &\n"
                + "until xl pci-list " + guest + " | grep -q 01:00.0 || ! kill -0 $! 2>/dev/null; do sleep 0.1; done\nkill -9 $!\nwait $!\n"
                + "cat /tmp/killed.out; xl pci-list " + guest, LONG));
        Outcome status = machine.run(DMARSHAL + "status --journal /tmp/j", LONG);
        say("status", status);
        assertThat(status.out()).as("it was killed before it had ended").contains("interrupted");
    }

    /** One of the scripts beside this class. */
    static String resource(String name) {
        try (InputStream script = Dom0.class.getResourceAsStream(name)) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shows what came of a command. */
    static void say(String what, Outcome outcome) {
        System.out.println("--- " + what + ": " + outcome.describe());
    }
}
