package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What a dom0 needs before a guest can have a device: the driver that keeps devices from dom0's own, and tools that answer. */
final class Dom0Prerequisites {

    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final String DRIVERS = "/sys/bus/pci/drivers/";
    private static final String BUILT_FOR_GUESTS = "CONFIG_XEN_PCIDEV_BACKEND";
    private static final String BUILT_STUB = "CONFIG_PCI_STUB";

    private Dom0Prerequisites() {
    }

    /** Looks at a dom0. */
    static List<HostCheck> of(HostRoot host) {
        BuildConfig config = BuildConfig.of(host);
        return List.of(pciback(host, config), stub(host, config), tools(host));
    }

    /** Where {@code hide=} belongs follows from how it was built: a module does not read the kernel's command line unless modprobe hands it on. */
    private static HostCheck pciback(HostRoot host, BuildConfig config) {
        String label = "pciback";
        Optional<String> built = built(config, BUILT_FOR_GUESTS);
        String evidence = built.map(value -> config.path().orElse("") + ": " + BUILT_FOR_GUESTS + "=" + value).orElse("");
        if (host.has(DRIVERS + label) || host.has(DRIVERS + "xen-pciback") || host.has("/sys/module/xen_pciback")) {
            return HostCheck.pass(label, "The driver pciback is there" + built.map(value -> value.equals("y") ? ", built in." : ", as a module.").orElse("."),
                    evidences(DRIVERS + label, evidence));
        }
        if (built.filter("n"::equals).isPresent()) {
            return HostCheck.fail(label, "The kernel was built without pciback: no guest can have a device of this dom0's.", evidence);
        }
        if (built.filter("m"::equals).isPresent()) {
            return HostCheck.fail(label, "The driver pciback is a module of this kernel and not loaded: modprobe xen-pciback.", DRIVERS + label, evidence);
        }
        return host.realPath(DRIVERS + label) instanceof Reading.Absent ? HostCheck.fail(label, "The driver pciback is not loaded: modprobe xen-pciback.",
                DRIVERS + label) : HostCheck.unmeasured(label, "Whether pciback is loaded is not known.", DRIVERS + label);
    }

    /** The HowTo's other driver, which xm took devices from for HVM guests; xl never did. */
    private static HostCheck stub(HostRoot host, BuildConfig config) {
        String label = "pci-stub";
        List<String> held = host.list(DEVICES).present().orElse(List.of()).stream()
                .filter(name -> host.linkName(DEVICES + "/" + name + "/driver").present().filter(label::equals).isPresent()).sorted().toList();
        if (!held.isEmpty()) {
            return HostCheck.fail(label, "pci-stub has " + String.join(", ", held) + ": xm gave HVM guests such devices, xl wants them with pciback.",
                    DRIVERS + label);
        }
        Optional<String> built = built(config, BUILT_STUB);
        String state = host.has(DRIVERS + label) ? "is there and has no device" : built.map(value -> value.equals("n") ? "was not built"
                : "is a module and not loaded").orElse("");
        return state.isEmpty() ? HostCheck.unmeasured(label, "Whether pci-stub is there is not known; xl does not need it.", DRIVERS + label)
                : HostCheck.pass(label, "pci-stub " + state + "; xl does not need it.", DRIVERS + label);
    }

    private static HostCheck tools(HostRoot host) {
        String label = "toolstack";
        return switch (host.output(HostCommand.XL_INFO)) {
            case Reading.Present<byte[]> said -> {
                Optional<String> version = new String(said.value(), StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("xen_version")).findFirst();
                yield version.isPresent() ? HostCheck.pass(label, "xl answers, and so does its xenstored.", "xl info: " + version.get().replaceAll("\\s+", " "))
                        : HostCheck.unmeasured(label, "xl info does not say which Xen this is.", "xl info");
            }
            case Reading.Absent<byte[]> _ -> HostCheck.unmeasured(label, "Whether xl works here is not known: there is no answer of it.", "xl info");
            case Reading.Denied<byte[]> denied -> HostCheck.fail(label, "xl does not answer: " + denied.reason() + ". It needs root, xenfs on /proc/xen, and a"
                    + " xenstored that runs.", "xl info");
            case Reading.Malformed<byte[]> malformed -> HostCheck.unmeasured(label, "xl info could not be read: " + malformed.reason(), "xl info");
        };
    }

    private static Optional<String> built(BuildConfig config, String option) {
        return Optional.ofNullable(config.options().values().get(option));
    }

    private static String[] evidences(String path, String more) {
        return more.isEmpty() ? new String[] {path} : new String[] {path, more};
    }
}
