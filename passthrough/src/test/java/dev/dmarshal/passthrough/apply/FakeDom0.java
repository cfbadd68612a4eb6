package dev.dmarshal.passthrough.apply;

import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A dom0 of Xen: a sysfs with pciback, and an {@code xl} that unbinds, registers and binds in turn, as tools/libs/light/libxl_pci.c does, and that can be made
 * to stop after any of the three, to lose what it remembers (xenstore), or to be refused by pciback.
 */
final class FakeDom0 {

    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final String DRIVERS = "/sys/bus/pci/drivers/";

    private final FakeSysfs sysfs;
    private final Set<String> remembered = new HashSet<>();
    private final Set<String> quarantine = new TreeSet<>();
    private int stopsAfter = Integer.MAX_VALUE;
    private boolean forgets;
    private boolean xenstoreGone;

    FakeDom0(Path directory) {
        this.sysfs = new FakeSysfs(directory).driver("pciback").file("proc/xen/capabilities", "control_d\n").file("sys/bus/pci/drivers/pciback/slots", "")
                .programs(this::run);
        tell();
    }

    FakeSysfs sysfs() {
        return sysfs;
    }

    /** What Xen lets do no DMA. */
    Set<String> quarantine() {
        return quarantine;
    }

    /** xl's pci-assignable-add is ended after so many of its three writes, before the quarantine that follows. */
    FakeDom0 stopsAfter(int writes) {
        stopsAfter = writes;
        return this;
    }

    /** xenstore has lost which drivers devices had. */
    FakeDom0 forgets() {
        forgets = true;
        return this;
    }

    /** Every call of xl fails, as it does without xenstored, or no longer. */
    FakeDom0 xenstoreGone(boolean gone) {
        xenstoreGone = gone;
        return this;
    }

    /** What xl prints, recorded as it is in a capture, because this host is not live. */
    void tell() {
        List<String> free = new ArrayList<>();
        for (String name : sysfs.root().list("/sys/bus/pci/devices").present().orElse(List.of())) {
            if (driver(name).equals(Optional.of("pciback"))) {
                free.add(name + " \n");
            }
        }
        sysfs.file(".output/xl-pci-assignable-list", String.join("", free));
        sysfs.file(".output/xl-info", "xen_version            : 4.17.5\nvirt_caps              : pv hvm hvm_directio pv_directio hap\n");
    }

    private Deed run(List<String> command) {
        if (!command.getFirst().equals("xl") || xenstoreGone) {
            return new Deed.Refused(command.getFirst() + " ended with 1: cannot init xl context");
        }
        String name = command.getLast();
        Deed deed = command.get(1).equals("pci-assignable-add") ? add(name) : remove(name);
        tell();
        return deed;
    }

    private Deed add(String name) {
        Optional<String> driver = driver(name);
        if (driver.equals(Optional.of("pciback"))) {
            quarantine.add(name);
            return new Deed.Done();
        }
        int writes = 0;
        if (writes++ >= stopsAfter) {
            return new Deed.Refused("killed");
        }
        driver.ifPresent(old -> {
            remembered.add(name + " " + old);
            write(DRIVERS + old + "/unbind", name);
        });
        if (writes++ >= stopsAfter) {
            return new Deed.Refused("killed");
        }
        write(DRIVERS + "pciback/new_slot", name);
        if (writes >= stopsAfter || !(write(DRIVERS + "pciback/bind", name) instanceof Deed.Done)) {
            return new Deed.Refused("Couldn't bind device to pciback!");
        }
        if (++writes >= stopsAfter) {
            return new Deed.Refused("killed");
        }
        quarantine.add(name);
        return new Deed.Done();
    }

    private Deed remove(String name) {
        if (!quarantine.remove(name)) {
            return new Deed.Refused("failed to de-quarantine " + name);
        }
        if (!driver(name).equals(Optional.of("pciback"))) {
            return new Deed.Done();
        }
        write(DRIVERS + "pciback/unbind", name);
        write(DRIVERS + "pciback/remove_slot", name);
        if (!forgets) {
            remembered.stream().filter(entry -> entry.startsWith(name + " ")).findFirst()
                    .ifPresent(entry -> write(DRIVERS + entry.substring(entry.indexOf(' ') + 1) + "/bind", name));
        }
        return new Deed.Done();
    }

    private Deed write(String path, String value) {
        return sysfs.perform(new Action.Write(path, value), MOMENT);
    }

    private Optional<String> driver(String name) {
        return sysfs.root().linkName("/sys/bus/pci/devices/" + name + "/driver").present();
    }
}
