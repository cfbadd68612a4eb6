package dev.dmarshal.passthrough.guest;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.libvirt.HostdevXml;
import dev.dmarshal.passthrough.libvirt.NodeDeviceXml;
import dev.dmarshal.passthrough.xen.HideStrings;
import dev.dmarshal.passthrough.xen.KernelDriver;
import dev.dmarshal.passthrough.xen.PciEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the configuration of a guest says that it has devices of the host, in the words of what runs it. Whole cards get one slot where the form can say so. */
public enum GuestForm {

    /** {@code <hostdev>} elements for {@code virsh edit}. */
    LIBVIRT_XML("put them into <devices> (virsh edit GUEST)"),
    /** What {@code virsh nodedev-dumpxml} would print, less the names. */
    NODEDEV_XML("as libvirt's node devices"),
    /** Arguments of {@code virt-install}. */
    VIRT_INSTALL("arguments of virt-install; libvirt binds the devices when the guest starts unless --managed no"),
    /** Arguments of QEMU, over VFIO's groups. */
    QEMU("arguments of QEMU with -machine q35; each function must be bound to vfio-pci before"),
    /** Arguments of QEMU, over iommufd and VFIO's device nodes. */
    QEMU_IOMMUFD("arguments of QEMU 9.0 or later with -machine q35 and Linux 6.6 or later with CONFIG_IOMMUFD and CONFIG_VFIO_DEVICE_CDEV; each function"
            + " must be"
            + " bound to vfio-pci before"),
    /** Lines of {@code /etc/pve/qemu-server/VMID.conf}. */
    PROXMOX("lines of /etc/pve/qemu-server/VMID.conf; pcie=1 needs machine: q35"),
    /** The line of a Xen guest's configuration. */
    XL("for the guest's xl.cfg; dmarshal plan --via xl --config FILE edits it"),
    /** Parameter of dom0's kernel with pciback built in. */
    XEN_HIDE("for the command line of dom0's kernel, if pciback is built in (CONFIG_XEN_PCIDEV_BACKEND=y)"),
    /** Options of the module pciback. */
    XEN_HIDE_MODULE("a file for /etc/modprobe.d, if pciback is a module; then make the initramfs anew"),
    /** Parameter of dom0's kernel for pci-stub. */
    XEN_PCI_STUB("for the command line of dom0's kernel; HVM guests only, and it takes every device with these ids: xen-hide is better");

    /** virt-install's {@code --hostdev} has no word for it (virtinst/cli.py, ParserHostdev), but any attribute can be set so (seen with 4.1.0). */
    private static final String VIRT_INSTALL_BINDS_NOTHING = ",xpath1.set=./@managed=no";
    /** Keys from {@code hostpci0} on ($MAX_HOSTPCI_DEVICES in the same file). */
    private static final int PROXMOX_KEYS = 16;

    private final String note;

    GuestForm(String note) {
        this.note = note;
    }

    /** As users type it: {@code libvirt-xml}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Where it goes and what it needs, for people. */
    public String note() {
        return note;
    }

