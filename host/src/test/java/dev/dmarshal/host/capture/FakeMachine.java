package dev.dmarshal.host.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A machine in a directory, with as much of sysfs, procfs and /etc as the list of inputs asks for; what it lacks is chance. */
public final class FakeMachine {

    private static final List<String> ATTRIBUTES = List.of("vendor", "device", "class", "resource", "reset_method", "d3cold_allowed", "numa_node",
            "boot_vga", "rom",
            "vpd", "sriov_totalvfs", "enable", "not_on_the_list");

    private final Path root;

    /** A machine with nothing in it. */
    public FakeMachine(Path root) {
        this.root = root;
    }

    /** Puts something at a place. */
    public FakeMachine file(String path, String text) throws IOException {
        return bytes(path, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Puts something at a place. */
    public FakeMachine bytes(String path, byte[] bytes) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return this;
    }

    /** Puts something at a place. */
    public FakeMachine link(String path, String target) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
        return this;
    }

    /** Puts something at a place. */
    public FakeMachine folder(String path) throws IOException {
        Files.createDirectories(root.resolve(path.substring(1)));
        return this;
    }

    /** A function below a root port, as sysfs has it; where it is. */
    public String function(String address) throws IOException {
        String place = "/sys/devices/pci0000:00/0000:00:1c.0/" + address;
        folder(place);
        link("/sys/bus/pci/devices/" + address, "../../../devices/pci0000:00/0000:00:1c.0/" + address);
        return place;
    }

    /** Some functions with some of their attributes, groups, disks and settings. */
    public FakeMachine random(Random random) throws IOException {
        file("/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
        for (int i = random.nextInt(5); i >= 0; i--) {
            String address = "0000:0" + i + ":00.0";
            String place = function(address);
            for (String attribute : ATTRIBUTES) {
                if (random.nextBoolean()) {
                    file(place + "/" + attribute, attribute + " " + random.nextInt(100) + "\n");
                }
            }
            byte[] config = new byte[random.nextBoolean() ? 256 : 4096];
            random.nextBytes(config);
            bytes(place + "/config", config);
            if (random.nextBoolean()) {
                link(place + "/driver", "../../../../bus/pci/drivers/vfio-pci");
                folder("/sys/bus/pci/drivers/vfio-pci");
            }
            if (random.nextBoolean()) {
                link(place + "/iommu_group", "../../../../kernel/iommu_groups/" + i);
                file("/sys/kernel/iommu_groups/" + i + "/type", "DMA\n");
                link("/sys/kernel/iommu_groups/" + i + "/devices/" + address, "../../../../devices/pci0000:00/0000:00:1c.0/" + address);
            }
        }
        for (String path : List.of("/proc/cmdline", "/proc/mounts", "/etc/default/grub", "/boot/grub/grub.cfg", "/boot/config-6.1.0-9-amd64",
                "/sys/firmware/acpi/tables/DMAR", "/sys/firmware/acpi/tables/SSDT1", "/etc/modprobe.d/vfio.conf", "/.output/dmesg", "/proc/net/route",
                "/sys/module/kvm/parameters/ignore_msrs", "/sys/module/kvm/refcnt", "/run/.containerenv")) {
            if (random.nextBoolean()) {
                file(path, path + " " + random.nextInt() + "\n");
            }
        }
        if (random.nextBoolean()) {
            folder("/dev/vfio").link("/etc/os-release", "../usr/lib/os-release").file("/usr/lib/os-release", "ID=debian\n");
        }
        return this;
    }
}
