package dev.dmarshal.passthrough.wish;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.apply.Machine;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.libvirt.FakeLibvirt;
import dev.dmarshal.passthrough.libvirt.LibvirtGuest;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A host with guests of a {@link FakeLibvirt} and files in a folder; what libvirt's own binding does to drivers is done here too. */
final class FakeHost implements Machine {

    final FakeLibvirt libvirt = new FakeLibvirt();
    private final Path folder;
    private final Guests guests = new Guests().with("libvirt", guest -> new LibvirtGuest(guest.name(), libvirt::connect));

    FakeHost(Path folder) {
        this.folder = folder;
        put("proc/stat", "cpu 1\n");
        put("proc/bus/input/devices", "");
        inOrder();
    }

    /** What a planner asks for: remapping is on, and every area of holders can be seen. */
    private void inOrder() {
        put("proc/sys/kernel/osrelease", "6.12.0\n");
        put("proc/interrupts", "  24:  0  IR-PCI-MSI-0000:00:1c.0 0-edge\n");
        put("sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n");
        put("sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n");
        put("proc/swaps", "Filename\n");
        put("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
        put("proc/net/route", "Iface\n");
        for (String empty : List.of("sys/class/net", "sys/class/block", "sys/class/graphics", "proc/1/fd")) {
            try {
                Files.createDirectories(folder.resolve(empty));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A NIC-like endpoint with a driver of its own. */
    FakeHost function(String name, int group, String driver) {
        String device = "sys/bus/pci/devices/" + name;
        put(device + "/vendor", "0x8086\n");
        put(device + "/device", "0x10d3\n");
        put(device + "/class", "0x020000\n");
        put(device + "/driver_override", "(null)\n");
        put("sys/kernel/iommu_groups/" + group + "/devices/" + name + "/x", "");
        link(device + "/iommu_group", "sys/kernel/iommu_groups/" + group);
        put("sys/kernel/iommu_groups/" + group + "/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n");
        put("sys/bus/pci/drivers/" + driver + "/x", "");
        put("sys/bus/pci/drivers/vfio-pci/x", "");
        drive(name, driver);
        return this;
    }

    void put(String path, String text) {
        try {
            Path file = folder.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void link(String path, String target) {
        try {
            Path link = folder.resolve(path);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, link.getParent().relativize(folder.resolve(target)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void drive(String name, String driver) {
        link("sys/bus/pci/devices/" + name + "/driver", "sys/bus/pci/drivers/" + driver);
    }

    @Override
    public HostRoot root() {
        return HostRoot.of(folder);
    }

    @Override
    public String bootId() {
        return "boot";
    }

    @Override
    public Guests guests() {
        return guests;
    }

    @Override
    public boolean pending(Action action) {
        return false;
    }

    @Override
    public Deed perform(Action action, Duration limit) {
        try {
            return switch (action) {
                case Action.Attach attach -> {
                    Deed deed = guests.to(attach.guest()).attach(attach.device(), attach.options(), limit);
                    if (deed instanceof Deed.Done && attach.options().getOrDefault("affect", "live").equals("live")) {
                        drive(attach.device(), "vfio-pci");
                    }
                    yield deed;
                }
                case Action.Detach detach -> {
                    Deed deed = guests.to(detach.guest()).detach(detach.device(), detach.options(), limit);
                    if (deed instanceof Deed.Done && detach.options().getOrDefault("affect", "live").equals("live")) {
                        drive(detach.device(), "e1000e");
                    }
                    yield deed;
                }
                case Action.Replace replace -> {
                    put(replace.path().substring(1), replace.text());
                    yield new Deed.Done();
                }
                case Action.Delete delete -> {
                    Files.delete(folder.resolve(delete.path().substring(1)));
                    yield new Deed.Done();
                }
                default -> new Deed.Refused("not of this fake: " + action);
            };
        } catch (IOException e) {
            return new Deed.Refused(e.toString());
        }
    }
}
