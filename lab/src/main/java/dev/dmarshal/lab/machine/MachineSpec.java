package dev.dmarshal.lab.machine;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A machine: what QEMU is told. The boot files are separate ({@link Boot}), because the same machine boots Linux or Xen.
 *
 * @param memoryMib   its memory in MiB
 * @param cpus        its processors
 * @param cpuModel    QEMU's name of the processor, such as {@code max} or {@code qemu64}
 * @param iommu       properties of {@code intel-iommu}; empty for a machine without VT-d
 * @param parts       ports, bridges and devices, in the order in which QEMU is told
 * @param disks       its disks
 * @param shares      folders shared over 9p
 * @param memoryFile  a file that holds the guest's memory, byte for byte, while it runs; guest memory above 3 GiB continues after that of below
 * @param counted     whether time inside goes by the instructions that were executed, not by this machine's clock: time limits inside then hold on a busy
 *                    machine too, and idle time passes at once; costs about a third more
 */
public record MachineSpec(int memoryMib, int cpus, String cpuModel, Optional<Map<String, String>> iommu, List<Part> parts, List<Disk> disks, List<Share> shares,
        Optional<Path> memoryFile, boolean counted) {

    private static final int LEAST_MEMORY_MIB = 64;
    private static final int MOST_MEMORY_MIB = 64 * 1024;
    private static final int MOST_CPUS = 64;

    /** A machine of 1 GiB and one processor with VT-d and interrupt remapping, and nothing on its buses. */
    public static Builder builder() {
        return new Builder();
    }

    /** The same machine with one more disk. */
    public MachineSpec with(Disk disk) {
        List<Disk> more = new ArrayList<>(disks);
        more.add(disk);
        return new MachineSpec(memoryMib, cpus, cpuModel, iommu, parts, List.copyOf(more), shares, memoryFile, counted);
    }

    /** The same machine with its memory in this file, where others can read it while the guest runs. */
    public MachineSpec withMemoryIn(Path file) {
        return new MachineSpec(memoryMib, cpus, cpuModel, iommu, parts, disks, shares, Optional.of(file), counted);
    }

    /** Collects a description; {@link #build} checks it. */
    public static final class Builder {

        private int memoryMib = 1024;
        private int cpus = 1;
        private String cpuModel = "max";
        private Optional<Map<String, String>> iommu = Optional.of(defaults());
        private final List<Part> parts = new ArrayList<>();
        private final List<Disk> disks = new ArrayList<>();
        private final List<Share> shares = new ArrayList<>();
        private Optional<Path> memoryFile = Optional.empty();
        private boolean counted;

        private Builder() {
        }

        private static Map<String, String> defaults() {
            Map<String, String> options = new LinkedHashMap<>();
            options.put("intremap", "on");
            options.put("caching-mode", "on");
            return options;
        }

        /** Sets the memory in MiB. */
        public Builder memory(int mib) {
            memoryMib = mib;
            return this;
        }

        /** Sets the number of processors and their model. */
        public Builder processors(int count, String model) {
            cpus = count;
            cpuModel = model;
            return this;
        }

        /** Sets one property of {@code intel-iommu}, such as {@code aw-bits}. */
        public Builder iommu(String property, String value) {
            Map<String, String> more = new LinkedHashMap<>(iommu.orElse(Map.of()));
            more.put(property, value);
            iommu = Optional.of(more);
            return this;
        }

        /** Takes VT-d out of the machine. */
        public Builder withoutIommu() {
            iommu = Optional.empty();
            return this;
        }

        /** Adds a port, bridge or device. What it sits on comes before it. */
        public Builder part(Part part) {
            parts.add(part);
            return this;
        }

        /** Adds a disk. */
        public Builder disk(Disk disk) {
            disks.add(disk);
            return this;
        }

        /** Adds a shared folder. */
        public Builder share(String tag, Path folder) {
            shares.add(new Share(tag, folder));
            return this;
        }

        /** Keeps the guest's memory in this file, where others can read it while the guest runs. */
        public Builder memoryFile(Path file) {
            memoryFile = Optional.of(file);
            return this;
        }

        /** Lets time inside go by executed instructions. */
        public Builder countedTime() {
            counted = true;
            return this;
        }

        /** The description, if it makes sense. */
        public MachineSpec build() throws LabFailure {
            check(memoryMib >= LEAST_MEMORY_MIB && memoryMib <= MOST_MEMORY_MIB, "memory is " + LEAST_MEMORY_MIB + " to " + MOST_MEMORY_MIB + " MiB");
            check(cpus >= 1 && cpus <= MOST_CPUS, "a machine has 1 to " + MOST_CPUS + " processors");
            Set<String> buses = new HashSet<>(Set.of(Part.ROOT_COMPLEX));
            Set<String> ids = new HashSet<>();
            List<Part> all = new ArrayList<>(parts);
            disks.forEach(disk -> all.add(disk.part()));
            for (Part part : all) {
                check(part.id().matches("[A-Za-z][A-Za-z0-9_-]*"), "a name begins with a letter and has letters, digits, dashes: " + part.id());
                check(ids.add(part.id()), "two parts are called " + part.id());
                check(buses.contains(part.on()), part.id() + " sits on " + part.on() + ", which nothing before it makes");
                check(part.address().isEmpty() || part.address().get().matches("[01]?[0-9a-fA-F](\\.[0-7])?"), part.id() + ": an address is dd.f, not "
                        + part.address().orElse(""));
                buses.add(part.id());
            }
            return new MachineSpec(memoryMib, cpus, cpuModel, iommu, List.copyOf(parts), List.copyOf(disks), List.copyOf(shares), memoryFile, counted);
        }

        private static void check(boolean holds, String rule) throws LabFailure {
            if (!holds) {
                throw new LabFailure(Kind.DESCRIPTION, rule);
            }
        }
    }
}
