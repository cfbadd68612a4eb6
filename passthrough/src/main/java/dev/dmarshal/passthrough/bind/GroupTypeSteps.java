package dev.dmarshal.passthrough.bind;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes the default domain of one IOMMU group ({@code /sys/kernel/iommu_groups/N/type}, Documentation/ABI/testing/sysfs-kernel-iommu_groups): with
 * {@code identity} one device goes untranslated while all others stay as they are. The kernel wants every driver of the group away for the moment of the
 * change, so drivers are taken off and given back.
 */
public final class GroupTypeSteps {

    /** The types that can be verified by reading back; {@code auto} cannot. */
    public static final List<String> TYPES = List.of("identity", "DMA", "DMA-FQ");

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String DRIVERS = "/sys/bus/pci/drivers/";
    /**
     * Up to Linux 6.3 {@code iommu_group_store_type} (drivers/iommu/iommu.c) refuses with EINVAL unless the group has one device. The series "iommu: Extend
     * changing default domain to normal group" (Lu Baolu, 2023-03-22, with "iommu: Replace device_lock() with group->mutex") ended that; it came with "IOMMU
     * Updates for Linux 6.4", tag iommu-updates-v6.4, e51b4198396c. Since then EPERM says that a driver still has a device of the group (its owner_cnt).
     */
    private static final Release MANY_DEVICES = Release.parse("6.4").orElseThrow();

    private final HostRoot host;
    private final String group;
    private final List<String> members;
    private final String type;

    /**
     * @param host  the host
     * @param group number of the group
     * @param type  one of {@link #TYPES}
     */
    public GroupTypeSteps(HostRoot host, String group, String type) {
        if (!TYPES.contains(type)) {
            throw new IllegalArgumentException("a group's type is one of " + String.join(", ", TYPES) + ", not " + type);
        }
        this.host = host;
        this.group = group;
        this.type = type;
        this.members = host.list("/sys/kernel/iommu_groups/" + group + "/devices").present().orElse(List.of());
    }

    private String file() {
        return "/sys/kernel/iommu_groups/" + group + "/type";
    }

    /** Why this kernel would not do it, if so. */
    public Optional<String> objection() {
        Optional<String> now = host.text(file()).present().map(String::strip);
        if (now.isEmpty()) {
            return Optional.of(file() + " cannot be read: kernels before 5.11 have none");
        }
        if (!TYPES.contains(now.get())) {
            return Optional.of("group " + group + " is of type " + now.get() + ", from which there is no way to another and back");
        }
        Optional<Release> kernel = host.text("/proc/sys/kernel/osrelease").present().flatMap(text -> KernelVersion.parse(text.strip()))
                .map(KernelVersion::release);
        if (members.size() > 1 && kernel.filter(release -> release.compareTo(MANY_DEVICES) >= 0).isEmpty()) {
            return Optional.of("group " + group + " has " + members.size() + " devices (" + String.join(", ", members) + "); before Linux 6.4 the kernel"
                    + " changes the type only of groups with one device");
        }
        return Optional.empty();
    }

    /** Adds the steps; none if the group is of that type already. */
    public void add(StepList steps, List<Sbdf> functions) {
        String old = host.text(file()).present().orElse("").strip();
        if (old.equals(type)) {
            return;
        }
        Map<String, String> drivers = new LinkedHashMap<>();
        functions.forEach(function -> host.linkName(DEVICES + function + "/driver").present().ifPresent(driver -> drivers.put(function.toString(), driver)));
        List<Action> back = new ArrayList<>();
        drivers.forEach((name, driver) -> back.add(new Action.Write(DRIVERS + driver + "/unbind", name)));
        back.add(new Action.Write(file(), old));
        drivers.forEach((name, driver) -> back.add(new Action.Write(DRIVERS + driver + "/bind", name)));
        drivers.forEach((name, driver) -> steps.about(DEVICES + name).add("take " + name + " from " + driver,
                List.of(new Condition.Link(DEVICES + name + "/driver", driver)), new Action.Write(DRIVERS + driver + "/unbind", name),
                List.of(new Condition.Missing(DEVICES + name + "/driver")), List.of(new Action.Write(DRIVERS + driver + "/bind", name))));
        steps.about(file()).add("make group " + group + " of type " + type, List.of(new Condition.Text(file(), old)), new Action.Write(file(), type),
                List.of(goal()), back);
        // Taken back by the step above, which needs the drivers away as well.
        drivers.forEach((name, driver) -> steps.about(DEVICES + name).add("give " + name + " back to " + driver,
                List.of(new Condition.Missing(DEVICES + name + "/driver")), new Action.Write(DRIVERS + driver + "/bind", name),
                List.of(new Condition.Link(DEVICES + name + "/driver", driver)), List.of(new Action.Write(DRIVERS + driver + "/unbind", name))));
    }

    /** What holds in the end. */
    public Condition goal() {
        return new Condition.Text(file(), type);
    }

    /** What it costs. */
    public List<String> remarks() {
        return type.equals("identity") ? List.of("group " + group + " goes untranslated: its devices, and a defect in them, reach all of the host's memory;"
                + " every other group stays as it is. No guest can have them meanwhile. A restart of the host ends it.") : List.of();
    }
}
