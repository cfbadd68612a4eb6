package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of one PCI function, as far as it decides who shares a requester id with it and who can reach it directly. What was not measured is empty.
 *
 * @param address       where
 * @param ids           who made it
 * @param classCode     24-bit class code
 * @param multifunction the multi-function bit of its header; empty where the header was not read
 * @param role          what it is in the fabric
 * @param acs           its access control services
 * @param buses         the buses behind it, for a bridge
 * @param links         relations that its configuration space does not show
 */
public record PciFunction(Sbdf address, FunctionIds ids, OptionalInt classCode, Optional<Boolean> multifunction, Optional<FabricRole> role, Acs acs,
        Optional<BusRange> buses, FunctionLinks links) {

    /** First segment number that Linux gives to VMD domains (drivers/pci/controller/vmd.c, vmd_find_free_domain). */
    public static final int FIRST_VMD_SEGMENT = 0x10000;
    private static final int BRIDGE_CLASS = 0x0604;

    /** A function of which only the address is known. */
    public static PciFunction at(Sbdf address) {
        return new PciFunction(address, FunctionIds.UNKNOWN, OptionalInt.empty(), Optional.empty(), Optional.empty(), Acs.UNMEASURED, Optional.empty(),
                FunctionLinks.NONE);
    }

    /** With other ids. */
    public PciFunction with(FunctionIds other) {
        return new PciFunction(address, other, classCode, multifunction, role, acs, buses, links);
    }

    /** With a class code. */
    public PciFunction withClass(int code) {
        return new PciFunction(address, ids, OptionalInt.of(code), multifunction, role, acs, buses, links);
    }

    /** With the multi-function bit of its header. */
    public PciFunction withMultifunction(boolean bit) {
        return new PciFunction(address, ids, classCode, Optional.of(bit), role, acs, buses, links);
    }

    /** With a place in the fabric. */
    public PciFunction with(FabricRole type) {
        return new PciFunction(address, ids, classCode, multifunction, Optional.of(type), acs, buses, links);
    }

    /** With other access control services. */
    public PciFunction with(Acs other) {
        return new PciFunction(address, ids, classCode, multifunction, role, other, buses, links);
    }

    /** With buses behind it. */
    public PciFunction with(BusRange range) {
        return new PciFunction(address, ids, classCode, multifunction, role, acs, Optional.of(range), links);
    }

    /** With other relations. */
    public PciFunction with(FunctionLinks other) {
        return new PciFunction(address, ids, classCode, multifunction, role, acs, buses, other);
    }

    /** The same function at another address. */
    public PciFunction movedTo(Sbdf other) {
        return new PciFunction(other, ids, classCode, multifunction, role, acs, buses, FunctionLinks.NONE);
    }

    /** Whether it is a PCI-to-PCI bridge: it has buses behind it, or says so by its class. */
    public boolean bridge() {
        return buses.isPresent() || classCode.isPresent() && classCode.getAsInt() >>> 8 == BRIDGE_CLASS;
    }

    /** Whether it is an SR-IOV virtual function. */
    public boolean virtual() {
        return links.physicalFunction().isPresent();
    }

    /** Device number and function number in one byte. */
    public int devfn() {
        return address.sourceId().devfn();
    }

    /** In words, such as {@code root port 0000:00:1c.0}. */
    public String described() {
        String what = role.map(type -> type == FabricRole.CONVENTIONAL && bridge() ? "conventional PCI bridge" : type.label())
                .orElse(bridge() ? "bridge" : "function");
        return (virtual() ? "virtual function" : what) + " " + address;
    }
}
