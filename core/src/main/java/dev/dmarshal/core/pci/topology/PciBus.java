package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** One bus of a {@link PciTree}: what is on it, and what it hangs from. */
public final class PciBus {

    /** How a bus hangs in the tree. */
    public enum Kind {
        /** Right below a host bridge. */
        ROOT,
        /** Below a bridge that is known. */
        BRIDGED,
        /** Only virtual functions are on it: it exists by their numbers alone (Linux drivers/pci/iov.c, virtfn_add_bus). */
        VIRTUAL,
        /** The bridge above it was not measured. */
        ORPHAN
    }

    private final int segment;
    private final int number;
    private final List<PciFunction> functions = new ArrayList<>();
    private Kind kind = Kind.ROOT;
    private Optional<PciFunction> bridge = Optional.empty();
    private Optional<PciBus> parent = Optional.empty();

    PciBus(int segment, int number) {
        this.segment = segment;
        this.number = number;
    }

    void add(PciFunction function) {
        functions.add(function);
    }

    void hang(Kind how, PciFunction below, PciBus from) {
        kind = how;
        bridge = Optional.ofNullable(below);
        parent = Optional.ofNullable(from);
    }

    /** PCI segment. */
    public int segment() {
        return segment;
    }

    /** Bus number, 0 to 255. */
    public int number() {
        return number;
    }

    /** What is on it, by device and function. */
    public List<PciFunction> functions() {
        return Collections.unmodifiableList(functions);
    }

    /** How it hangs in the tree. */
    public Kind kind() {
        return kind;
    }

    /** The bridge right above it; none for root, virtual and orphan buses. */
    public Optional<PciFunction> bridge() {
        return bridge;
    }

    /** The next bus towards the root; none for root and orphan buses. */
    public Optional<PciBus> parent() {
        return parent;
    }

    /** {@code dddd:bb}, as sysfs names a host bridge after it. */
    @Override
    public String toString() {
        String address = new Sbdf(segment, number, 0, 0).toString();
        return address.substring(0, address.lastIndexOf(':'));
    }
}
