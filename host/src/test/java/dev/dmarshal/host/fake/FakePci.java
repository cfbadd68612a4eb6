package dev.dmarshal.host.fake;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.HeaderType;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.PortType;
import java.util.Optional;
import java.util.OptionalInt;

/** One PCI function of a {@link FakeHost}: collects what it is, then lays out its folder, its links and its configuration space. */
public final class FakePci {

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final int ACS_ALL = 0x1f;

    private final FakeHost host;
    private final Sbdf address;
    private final String path;
    private int vendor = 0x8086;
    private int device = 0x1533;
    private int classCode = 0x020000;
    private Optional<PortType> type = Optional.of(PortType.ENDPOINT);
    private boolean levelReset = true;
    private boolean separation;
    private boolean multifunction;
    private boolean bridge;
    private int secondary;
    private int subordinate;
    private Optional<String> driver = Optional.empty();
    private OptionalInt group = OptionalInt.empty();
    private final StringBuilder resources = new StringBuilder();

    private FakePci(FakeHost host, String parent, Sbdf address) {
        this.host = host;
        this.address = address;
        this.path = parent + "/" + address;
    }

    /** A function below a place of {@code /sys/devices}, such as {@code pci0000:00}; at first a PCIe network card with a function level reset. */
    public static FakePci at(FakeHost host, String parent, Sbdf address) {
        return new FakePci(host, parent, address);
    }

    /** Who made it and its 24-bit class. */
    public FakePci is(int vendorId, int deviceId, int code) {
        vendor = vendorId;
        device = deviceId;
        classCode = code;
        return this;
    }

    /** What it is in the fabric; empty for conventional PCI. */
    public FakePci type(Optional<PortType> portType) {
        type = portType;
        return this;
    }

    /** A bridge to these buses. */
    public FakePci bridge(PortType portType, int first, int last) {
        bridge = true;
        classCode = 0x060400;
        type = Optional.of(portType);
        secondary = first;
        subordinate = last;
        driver = Optional.of("pcieport");
        levelReset = false;
        return this;
    }

    /** With access control services, all of them on. */
    public FakePci separated() {
        separation = true;
        return this;
    }

    /** Without a function level reset. */
    public FakePci withoutReset() {
        levelReset = false;
        return this;
    }

    /** Of a device with several functions. */
    public FakePci multifunction() {
        multifunction = true;
        return this;
    }

    /** Bound to a driver. */
    public FakePci driver(String name) {
        driver = Optional.of(name);
        return this;
    }

    /** In a group of the kernel's. */
    public FakePci group(int number) {
        group = OptionalInt.of(number);
        return this;
    }

    /** With a memory range: a line of {@code resource}. */
    public FakePci range(long start, long size, boolean wide) {
        resources.append("0x").append(Long.toHexString(start)).append(" 0x").append(Long.toHexString(start + size - 1)).append(" 0x")
                .append(wide ? "140204" : "40200").append('\n');
        return this;
    }

    /** Lays it out; gives its place below {@code /sys/devices}. */
    public String make() {
        String folder = "/sys/devices/" + path + "/";
        StringBuilder event = new StringBuilder(driver.map(name -> "DRIVER=" + name + "\n").orElse(""));
        event.append("PCI_CLASS=").append(Integer.toHexString(classCode).toUpperCase(java.util.Locale.ROOT)).append("\nPCI_ID=").append(hex(vendor)).append(':')
                .append(hex(device)).append("\nPCI_SUBSYS_ID=0000:0000\nPCI_SLOT_NAME=").append(address).append('\n');
        host.file(folder + "uevent", event.toString()).bytes(folder + "config", config().toBytes()).file(folder + "power_state", "D0\n")
                .file(folder + "resource", resources + "0x0000000000000000 0x0000000000000000 0x0000000000000000\n").link(DEVICES + address, "/sys/devices/"
                + path);
        driver.ifPresent(name -> host.folder("/sys/bus/pci/drivers/" + name).link(folder + "driver", "/sys/bus/pci/drivers/" + name));
        if (group.isPresent()) {
            String groups = "/sys/kernel/iommu_groups/" + group.getAsInt();
            host.folder(groups + "/devices").link(folder + "iommu_group", groups).link(groups + "/devices/" + address, "/sys/devices/" + path)
                    .file(groups + "/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n");
        }
        return path;
    }

    private static String hex(int id) {
        return Integer.toHexString(0x10000 | id).substring(1).toUpperCase(java.util.Locale.ROOT);
    }

    private ConfigSpace config() {
        ConfigSpaceBuilder builder = ConfigSpace.builder(ConfigSpace.EXTENDED_BYTES).ids(vendor, device).classCode(classCode).multifunction(multifunction);
        if (bridge) {
            builder = builder.type(HeaderType.BRIDGE).bridge(address.bus(), secondary, subordinate);
        }
        if (type.isPresent()) {
            builder = builder.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 2)
                    .set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, type.get().code())
                    .set(PcieRegisters.DEVICE_CAP, PcieRegisters.FUNCTION_LEVEL_RESET, levelReset ? 1 : 0).done();
        }
        if (separation) {
            builder = builder.extended(CapabilityKind.ACCESS_CONTROL, 1, 8).set(AcsCapability.ACS_CAP, ACS_ALL).set(AcsCapability.ACS_CTL, ACS_ALL).done();
        }
        return builder.set(ConfigHeader.COMMAND, 6).build();
    }
}