    /** By its word. */
    public static Optional<GuestForm> of(String word) {
        for (GuestForm form : values()) {
            if (form.word().equals(word)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    /**
     * What this host's kernel says to the form.
     *
     * @param missing why the form would do nothing here, and what to take instead; empty if it would, or if that is not known
     * @param remark  what to know before, such as that it could not be measured
     */
    public record Fit(Optional<String> missing, Optional<String> remark) {

        private static final Fit FINE = new Fit(Optional.empty(), Optional.empty());

        private static Fit missing(String why) {
            return new Fit(Optional.of(why), Optional.empty());
        }

        private static Fit remark(String words) {
            return new Fit(Optional.empty(), Optional.of(words));
        }
    }

    /** Whether dom0's kernel has what the form is for; forms that are for no driver of the kernel fit. */
    public Fit fit(HostRoot host) {
        if (!binds()) {
            return Fit.FINE;
        }
        boolean stub = this == XEN_PCI_STUB;
        KernelDriver driver = stub ? new HideStrings(host).stub() : new HideStrings(host).pciback();
        String name = stub ? "pci-stub" : "pciback";
        return switch (driver.how()) {
            case NOT_BUILT -> Fit.missing("this kernel has no " + name + " (" + driver.reasons() + ")" + (stub
                    ? "; xl wants devices with pciback: --form xen-hide"
                    : "; without it xl gives no guest a device of this dom0's"));
            case NOT_INSTALLED -> Fit.missing(name + " is not installed (" + driver.reasons() + "): a second package with modules of this kernel may have it");
            case UNKNOWN -> Fit.remark("could not measure whether this kernel has " + name + ": " + driver.reasons());
            case BUILT_IN -> this == XEN_HIDE_MODULE ? Fit.missing("pciback is built into this kernel (" + driver.reasons()
                    + "), and modprobe's options never reach it: --form xen-hide") : Fit.FINE;
            case MODULE -> this == XEN_HIDE ? Fit.remark("pciback is a module of this kernel (" + driver.reasons()
                    + "): the parameter counts only if modprobe loads"
                    + " it before the devices' own drivers; --form xen-hide-module sees to that") : stub ? Fit.remark("pci-stub is a module of this kernel ("
                    + driver.reasons() + "): the parameter counts only if modprobe loads it, in the initramfs as a rule, before the devices' own drivers")
                    : Fit.FINE;
            case THERE -> Fit.FINE;
        };
    }

    /** Whether it is about taking devices from the host, and not about one guest. */
    public boolean binds() {
        return this == XEN_HIDE || this == XEN_HIDE_MODULE || this == XEN_PCI_STUB;
    }

    /** As {@link #text(List, boolean, HostRoot)}, with properties of each device's entry where the form has them ({@code xl}). */
    public String text(List<Sbdf> devices, boolean managed, HostRoot host, Map<String, String> properties) {
        return this == XL ? list(devices.stream().map(device -> PciEntry.Device.of(device, properties)).toList()) : text(devices, managed, host);
    }

    private static String list(List<PciEntry.Device> entries) {
        return "pci = [ " + String.join(", ", entries.stream().map(entry -> "'" + entry + "'").toList()) + " ]\n";
    }

    /**
     * The configuration, each line ended.
     *
     * @param devices the functions of the host
     * @param managed whether libvirt is to bind them
     * @param host    asked for ids, drivers and versions where the form has them
     */
    public String text(List<Sbdf> devices, boolean managed, HostRoot host) {
        StringBuilder text = new StringBuilder();
        switch (this) {
            case LIBVIRT_XML -> devices.forEach(device -> text.append(new HostdevXml(device, managed, Optional.empty(), false).text()));
            case NODEDEV_XML -> devices.forEach(device -> text.append(new NodeDeviceXml(host, device).text()));
            case VIRT_INSTALL -> devices.forEach(device -> text.append("--hostdev ").append(NodeDeviceXml.name(device)).append(managed ? ""
                    : VIRT_INSTALL_BINDS_NOTHING)
                    .append('\n'));
            case QEMU -> qemu(text, devices, "");
            case QEMU_IOMMUFD -> qemu(text.append("-object iommufd,id=iommufd0\n"), devices, ",iommufd=iommufd0");
            case PROXMOX -> proxmox(text, devices);
            case XL -> text.append(list(devices.stream().map(PciEntry.Device::of).toList()));
            case XEN_HIDE -> text.append(new HideStrings(host).parameter(devices)).append('\n');
            case XEN_HIDE_MODULE -> text.append(new HideStrings(host).moduleOptions(devices));
            case XEN_PCI_STUB -> stub(text, devices, new HideStrings(host));
        }
        return text.toString();
    }

    private static void stub(StringBuilder text, List<Sbdf> devices, HideStrings strings) {
        List<Sbdf> twins = strings.twins(devices);
        if (!twins.isEmpty()) {
            text.append("# also takes ").append(String.join(", ", twins.stream().map(Sbdf::toString).toList())).append(", which have the same ids\n");
        }
        text.append("# for HVM guests of xend only (up to Xen 4.4): xl takes only what pciback has\n").append(strings.stubParameter(devices)).append('\n');
    }

    private static void qemu(StringBuilder text, List<Sbdf> devices, String more) {
        int port = 0;
        for (List<Sbdf> card : cards(devices)) {
            port++;
            text.append("-device pcie-root-port,id=hostport").append(port).append(",bus=pcie.0,chassis=").append(port).append(",slot=").append(port)
                    .append('\n');
            for (int i = 0; i < card.size(); i++) {
                text.append("-device vfio-pci,host=").append(card.get(i)).append(",bus=hostport").append(port).append(",addr=00.").append(i)
                        .append(i == 0 && card.size() > 1 ? ",multifunction=on" : "").append(more).append('\n');
            }
        }
    }

    /**
     * Functions one by one, {@code ;} between: the short form without a function would take all of a card, also what nobody agreed to. What is beyond the last
     * key stands there as a comment, for Proxmox would not read it. (qemu-server 6223caf16f8e, src/PVE/QemuServer/PCI.pm: $hostpci_fmt, parse_hostpci.)
     */
    private static void proxmox(StringBuilder text, List<Sbdf> devices) {
        int number = 0;
        for (List<Sbdf> card : cards(devices)) {
            String value = String.join(";", card.stream().map(Sbdf::toString).toList()) + ",pcie=1\n";
            text.append(number < PROXMOX_KEYS ? "hostpci" + number + ": " : "# no more than " + PROXMOX_KEYS + " entries: ").append(value);
            number++;
        }
    }

    private static List<List<Sbdf>> cards(List<Sbdf> devices) {
        Map<Sbdf, List<Sbdf>> cards = new LinkedHashMap<>();
        devices.stream().sorted().forEach(device -> cards.computeIfAbsent(device.withFunction(0), _ -> new ArrayList<>()).add(device));
        return List.copyOf(cards.values());
    }
}
