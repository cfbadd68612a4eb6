package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What keeps devices from dom0's drivers from boot on, in the words of each generation of dom0's kernel (Xen's VT-d HowTo, "Binding Devices to pciback" and
 * "Binding Devices to pci-stub"). Pure but for the host that is asked about ids and versions.
 */
public final class HideStrings {

    /** The HowTo names 2.6.31 as the first kernel whose driver is called {@code xen-pciback}. */
    private static final Release RENAMED = new Release(2, 6, 31);

    private final HostRoot host;

    /** @param host dom0 */
    public HideStrings(HostRoot host) {
        this.host = host;
    }

    /**
     * {@code xen-pciback} or {@code pciback}: what this kernel says that it has built in, else by its age, {@code pciback} up to 2.6.30. A kernel whose
     * version is not known is taken for a new one.
     */
    public String driver() {
        Optional<String> builtIn = List.of("xen-pciback", "pciback").stream().filter(this::builtIn).findFirst();
        if (builtIn.isPresent()) {
            return builtIn.get();
        }
        Optional<KernelVersion> version = host.text("/proc/sys/kernel/osrelease").present().flatMap(text -> KernelVersion.parse(text.strip()));
        return version.filter(found -> !found.release().atLeast(RENAMED)).isPresent() ? "pciback" : "xen-pciback";
    }

    /** For the kernel's command line, if pciback is built in: {@code xen-pciback.hide=(01:00.0)(00:02.0)}. */
    public String parameter(List<Sbdf> devices) {
        return driver() + ".hide=" + list(devices);
    }

    /** The same with what is hidden already: {@code hidden} is the value that stands there, which may be empty. */
    public String parameter(List<Sbdf> devices, String hidden) {
        List<Sbdf> more = devices.stream().filter(device -> !hidden.contains("(" + device + ")") && !hidden.contains(list(List.of(device)))).toList();
        return driver() + ".hide=" + hidden + list(more);
    }

    private boolean builtIn(String name) {
        String release = host.text("/proc/sys/kernel/osrelease").present().map(String::strip).orElse("");
        return host.text("/lib/modules/" + release + "/modules.builtin").present().filter(text -> text.contains("/" + name + ".ko")).isPresent();
    }

    /** How dom0's kernel has pciback. */
    public KernelDriver pciback() {
        return KernelDriver.of(host, "CONFIG_XEN_PCIDEV_BACKEND", List.of("xen-pciback", "pciback"), PcibackBinding.DRIVER);
    }

    /** How dom0's kernel has pci-stub. */
    public KernelDriver stub() {
        return KernelDriver.of(host, "CONFIG_PCI_STUB", List.of("pci-stub"), "pci-stub");
    }

    /**
     * For a file in {@code /etc/modprobe.d}, if pciback is a module; it must be loaded before the devices' own drivers. The modprobe of the old driver's
     * time knows no {@code softdep} (module-init-tools, modprobe.conf(5)), so there an {@code install} line sees to the order.
     */
    public String moduleOptions(List<Sbdf> devices) {
        String own = driver();
        StringBuilder text = new StringBuilder("options ").append(own).append(" hide=").append(list(devices)).append('\n');
        for (String name : drivers(devices)) {
            text.append(own.equals("pciback") ? "install " + name + " /sbin/modprobe pciback; /sbin/modprobe --ignore-install " + name
                    : "softdep " + name + " pre: " + own).append('\n');
        }
        return text.toString();
    }

    /** For the kernel's command line: pci-stub, which takes every device with the same ids; for HVM guests only. */
    public String stubParameter(List<Sbdf> devices) {
        List<String> ids = devices.stream().flatMap(device -> ids(device).stream()).distinct().toList();
        return "pci-stub.ids=" + String.join(",", ids);
    }

    /** Devices that {@link #stubParameter} would take too, although nobody asked for it. */
    public List<Sbdf> twins(List<Sbdf> devices) {
        List<String> ids = devices.stream().flatMap(device -> ids(device).stream()).toList();
        List<Sbdf> twins = new ArrayList<>();
        for (String name : host.list("/sys/bus/pci/devices").present().orElse(List.of())) {
            dev.dmarshal.core.pci.DeviceNotation.parse(name).function().filter(other -> !devices.contains(other))
                    .filter(other -> ids(other).filter(ids::contains).isPresent()).ifPresent(twins::add);
        }
        return twins;
    }

    private static String list(List<Sbdf> devices) {
        StringBuilder text = new StringBuilder();
        for (Sbdf device : devices) {
            text.append('(').append(device.segment() == 0 ? device.sourceId().toString() : device.toString()).append(')');
        }
        return text.toString();
    }

    private Optional<String> ids(Sbdf device) {
        String folder = "/sys/bus/pci/devices/" + device + "/";
        Optional<String> vendor = host.text(folder + "vendor").present().map(text -> text.strip().replace("0x", ""));
        Optional<String> product = host.text(folder + "device").present().map(text -> text.strip().replace("0x", ""));
        return vendor.flatMap(one -> product.map(other -> one + ":" + other));
    }

    private List<String> drivers(List<Sbdf> devices) {
        Map<String, Boolean> names = new LinkedHashMap<>();
        for (Sbdf device : devices) {
            host.linkName("/sys/bus/pci/devices/" + device + "/driver").present().filter(name -> !name.equals(PcibackBinding.DRIVER))
                    .ifPresent(name -> names.put(name, true));
        }
        return List.copyOf(names.keySet());
    }
}
