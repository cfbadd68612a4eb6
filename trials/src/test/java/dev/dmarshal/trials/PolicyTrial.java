package dev.dmarshal.trials;

import dev.dmarshal.doctor.policy.DomainType;
import dev.dmarshal.doctor.policy.GroupPlan;
import dev.dmarshal.doctor.policy.HostPolicy;
import dev.dmarshal.doctor.policy.KernelFacts;
import dev.dmarshal.doctor.policy.LinuxPolicy;
import dev.dmarshal.doctor.policy.Situation;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.ReservedRegion;
import dev.dmarshal.host.survey.Surveyor;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.guest.Initramfs;
import dev.dmarshal.lab.machine.Boot;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.MachineSpec;
import dev.dmarshal.lab.machine.Part;
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
import java.util.Optional;

/**
 * A real kernel with a command line, and what was predicted of it: from its version, its build and that line alone, without what it shows of its groups' types.
 *
 * @param predicted what the policy says
 * @param shown     types that the kernel shows, by group
 * @param survey    the machine
 */
record PolicyTrial(HostPolicy predicted, Map<Integer, DomainType> shown, HostSurvey survey) {

    private static final Duration BOOT = Duration.ofSeconds(240);
    private static final Duration MOMENT = Duration.ofSeconds(120);
    /** Copies of what is read of a host, at their places; see the like in the lab's comparison of groups. */
    private static final String COLLECT = """
            set -e
            rm -rf /tmp/cap; mkdir -p /tmp/cap/proc/sys/kernel /tmp/cap/sys/firmware/acpi/tables; cd /
            cat /proc/cmdline >/tmp/cap/proc/cmdline
            cat /proc/sys/kernel/osrelease >/tmp/cap/proc/sys/kernel/osrelease
            cat /sys/firmware/acpi/tables/DMAR >/tmp/cap/sys/firmware/acpi/tables/DMAR
            for unit in $(ls /sys/class/iommu); do
              f=sys/class/iommu/$unit/intel-iommu; mkdir -p /tmp/cap/$f
              for name in address cap ecap version; do cat /$f/$name >/tmp/cap/$f/$name; done
            done
            for group in $(ls /sys/kernel/iommu_groups); do
              f=sys/kernel/iommu_groups/$group; mkdir -p /tmp/cap/$f
              for name in type reserved_regions; do cat /$f/$name >/tmp/cap/$f/$name; done
            done
            places=$(ls -l sys/bus/pci/devices | sed -n 's|.* -> ../../../|sys/|p')
            (cd /tmp/cap && mkdir -p $places)
            for place in $places; do
              for name in config vendor device class; do cat /$place/$name >/tmp/cap/$place/$name; done
              if [ -L /$place/iommu_group ]; then echo $place/iommu_group; fi
            done >/tmp/links
            ls -d sys/bus/pci/devices/* >>/tmp/links
            tar -c -f - $(cat /tmp/links) | tar -x -f - -C /tmp/cap
            tar -cz -f /tmp/cap.tar.gz -C /tmp/cap sys proc
            """;

    /** A machine with an ISA bridge (the chipset's), USB, a drive behind a port, and one device of no class. */
    static MachineSpec machine(Map<String, String> iommu) throws LabFailure {
        MachineSpec.Builder machine = MachineSpec.builder().part(Part.device("edu", "edu1").at("02.0")).part(Part.device("qemu-xhci", "usb1").at("03.0"))
                .part(Part.rootPort("slot1").at("04.0")).part(Part.device("virtio-rng-pci", "rng1").on("slot1").at("00.0")).iommu("caching-mode", "off");
        iommu.forEach(machine::iommu);
        return machine.build();
    }

    /** Boots and compares. {@code scratch} takes the initramfs and the archive. */
    static PolicyTrial run(QemuProgram program, Stock stock, String kernel, String line, Map<String, String> iommu, Path scratch) throws LabFailure,
            IOException {
        LinuxKernel linux = stock.kernel(kernel);
        Path initrd = Files.createTempFile(scratch, "initrd", ".cpio");
        Initramfs.plain(linux, stock.busybox()).write(initrd);
        Path archive = Files.createTempFile(scratch, "host", ".tar.gz");
        try (Machine running = Machine.start(program, machine(iommu), Boot.linux(linux.image(), line, initrd), BOOT)) {
            running.must(COLLECT, MOMENT);
            Files.write(archive, running.get("/tmp/cap.tar.gz"));
        }
        Files.delete(initrd);
        HostRoot host = HostRoot.open(archive).present().orElseThrow(() -> new IOException("not to be opened: " + archive));
        KernelFacts shown = KernelFacts.of(host);
        BuildOptions build = BuildOptions.parse(Files.readString(linux.image().resolveSibling("config-" + linux.release())));
        KernelFacts known = new KernelFacts(shown.version(), shown.line(), build, Map.of());
        HostSurvey survey = Surveyor.survey(host, Optional.empty());
        return new PolicyTrial(LinuxPolicy.of(Situation.of(survey, known), known), shown.types(), survey);
    }

    /** What speaks against the prediction, in words; empty if nothing does. */
    List<String> objections() {
        List<String> objections = new ArrayList<>();
        for (GroupFacts group : survey.grouping().groups()) {
            int number = group.number().orElseThrow();
            GroupPlan plan = predicted.groupOf(group.members().getFirst()).orElseThrow();
            if (!plan.type().equals(Optional.ofNullable(shown.get(number)))) {
                objections.add("group " + number + " " + group.members() + ": " + plan.type() + " predicted, " + shown.get(number) + " shown");
            }
            List<ReservedRegion> reserved = group.reserved().orElse(List.of());
            if (!plan.reserved().equals(reserved)) {
                objections.add("group " + number + " " + group.members() + ": " + plan.reserved() + " predicted, " + reserved + " shown");
            }
        }
        return objections;
    }
}
