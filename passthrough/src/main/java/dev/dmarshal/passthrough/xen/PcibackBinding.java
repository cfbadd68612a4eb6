package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives functions to {@code pciback} through {@code xl pci-assignable-add}, which since Xen 4.13 also puts them in quarantine: no DMA of theirs goes anywhere
 * until a guest has them. Whether it was done is read from sysfs, for {@code xl} unbinds, registers and binds in turn and may stop between
 * (tools/libs/light/libxl_pci.c); the undo puts right what it left.
 */
public final class PcibackBinding {

    /** The driver's directory is called so whatever the module's file is called: {@code pciback.ko} of 2.6.18, {@code xen-pciback.ko} since 2.6.33. */
    public static final String DRIVER = "pciback";

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String DRIVERS = "/sys/bus/pci/drivers/";

    private PcibackBinding() {
    }

    /** Whether this is the dom0 of a Xen (drivers/xen/xenfs/super.c). */
    public static boolean dom0(HostRoot host) {
        return host.text("/proc/xen/capabilities").present().filter(text -> text.contains("control_d")).isPresent();
    }

    /** Loads the module, if its driver is not there. */
    public static void addModule(StepList steps, HostRoot host) {
        if (!host.has(DRIVERS + DRIVER)) {
            steps.about().add("load xen-pciback", List.of(new Condition.Missing(DRIVERS + DRIVER)), new Action.Run(List.of("modprobe", "xen-pciback")),
                    List.of(new Condition.Exists(DRIVERS + DRIVER)), List.of(new Action.Run(List.of("modprobe", "-r", "xen-pciback"))));
        }
    }

    /** Adds what gives one function to pciback; nothing if pciback has it. */
    public static void addFunction(StepList steps, HostRoot host, Sbdf function) {
        String name = function.toString();
        String link = DEVICES + name + "/driver";
        Optional<String> driver = host.linkName(link).present();
        if (driver.filter(DRIVER::equals).isPresent()) {
            return;
        }
        List<Action> undo = new ArrayList<>(List.of(new Action.Run(List.of("xl", "pci-assignable-remove", "-r", name)),
                new Action.Write(DRIVERS + DRIVER + "/unbind", name), new Action.Write(DRIVERS + DRIVER + "/remove_slot", name)));
        driver.ifPresent(old -> undo.add(new Action.Write(DRIVERS + old + "/bind", name)));
        steps.about(DEVICES + name).add("set " + name + " aside for guests", List.of(driver.<Condition>map(old -> new Condition.Link(link, old))
                .orElse(new Condition.Missing(link))), new Action.Run(List.of("xl", "pci-assignable-add", name)), bound(function), undo);
    }

    /**
     * Whether a refused {@code pci-assignable-remove} leaves a device in quarantine, where the driver that it is bound to next would find its DMA blocked:
     * {@code xl} takes it out first, and says so where it is out already. Before Xen 4.13 there is no quarantine.
     */
    public static boolean staysInQuarantine(String reason) {
        return !reason.contains("failed to de-quarantine");
    }

    /** That pciback has a function. */
    public static List<Condition> bound(Sbdf function) {
        return List.of(new Condition.Link(DEVICES + function + "/driver", DRIVER));
    }
}
