package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.XenVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What else a machine needs before a guest can have a device. */
public final class GuestPrerequisites {

    /** Since this release {@code xl info} tells {@code hap} and {@code shadow} (tools/xl/xl_info.c). */
    private static final Release PAGING_TOLD = new Release(4, 13, 0);
    private static final String VFIO = "/sys/bus/pci/drivers/vfio-pci";

    private GuestPrerequisites() {
    }

    /** Looks at a machine; checks that do not concern it are left out. */
    public static List<HostCheck> of(HostRoot host) {
        List<HostCheck> checks = new ArrayList<>();
        Surroundings surroundings = new Surroundings(host, KernelLog.of(host));
        checks.add(processor(host, surroundings));
        if (surroundings.dom0()) {
            checks.addAll(Dom0Prerequisites.of(host));
        } else {
            checks.add(vfio(host));
            checks.add(kvm(host));
        }
        crashKernel(host).ifPresent(checks::add);
        return checks;
    }

    /** The flag says that guests can run; people take it for VT-d, which it says nothing of. */
    private static HostCheck processor(HostRoot host, Surroundings surroundings) {
        String label = "virtualization-extensions";
        if (surroundings.dom0()) {
            return ofXen(host, label);
        }
        Optional<String> flags = surroundings.flags();
        if (flags.isEmpty()) {
            return HostCheck.unmeasured(label, "The processor's flags were not read.", "/proc/cpuinfo");
        }
        String flag = Surroundings.has(flags.get(), "vmx") ? "vmx" : Surroundings.has(flags.get(), "svm") ? "svm" : "";
        if (!flag.isEmpty()) {
            return HostCheck.pass(label, "The processor runs guests (" + flag + "). That says nothing of " + (flag.equals("vmx") ? "VT-d" : "AMD-Vi")
                    + ", which is another thing.", "/proc/cpuinfo: " + flag);
        }
        return HostCheck.fail(label, "The processor cannot run guests in hardware, or firmware has switched that off: neither vmx nor svm is there.",
                "/proc/cpuinfo");
    }

    /** Xen hides the flag from dom0. */
    private static HostCheck ofXen(HostRoot host, String label) {
        Optional<String> info = host.output(HostCommand.XL_INFO).present().map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        Optional<String> capabilities = info.flatMap(text -> text.lines().filter(line -> line.startsWith("virt_caps")).findFirst());
        if (capabilities.isEmpty()) {
            return HostCheck.unmeasured(label, "Xen hides the flag from dom0; xl info says hvm among virt_caps if guests can run in hardware.", "/proc/cpuinfo");
        }
        boolean hvm = says(capabilities.get(), "hvm");
        String evidence = "xl info: " + capabilities.get().replaceAll("\\s+", " ");
        boolean told = info.get().lines().filter(line -> line.startsWith("xen_version")).findFirst().flatMap(XenVersion::parse)
                .filter(version -> version.release().atLeast(PAGING_TOLD)).isPresent();
        if (hvm && told && !says(capabilities.get(), "hap") && !says(capabilities.get(), "shadow")) {
            return HostCheck.fail(label, "xl refuses HVM guests, although Xen lists hvm: the processor has no nested paging (EPT, NPT), and this Xen was built"
                    + " without shadow paging. PV guests can have devices.", evidence);
        }
        return hvm ? HostCheck.pass(label, "Xen runs HVM guests.", evidence)
                : HostCheck.fail(label, "Xen runs PV guests only: the processor lacks virtualization, or firmware has switched it off.", evidence);
    }

    private static boolean says(String capabilities, String word) {
        return capabilities.matches(".*[: ]" + word + "( .*)?");
    }

    private static HostCheck vfio(HostRoot host) {
        String label = "vfio-pci";
        if (host.has(VFIO) || host.has("/sys/module/vfio_pci")) {
            return HostCheck.pass(label, "The driver vfio-pci is there.", VFIO);
        }
        BuildConfig config = BuildConfig.of(host);
        Optional<Boolean> set = config.options().isSet("CONFIG_VFIO_PCI");
        if (set.isPresent()) {
            return set.get() ? HostCheck.pass(label, "The driver vfio-pci can be loaded: the kernel was built with CONFIG_VFIO_PCI.", config.path().orElse(""))
                    : HostCheck.fail(label, "The kernel was built without CONFIG_VFIO_PCI.", config.path().orElse(""));
        }
        return HostCheck.unmeasured(label, "The driver vfio-pci is not loaded; whether it can be is not known.", VFIO);
    }

    private static HostCheck kvm(HostRoot host) {
        if (host.has("/dev/kvm")) {
            return HostCheck.pass("kvm", "KVM is there.", "/dev/kvm");
        }
        return host.realPath("/dev/kvm") instanceof Reading.Absent ? HostCheck.fail("kvm",
                "KVM is not there: its module is not loaded, or the processor or firmware refuses.",
                "/dev/kvm") : HostCheck.unmeasured("kvm", "Whether KVM is there is not known.", "/dev/kvm");
    }

    /** Only where a crash kernel is asked for; with VT-d on, the kernel that it starts finds translation on (Linux 4.2, commit 091d42e43d21). */
    private static Optional<HostCheck> crashKernel(HostRoot host) {
        Optional<String> asked = host.text("/proc/cmdline").present().flatMap(line -> CommandLine.parse(Platform.LINUX, line).tokens().stream()
                .filter(token -> token.name().equals("crashkernel")).map(token -> token.raw()).findFirst());
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        String path = "/sys/kernel/kexec_crash_loaded";
        Optional<String> loaded = host.text(path).present().map(String::strip);
        return Optional.of(loaded.map(text -> text.equals("1") ? HostCheck.pass("crash-kernel", "A crash kernel is loaded.", path, asked.get())
                : HostCheck.fail("crash-kernel", "Memory is set aside for a crash kernel and none is loaded.", path, asked.get()))
                .orElse(HostCheck.unmeasured("crash-kernel", "Whether the crash kernel is loaded is not known.", path, asked.get())));
    }
}
