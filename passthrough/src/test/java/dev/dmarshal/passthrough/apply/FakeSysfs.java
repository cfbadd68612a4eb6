package dev.dmarshal.passthrough.apply;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A sysfs in a directory that behaves: it binds, unbinds, matches drivers by {@code driver_override}, refuses as the kernel does (drivers/base/bus.c,
 * drivers/pci/pci-driver.c), hangs where told, and loses everything when restarted.
 */
final class FakeSysfs implements Machine {

    private final Path directory;
    private final Map<String, String> native0 = new HashMap<>();
    private final Set<String> hanging = new HashSet<>();
    private final Set<Action> pending = new HashSet<>();
    private final Set<String> refusing = new HashSet<>();
    private final Guests guests = new Guests();
    private final Set<String> slots = new java.util.TreeSet<>();
    private int boots = 1;
    private java.util.function.Function<List<String>, Deed> programs = command -> new Deed.Refused("no such program: " + command.getFirst());
    private boolean nodes = true;

    FakeSysfs(Path directory) {
        this.directory = directory;
        folder("sys/bus/pci/devices");
        folder("sys/bus/pci/drivers");
        folder("sys/kernel/iommu_groups");
        folder("sys/class/vfio");
        folder("dev/vfio/devices");
        driver("vfio-pci");
    }

    FakeSysfs driver(String name) {
        folder("sys/bus/pci/drivers/" + name);
        return this;
    }

    /** A function in a group, bound to the driver that is its own. */
    FakeSysfs function(String name, int group, String driver) {
        driver(driver);
        String device = "sys/bus/pci/devices/" + name;
        folder(device);
        put(device + "/vendor", "0x8086\n");
        put(device + "/device", "0x10d3\n");
        put(device + "/driver_override", "(null)\n");
        folder("sys/kernel/iommu_groups/" + group + "/devices/" + name);
        put("sys/kernel/iommu_groups/" + group + "/type", "DMA\n");
        link(device + "/iommu_group", "sys/kernel/iommu_groups/" + group);
        native0.put(name, driver);
        bind(name, driver);
        return this;
    }

    /** A path that refuses every write. */
    FakeSysfs refuses(String path) {
        refusing.add(path);
        return this;
    }

    /** A path whose writes never return. */
    FakeSysfs hangs(String path) {
        hanging.add(path);
        return this;
    }

    /** What programs do that steps run. */
    FakeSysfs programs(java.util.function.Function<List<String>, Deed> programs) {
        this.programs = programs;
        return this;
    }

    /** A file of the host with some text. */
    FakeSysfs file(String path, String text) {
        folder(path.substring(0, path.lastIndexOf('/')));
        put(path, text);
        return this;
    }

    /** Lets go of what hung. */
    void heal() {
        hanging.clear();
        pending.clear();
        refusing.clear();
    }

    /** What a restart leaves: nothing that was written, every function with its own driver. */
    void restart() {
        boots++;
        pending.clear();
        if (!slots.isEmpty()) {
            slots.clear();
            put("sys/bus/pci/drivers/pciback/slots", "");
        }
        native0.forEach((name, driver) -> {
            put("sys/bus/pci/devices/" + name + "/driver_override", "(null)\n");
            driverOf(name).ifPresent(bound -> unbind(name, bound));
            bind(name, driver);
            put("sys/kernel/iommu_groups/" + group(name) + "/type", "DMA\n");
        });
    }

    /** Takes a function away, as hot unplug does. */
    void vanish(String name) {
        driverOf(name).ifPresent(bound -> unbind(name, bound));
        native0.remove(name);
        delete(directory.resolve("sys/bus/pci/devices/" + name));
    }

    /** Every path with its content or target: two equal maps are byte for byte the same sysfs. */
    Map<String, String> picture() {
        Map<String, String> picture = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String name = directory.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    picture.put(name, "-> " + Files.readSymbolicLink(path));
                } else {
                    picture.put(name, Files.isDirectory(path) ? "/" : Files.readString(path));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return picture;
    }

    @Override
    public HostRoot root() {
        return HostRoot.of(directory);
    }

    @Override
    public String bootId() {
        return "boot-" + boots;
    }

    @Override
    public Guests guests() {
        return guests;
    }

    @Override
    public boolean pending(Action action) {
        return pending.contains(action);
    }

    @Override
    public Deed perform(Action action, Duration limit) {
        if (action instanceof Action.Run(List<String> command)) {
            return programs.apply(command);
        }
        if (!(action instanceof Action.Write(String path, String value))) {
            return new Deed.Refused("not of this fake: " + action);
        }
        if (hanging.contains(path)) {
            pending.add(action);
            return new Deed.Hung();
        }
        if (refusing.contains(path)) {
            return new Deed.Refused("Device or resource busy");
        }
        List<String> parts = List.of(path.substring(1).split("/"));
        return switch (parts.getLast()) {
            case "unbind" -> unbindWrite(value, parts.get(4));
            case "bind" -> bindWrite(value, parts.get(4));
            case "drivers_probe" -> probe(value);
            case "driver_override" -> override(path, value);
            case "new_slot", "remove_slot" -> slot(value, parts.getLast().equals("new_slot"));
            case "type" -> type(path, value, parts.get(3));
            default -> new Deed.Refused("Permission denied");
        };
    }

