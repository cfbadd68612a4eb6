package dev.dmarshal.core.pci;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What somebody wrote to name one device or several, taken at its word: nothing is guessed. {@link #parse} reads every notation in use,
 * {@link #toString} writes the canonical one of its kind, and parsing that gives the same value back.
 */
public sealed interface DeviceNotation {

    /** Reads {@code text}; a {@link Refused} says why it cannot be read and what may have been meant. */
    static DeviceNotation parse(String text) {
        return DeviceNotationParser.parse(text);
    }

    /**
     * One function: {@code 0000:01:00.0}, {@code 01:00.0}, {@code pci_0000_01_00_0}, {@code 0000_01_00_0}, libvirt's address element, a sysfs path.
     *
     * @param address        the function
     * @param segmentAssumed whether the text has no segment and 0 was taken
     */
    record Function(Sbdf address, boolean segmentAssumed) implements DeviceNotation {
        @Override
        public String toString() {
            return segmentAssumed ? address.sourceId().toString() : address.toString();
        }
    }

    /**
     * All functions of a slot: {@code 01:00} (Proxmox) or {@code 01:00.*}.
     *
     * @param segment        PCI segment
     * @param bus            0 to 255
     * @param device         0 to 31
     * @param segmentAssumed whether the text has no segment and 0 was taken
     */
    record Slot(int segment, int bus, int device, boolean segmentAssumed) implements DeviceNotation {

        /** Refuses what is no slot. */
        public Slot {
            new Sbdf(segment, bus, device, 0);
        }

        @Override
        public String toString() {
            String place = Sbdf.hex(bus, 2) + ":" + Sbdf.hex(device, 2);
            return segmentAssumed ? place : Sbdf.hex(segment, 4) + ":" + place;
        }
    }

    /**
     * A device as Xen's tools write it, with where it shall appear in the guest: {@code [DDDD:]BB:SS.F[@VSLOT][=VFN][,key=value]…}, where F may be
     * {@code *}, a list or a range (Xen's BDF notation; docs/misc/xl-pci-configuration).
     *
     * @param slot             where the functions are; its functions are chosen by {@code functions}
     * @param functions        function numbers in the order written; all of the slot if empty
     * @param virtualSlot      slot in the guest
     * @param virtualFunctions functions in the guest, one for each of {@code functions}; empty if not said
     * @param options          what follows, such as {@code permissive=1}
     */
    record XenAssignment(Slot slot, List<Integer> functions, OptionalInt virtualSlot, List<Integer> virtualFunctions, List<String> options)
            implements DeviceNotation {

        /** Copies the lists. */
        public XenAssignment {
            functions = List.copyOf(functions);
            virtualFunctions = List.copyOf(virtualFunctions);
            options = List.copyOf(options);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(slot.toString()).append('.').append(functions.isEmpty() ? "*" : list(functions));
            virtualSlot.ifPresent(value -> text.append('@').append(Integer.toHexString(value)));
            if (!virtualFunctions.isEmpty()) {
                text.append('=').append(list(virtualFunctions));
            }
            options.forEach(option -> text.append(',').append(option));
            return text.toString();
        }

        private static String list(List<Integer> numbers) {
            return String.join(",", numbers.stream().map(String::valueOf).toList());
        }
    }

    /**
     * The bridges on the way and the function at the end, by devfn only below the root bus: Qubes' {@code 00_02.2-00_00.0} and the like. Bus numbers
     * may change from boot to boot; the path does not.
     *
     * @param root the first hop, on a root bus
     * @param hops the next hops: device and function behind the bridge before
     */
    record BridgePath(Function root, List<Hop> hops) implements DeviceNotation {

        /** Copies the list. */
        public BridgePath {
            hops = List.copyOf(hops);
        }

        /** A device and function behind a bridge. */
        public record Hop(int device, int function) {
            /** Refuses what is out of range. */
            public Hop {
                SourceId.of(0, device, function);
            }
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(root.segmentAssumed() ? "" : Sbdf.hex(root.address().segment(), 4) + "_");
            text.append(Sbdf.hex(root.address().bus(), 2)).append('_').append(Sbdf.hex(root.address().device(), 2)).append('.')
                    .append(root.address().function());
            hops.forEach(hop -> text.append("-00_").append(Sbdf.hex(hop.device(), 2)).append('.').append(hop.function()));
            return text.toString();
        }
    }

    /**
     * Every device of a kind: {@code 8086:10b9} or {@code 8086:10b9:103c:1234}. Names no device of its own: there may be none or several.
     *
     * @param vendor    16 bits
     * @param product   16 bits
     * @param subsystem subsystem vendor in the upper half, device in the lower, if written
     */
    record Ids(int vendor, int product, OptionalInt subsystem) implements DeviceNotation {
        @Override
        public String toString() {
            String ids = Sbdf.hex(vendor, 4) + ":" + Sbdf.hex(product, 4);
            return subsystem.isPresent() ? ids + ":" + Sbdf.hex(subsystem.getAsInt() >>> 16, 4) + ":" + Sbdf.hex(subsystem.getAsInt() & 0xffff, 4) : ids;
        }
    }

    /** Several, written with {@code ;} between them (Proxmox) or in the parentheses of {@code pciback.hide=(…)(…)}. */
    record Several(List<DeviceNotation> each) implements DeviceNotation {

        /** Copies the list. */
        public Several {
            each = List.copyOf(each);
        }

        @Override
        public String toString() {
            return String.join(";", each.stream().map(DeviceNotation::toString).toList());
        }
    }

    /**
     * Nothing that could be read without guessing.
     *
     * @param text       what was written
     * @param reason     why it cannot be read
     * @param candidates canonical forms of what may have been meant; empty if there is no telling
     */
    record Refused(String text, String reason, List<String> candidates) implements DeviceNotation {

        /** Copies the list. */
        public Refused {
            candidates = List.copyOf(candidates);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The one function that it names, if it names exactly one. */
    default Optional<Sbdf> function() {
        return switch (this) {
            case Function one -> Optional.of(one.address());
            case XenAssignment xen when xen.functions().size() == 1 ->
                    Optional.of(new Sbdf(xen.slot().segment(), xen.slot().bus(), xen.slot().device(), xen.functions().getFirst()));
            default -> Optional.empty();
        };
    }
}
