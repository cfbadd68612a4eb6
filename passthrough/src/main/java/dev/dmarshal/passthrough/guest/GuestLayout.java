package dev.dmarshal.passthrough.guest;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The PCI side of a guest: its buses, and which addresses on them are taken.
 *
 * @param running whether the guest runs; if not, this is what it will have at its next start
 * @param q35     whether its machine is a q35, whose root bus takes nothing while it runs; else an i440fx, whose root bus does
 * @param buses   all buses, the root bus first
 * @param plugged the host's functions that it has, and where
 */
public record GuestLayout(boolean running, boolean q35, List<Bus> buses, List<Plugged> plugged) {

    /** Keeps its own copies. */
    public GuestLayout {
        buses = List.copyOf(buses);
        plugged = List.copyOf(plugged);
    }

    /** What a bus hangs on. */
    public enum Kind {
        /** The root bus of a q35: integrated endpoints, nothing while it runs. */
        PCIE_ROOT,
        /** The root bus of an i440fx: 32 slots, also while it runs. */
        PCI_ROOT,
        /** A PCIe root port or a switch's downstream port: one slot. */
        PORT,
        /** A conventional PCI bridge: slots 1 to 31; a PCIe device there shows no extended configuration space. */
        CONVENTIONAL,
        /** A switch's upstream port and the like: takes no endpoints. */
        INNER
    }

    /**
     * One bus.
     *
     * @param number its number, for libvirt the index of its controller
     * @param id     QEMU's name of the bus, if known
     * @param kind   what it hangs on
     * @param used   addresses that are taken, {@code slot << 3 | function}
     */
    public record Bus(int number, Optional<String> id, Kind kind, SortedSet<Integer> used) {

        /** Keeps its own copy. */
        public Bus {
            used = Collections.unmodifiableSortedSet(new TreeSet<>(used));
        }

        /** A bus with these addresses taken. */
        public static Bus of(int number, Kind kind, Set<Integer> used) {
            return new Bus(number, Optional.empty(), kind, new TreeSet<>(used));
        }

        /** Whether no function sits in a slot. */
        public boolean free(int slot) {
            return used.subSet(slot << 3, (slot + 1) << 3).isEmpty();
        }
    }

    /**
     * A function of the host in the guest.
     *
     * @param host    the host's address
     * @param guest   where the guest sees it, if it was given an address already
     * @param managed whether libvirt binds it; never with plain QEMU
     */
    public record Plugged(Sbdf host, Optional<Sbdf> guest, boolean managed) {
    }

    /** Where the guest sees a function of the host, if it has it. */
    public Optional<Plugged> plugged(Sbdf host) {
        return plugged.stream().filter(one -> one.host().equals(host)).findFirst();
    }
}