    /** As drivers/iommu/iommu.c has it: no driver may be there, and the group is not asked how many devices it has. */
    private Deed type(String path, String value, String group) {
        if (members(group).stream().anyMatch(member -> driverOf(member).isPresent())) {
            return new Deed.Refused("Device or resource busy");
        }
        put(path.substring(1), value + "\n");
        return new Deed.Done();
    }

    private Deed unbindWrite(String name, String driver) {
        if (!driverOf(name).equals(Optional.of(driver))) {
            return new Deed.Refused("No such device");
        }
        unbind(name, driver);
        return new Deed.Done();
    }

    private Deed bindWrite(String name, String driver) {
        if (!there(name) || driverOf(name).isPresent() || !matches(name, driver)) {
            return new Deed.Refused("No such device");
        }
        bind(name, driver);
        return new Deed.Done();
    }

    private Deed probe(String name) {
        if (!there(name)) {
            return new Deed.Refused("No such device");
        }
        if (driverOf(name).isEmpty()) {
            String override = read("sys/bus/pci/devices/" + name + "/driver_override").strip();
            String wanted = override.equals("(null)") ? native0.get(name) : override;
            if (Files.isDirectory(directory.resolve("sys/bus/pci/drivers/" + wanted)) && !refusing.contains("probe:" + wanted)) {
                bind(name, wanted);
            }
        }
        return new Deed.Done();
    }

    /** pciback takes what is registered with it and nothing else (drivers/xen/xen-pciback/pci_stub.c); a slot can be registered once. */
    private Deed slot(String name, boolean add) {
        if (add == slots.contains(name)) {
            return new Deed.Refused(add ? "File exists" : "No such device");
        }
        if (add) {
            slots.add(name);
        } else {
            slots.remove(name);
        }
        put("sys/bus/pci/drivers/pciback/slots", String.join("", slots.stream().map(slot -> slot + "\n").toList()));
        return new Deed.Done();
    }

    private Deed override(String path, String value) {
        if (!Files.exists(directory.resolve(path.substring(1)))) {
            return new Deed.Refused("No such file or directory");
        }
        put(path.substring(1), (value.isEmpty() ? "(null)" : value) + "\n");
        return new Deed.Done();
    }

    private boolean matches(String name, String driver) {
        if (driver.equals("pciback")) {
            return slots.contains(name);
        }
        String override = read("sys/bus/pci/devices/" + name + "/driver_override").strip();
        return override.equals("(null)") ? driver.equals(native0.get(name)) : override.equals(driver);
    }

    private boolean there(String name) {
        return Files.isDirectory(directory.resolve("sys/bus/pci/devices/" + name));
    }

    private Optional<String> driverOf(String name) {
        Path link = directory.resolve("sys/bus/pci/devices/" + name + "/driver");
        try {
            return Files.exists(link, LinkOption.NOFOLLOW_LINKS) ? Optional.of(Files.readSymbolicLink(link).getFileName().toString()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bind(String name, String driver) {
        link("sys/bus/pci/devices/" + name + "/driver", "sys/bus/pci/drivers/" + driver);
        link("sys/bus/pci/drivers/" + driver + "/" + name, "sys/bus/pci/devices/" + name);
        if (driver.equals("vfio-pci") && nodes) {
            String group = group(name);
            folder("sys/bus/pci/devices/" + name + "/vfio-dev/vfio" + name.charAt(name.length() - 1));
            put("sys/bus/pci/devices/" + name + "/vfio-dev/vfio" + name.charAt(name.length() - 1) + "/dev", "511:0\n");
            folder("sys/class/vfio/" + group);
            put("dev/vfio/" + group, "");
            put("dev/vfio/devices/vfio" + name.charAt(name.length() - 1), "");
        }
    }

    private String group(String name) {
        try {
            return Files.readSymbolicLink(directory.resolve("sys/bus/pci/devices/" + name + "/iommu_group")).getFileName().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** vfio-pci binds from now on, but nobody makes nodes, as where devtmpfs is not mounted. */
    FakeSysfs withoutNodes() {
        nodes = false;
        return this;
    }

    private void unbind(String name, String driver) {
        delete(directory.resolve("sys/bus/pci/devices/" + name + "/driver"));
        delete(directory.resolve("sys/bus/pci/drivers/" + driver + "/" + name));
        if (driver.equals("vfio-pci") && nodes) {
            delete(directory.resolve("sys/bus/pci/devices/" + name + "/vfio-dev"));
            delete(directory.resolve("dev/vfio/devices/vfio" + name.charAt(name.length() - 1)));
            String group = group(name);
            if (members(group).stream().noneMatch(member -> driverOf(member).equals(Optional.of("vfio-pci")))) {
                delete(directory.resolve("sys/class/vfio/" + group));
                delete(directory.resolve("dev/vfio/" + group));
            }
        }
    }

    private List<String> members(String group) {
        try (Stream<Path> paths = Files.list(directory.resolve("sys/kernel/iommu_groups/" + group + "/devices"))) {
            return paths.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void folder(String path) {
        try {
            Files.createDirectories(directory.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(String path, String text) {
        try {
            Files.writeString(directory.resolve(path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(String path) {
        try {
            return Files.readString(directory.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void link(String path, String target) {
        try {
            Path link = directory.resolve(path);
            Files.createSymbolicLink(link, link.getParent().relativize(directory.resolve(target)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) {
        try (Stream<Path> paths = Files.isSymbolicLink(path) ? Stream.of(path) : Files.walk(path)) {
            for (Path one : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
