package dev.dmarshal.passthrough.bind;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Binds functions to {@code vfio-pci} the way libvirt does: through {@code driver_override} (Documentation/ABI/testing/sysfs-bus-pci), never through
 * {@code new_id}, which would also catch every other device with the same ids, now and when it is plugged in.
 *
 * <p>The order makes each step's undo possible in reverse: the old driver takes the device back only after the override is as it was.
 */
public final class VfioBinding {

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String DRIVERS = "/sys/bus/pci/drivers/";
    private static final String VFIO = "vfio-pci";
    private static final String NO_OVERRIDE = "(null)";

    private VfioBinding() {
    }

    /** Loads the module, if its driver is not there. */
    public static void addModule(StepList steps, HostRoot host) {
        if (!host.has(DRIVERS + VFIO)) {
            steps.about().add("load vfio-pci", List.of(new Condition.Missing(DRIVERS + VFIO)), new Action.Run(List.of("modprobe", VFIO)),
                    List.of(new Condition.Exists(DRIVERS + VFIO)), List.of(new Action.Run(List.of("modprobe", "-r", VFIO))));
        }
    }

    /**
     * Adds what binds one function, as it is bound now.
     *
     * @throws IllegalStateException if the host does not say how the function is bound
     */
    public static void addFunction(StepList steps, HostRoot host, Sbdf function) {
        String name = function.toString();
        String device = DEVICES + name + "/";
        Optional<String> driver = driver(host, device);
        String override = host.text(device + "driver_override").present()
                .orElseThrow(() -> new IllegalStateException(device + "driver_override cannot be read")).stripTrailing();
        Condition unbound = new Condition.Missing(device + "driver");
        if (driver.isPresent() && driver.get().equals(VFIO)) {
            return;
        }
        steps.about(DEVICES + name);
        driver.ifPresent(old -> steps.add("take " + name + " from " + old, List.of(new Condition.Link(device + "driver", old)),
                new Action.Write(DRIVERS + old + "/unbind", name), List.of(unbound), List.of(new Action.Write(DRIVERS + old + "/bind", name))));
        if (!override.equals(VFIO)) {
            steps.add("let only vfio-pci have " + name, List.of(new Condition.Text(device + "driver_override", override)),
                    new Action.Write(device + "driver_override", VFIO), List.of(new Condition.Text(device + "driver_override", VFIO)),
                    List.of(new Action.Write(device + "driver_override", override.equals(NO_OVERRIDE) ? "" : override)));
        }
        steps.add("give " + name + " to vfio-pci", List.of(unbound), new Action.Write("/sys/bus/pci/drivers_probe", name), bound(host, function),
                List.of(new Action.Write(DRIVERS + VFIO + "/unbind", name)));
    }

    /** That a function is bound to vfio-pci and can be opened. */
    public static List<Condition> bound(HostRoot host, Sbdf function) {
        List<Condition> bound = new ArrayList<>(List.of(new Condition.Link(DEVICES + function + "/driver", VFIO)));
        host.linkName(DEVICES + function + "/iommu_group").present().ifPresent(group -> bound.add(new Condition.VfioNodes(function.toString(), group)));
        return bound;
    }

    /** What must stay so for a plan about a function to be about the same function: ids and group. */
    public static List<Condition> premises(HostRoot host, Sbdf function) {
        String device = DEVICES + function + "/";
        List<Condition> premises = new ArrayList<>();
        for (String attribute : List.of("vendor", "device", "subsystem_vendor", "subsystem_device", "class")) {
            host.text(device + attribute).present().ifPresent(text -> premises.add(new Condition.Text(device + attribute, text.stripTrailing())));
        }
        host.linkName(device + "iommu_group").present().ifPresent(group -> {
            premises.add(new Condition.Link(device + "iommu_group", group));
            String members = "/sys/kernel/iommu_groups/" + group + "/devices";
            host.list(members).present().ifPresent(names -> premises.add(new Condition.Members(members, names)));
        });
        return premises;
    }

    private static Optional<String> driver(HostRoot host, String device) {
        return switch (host.linkName(device + "driver")) {
            case Reading.Present<String> present -> Optional.of(present.value());
            case Reading.Absent<String> _ -> Optional.empty();
            case Reading.Denied<String> denied -> throw new IllegalStateException(denied.path() + ": " + denied.reason());
            case Reading.Malformed<String> malformed -> throw new IllegalStateException(malformed.path() + ": " + malformed.reason());
        };
    }
}
