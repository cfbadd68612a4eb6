package dev.dmarshal.trials;

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
                PATH=$PATH:/usr/lib/xen-4.17/bin
                xenstored --pid-file /var/run/xen/xenstored.pid
                xen-init-dom0
                xenconsoled --pid-file=/var/run/xen/xenconsoled.pid --log=guest --log-dir=/var/log/xen/console
                """, LONG);
        System.out.println(machine.must("xl info | grep -E 'xen_version|virt_caps|release'; uname -r; " + DRIVER, LONG));
    }

    /** Makes PV guests of these names. */
    static void guests(Machine machine, String names) throws Exception {
        System.out.println(machine.must("guests='" + names + "'\n" + resource("xen-guests.sh"), LONG));
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
