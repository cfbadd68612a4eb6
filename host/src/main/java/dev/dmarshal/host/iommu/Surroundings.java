package dev.dmarshal.host.iommu;

import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where it is looked from: bare metal, a guest, Xen's dom0, a container. What a container or a guest cannot see is not off. */
final class Surroundings {

    private static final String CAPABILITIES = "/proc/xen/capabilities";
    private static final List<String> MARKS = List.of("/run/systemd/container", "/.dockerenv", "/run/.containerenv");

    private final HostRoot host;
    private final KernelLog log;

    Surroundings(HostRoot host, KernelLog log) {
        this.host = host;
        this.log = log;
    }

    /** Whether Xen is below and this is the domain that controls it. */
    boolean dom0() {
        return host.text(CAPABILITIES).present().filter(text -> text.contains("control_d")).isPresent();
    }

    HostCheck container() {
        List<String> unknown = new ArrayList<>();
        for (String mark : MARKS) {
            if (host.has(mark)) {
                return HostCheck.fail("container", "This is seen from inside a container"
                        + host.text(mark).present().map(String::strip).filter(name -> name.matches("[\\w-]{1,32}")).map(name -> " (" + name + ")").orElse("")
                        + ": what firmware gives and what the kernel logs is hidden here. Ask on the host.", mark);
            }
            if (!(host.realPath(mark) instanceof Reading.Absent)) {
                unknown.add(mark);
            }
        }
        return unknown.isEmpty() ? HostCheck.pass("container", "No container: none of the marks that container managers leave.", MARKS.toArray(String[]::new))
                : HostCheck.unmeasured("container", "Whether this was seen from inside a container is not known.", unknown.toArray(String[]::new));
    }

    HostCheck guest() {
        if (dom0()) {
            return HostCheck.pass("guest", "This is Xen's dom0: Xen itself has the IOMMU.", CAPABILITIES);
        }
        if (host.has("/sys/hypervisor/type") && host.text("/sys/hypervisor/type").present().filter(type -> type.strip().equals("xen")).isPresent()
                && host.text(CAPABILITIES).present().isPresent()) {
            return HostCheck.fail("guest", "This is a guest of Xen: its devices are given to it, it cannot give them on.", "/sys/hypervisor/type");
        }
        Optional<String> flags = flags();
        if (flags.isPresent()) {
            return has(flags.get(), "hypervisor")
                    ? HostCheck.fail("guest", "This is a virtual machine: its IOMMU, if it has one, is what the hypervisor emulates"
                    + " (QEMU: -device intel-iommu), and whether its CPU runs guests is the hypervisor's choice too.", "/proc/cpuinfo: hypervisor")
                    : HostCheck.pass("guest", "No virtual machine: the processor does not report a hypervisor.", "/proc/cpuinfo");
        }
        return log.line(MessageKind.HYPERVISOR_DETECTED).map(line -> HostCheck.fail("guest",
                "This is a virtual machine: its IOMMU, if it has one, is emulated.", line))
                .orElse(HostCheck.unmeasured("guest", "Whether this is a virtual machine is not known.", "/proc/cpuinfo"));
    }

    /** The flags of the first processor. */
    Optional<String> flags() {
        return host.text("/proc/cpuinfo").present().flatMap(text -> text.lines().filter(line -> line.startsWith("flags")).findFirst());
    }

    static boolean has(String flags, String flag) {
        return (flags + " ").contains(" " + flag + " ");
    }

    /** Intel or AMD, told by the processor or by firmware's table. */
    Vendor vendor() {
        Optional<String> cpu = host.text("/proc/cpuinfo").present();
        if (cpu.filter(text -> text.contains("GenuineIntel")).isPresent() || host.has("/sys/firmware/acpi/tables/DMAR") || log.table("DMAR").isPresent()) {
            return Vendor.INTEL;
        }
        boolean amd = cpu.filter(text -> text.contains("AuthenticAMD") || text.contains("HygonGenuine")).isPresent();
        return amd || host.has("/sys/firmware/acpi/tables/IVRS") || log.table("IVRS").isPresent() ? Vendor.AMD : Vendor.UNKNOWN;
    }

    /** Whose remapping hardware it is. */
    enum Vendor {
        INTEL("DMAR", "VT-d", "CONFIG_INTEL_IOMMU"),
        AMD("IVRS", "AMD-Vi", "CONFIG_AMD_IOMMU"),
        UNKNOWN("DMAR", "an IOMMU", "CONFIG_INTEL_IOMMU");

        final String table;
        final String words;
        final String option;

        Vendor(String table, String words, String option) {
            this.table = table;
            this.words = words;
            this.option = option;
        }
    }
}
