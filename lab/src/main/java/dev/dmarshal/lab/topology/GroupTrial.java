package dev.dmarshal.lab.topology;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.groups.GroupDifference;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.groups.IommuGroup;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.guest.Initramfs;
import dev.dmarshal.lab.machine.Boot;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.LinuxKernel;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One boot of a real kernel on a random machine, and its groups beside the computed ones. The kernel's side comes out as an archive of its sysfs, which is read
 * the way any capture is.
 *
 * @param topologies  how many topologies the machine had
 * @param commandLine what its kernel was told
 * @param host        computed groups and the kernel's
 */
public record GroupTrial(int topologies, String commandLine, HostGroups host) {

    private static final Duration BOOT = Duration.ofSeconds(600);
    private static final Duration MOMENT = Duration.ofSeconds(300);
    /**
     * Copies of what is read of a host, at their places. Files of sysfs have no true sizes, so tar cannot take them itself; links it can. One process for each
     * function and a few for all: processes are what an emulated machine is slow at.
     */
    private static final String COLLECT = """
            set -e
            rm -rf /tmp/cap; mkdir -p /tmp/cap/proc/sys/kernel; cd /
            cat /proc/cmdline >/tmp/cap/proc/cmdline
            cat /proc/sys/kernel/osrelease >/tmp/cap/proc/sys/kernel/osrelease
            places=$(ls -l sys/bus/pci/devices | sed -n 's|.* -> ../../../|sys/|p')
            (cd /tmp/cap && mkdir -p $places)
            for place in $places; do
              cat /$place/config >/tmp/cap/$place/config
              if [ -L /$place/iommu_group ]; then echo $place/iommu_group; fi
            done >/tmp/links
            ls -d sys/bus/pci/devices/* >>/tmp/links
            tar -c -f - $(cat /tmp/links) | tar -x -f - -C /tmp/cap
            tar -cz -f /tmp/cap.tar.gz -C /tmp/cap sys proc
            """;

    /** Boots a machine of a seed and compares. {@code scratch} takes the initramfs and the archive. */
    public static GroupTrial run(QemuProgram program, Stock stock, String kernel, long seed, int topologies, Path scratch) throws LabFailure, IOException {
        RandomMachine machine = RandomMachine.of(new Random(seed), topologies);
        LinuxKernel linux = stock.kernel(kernel);
        Path initrd = Files.createTempFile(scratch, "initrd", ".cpio");
        Initramfs.plain(linux, stock.busybox()).write(initrd);
        Path archive = scratch.resolve("host-" + seed + ".tar.gz");
        try (Machine running = Machine.start(program, machine.spec(), Boot.linux(linux.image(), machine.commandLine(), initrd), BOOT)) {
            running.requireRemapping();
            running.must(COLLECT, MOMENT);
            Files.write(archive, running.get("/tmp/cap.tar.gz"));
        }
        Files.delete(initrd);
        HostRoot host = HostRoot.open(archive).present().orElseThrow(() -> new IOException("not to be opened: " + archive));
        HostGroups groups = HostGroups.of(host).present().orElseThrow(() -> new IOException("no PCI devices in " + archive));
        return new GroupTrial(topologies, machine.commandLine(), groups);
    }

    /** What speaks against the computation, in words; empty if nothing does. */
    public List<String> objections() {
        List<String> objections = new ArrayList<>();
        if (host.kernel().isEmpty()) {
            objections.add("the kernel has no groups");
        }
        for (GroupDifference difference : host.differences()) {
            objections.add("kernel group " + difference.kernel() + " " + difference.members() + ", computed " + difference.computed());
        }
        for (IommuGroup group : host.groups().groups()) {
            if (!host.groups().certain(group)) {
                objections.add("not certain though all was measured: " + group);
            }
        }
        host.groups().unmeasured().forEach(function -> objections.add("no group computed for " + function.address()));
        int listed = host.kernel().values().stream().mapToInt(List::size).sum();
        if (listed != host.groups().tree().functions().size()) {
            objections.add(listed + " functions in the kernel's groups of " + host.groups().tree().functions().size());
        }
        return objections;
    }

    /** Whether the kernel even numbers its groups as the computation does. */
    public boolean sameNumbers() {
        for (Map.Entry<Integer, List<Sbdf>> group : host.kernel().entrySet()) {
            for (Sbdf member : group.getValue()) {
                if (host.groups().groupOf(member).filter(own -> own.number() == group.getKey()).isEmpty()) {
                    return false;
                }
            }
        }
        return true;
    }
}
