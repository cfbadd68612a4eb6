package dev.dmarshal.core.acpi;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A device scope entry of a DMAR table (VT-d specification, section 8.3.1): a device named by the bus on which its path starts and the way down through
 * bridges. The path stays a path here, because bus numbers behind bridges are known only to who reads the bridges ({@link ScopeResolver}).
 *
 * @param type          entry type, 0 to 255; those that the specification knows are in {@link Kind}
 * @param flags         flags of the entry, meant in SIDP structures, reserved elsewhere
 * @param enumerationId I/O APIC id, HPET number or ACPI device number, by type
 * @param startBus      bus on which the path starts, 0 to 255
 * @param path          device and function on each bus on the way, the last one is the device
 */
public record DeviceScope(int type, int flags, int enumerationId, int startBus, List<Hop> path) {

    /** Requests without PASID must not use nested translation (SIDP). */
    public static final BitField REQUESTS_WITHOUT_PASID_NOT_NESTED = BitField.of("REQ_WO_PASID_NESTED_NOTALLOWED", 0, 1);
    /** Requests without PASID must not use page-walk snoop (SIDP). */
    public static final BitField REQUESTS_WITHOUT_PASID_NO_PWSNP = BitField.of("REQ_WO_PASID_PWSNP_NOTALLOWED", 1, 1);
    /** Requests without PASID must not use page snoop (SIDP). */
    public static final BitField REQUESTS_WITHOUT_PASID_NO_PGSNP = BitField.of("REQ_WO_PASID_PGSNP_NOTALLOWED", 2, 1);
    /** The device's address translation cache is hardened (SIDP). */
    public static final BitField ATC_HARDENED = BitField.of("ATC_HARDENED", 3, 1);
    /** The device needs its address translation cache to work (SIDP). */
    public static final BitField ATC_REQUIRED = BitField.of("ATC_REQUIRED", 4, 1);

    /** All flags that the specification has, lowest bit first. */
    public static final List<BitField> FLAGS = List.of(REQUESTS_WITHOUT_PASID_NOT_NESTED, REQUESTS_WITHOUT_PASID_NO_PWSNP, REQUESTS_WITHOUT_PASID_NO_PGSNP,
            ATC_HARDENED, ATC_REQUIRED);

    /** Kinds of devices that a scope entry can name. */
    public enum Kind {
        /** A PCI function that is no bridge. */
        ENDPOINT(1, "PCI endpoint"),
        /** A bridge and all that lies below it. */
        BRIDGE(2, "PCI sub-hierarchy"),
        /** An I/O APIC, by its id; the path is its requester id. */
        IOAPIC(3, "I/O APIC"),
        /** An HPET that can send messages. */
        HPET(4, "HPET"),
        /** A device of the ACPI namespace, declared by an ANDD structure with the same number. */
        NAMESPACE(5, "ACPI namespace device"),
        /** A type that the specification does not know, or did not when this was written. */
        UNKNOWN(0, "unknown");

        private final int type;
        private final String words;

        Kind(int type, String words) {
            this.type = type;
            this.words = words;
        }

        /** The type number in a table; none for {@link #UNKNOWN}, which is refused. */
        public int type() {
            if (this == UNKNOWN) {
                throw new IllegalStateException("unknown types have no number");
            }
            return type;
        }

        /** The kind in words. */
        public String words() {
            return words;
        }

        static Kind of(int type) {
            for (Kind kind : values()) {
                if (kind.type == type && kind != UNKNOWN) {
                    return kind;
                }
            }
            return UNKNOWN;
        }
    }

    /**
     * One step of a path, as the table has it: device numbers above 31 and functions above 7 are malformed but kept.
     *
     * @param device   0 to 255
     * @param function 0 to 255
     */
    public record Hop(int device, int function) {

        /** Refuses what is no byte. */
        public Hop {
            DeviceScope.requireByte("device", device);
            DeviceScope.requireByte("function", function);
        }

        /** Whether PCI has such a device and function. */
        public boolean valid() {
            return device < 32 && function < 8;
        }

        /** {@code dd.f}, lower case. */
        @Override
        public String toString() {
            return DeviceScope.twoDigits(device) + "." + Integer.toHexString(function);
        }
    }

    /** Refuses what does not fit a byte; copies the path. */
    public DeviceScope {
        requireByte("type", type);
        requireByte("flags", flags);
        requireByte("enumerationId", enumerationId);
        requireByte("startBus", startBus);
        path = List.copyOf(path);
    }

    /** A scope entry without flags. */
    public static DeviceScope of(Kind kind, int enumerationId, int startBus, Hop... path) {
        return new DeviceScope(kind.type(), 0, enumerationId, startBus, List.of(path));
    }

    /** An endpoint directly on {@code bus}. */
    public static DeviceScope endpoint(int bus, int device, int function) {
        return of(Kind.ENDPOINT, 0, bus, new Hop(device, function));
    }

    /** A bridge directly on {@code bus}. */
    public static DeviceScope bridge(int bus, int device, int function) {
        return of(Kind.BRIDGE, 0, bus, new Hop(device, function));
    }

    /** What the type means. */
    public Kind kind() {
        return Kind.of(type);
    }

    /** The path with its start bus: {@code bb:dd.f} and {@code /dd.f} for each further step. */
    public String pathText() {
        return twoDigits(startBus) + ":" + path.stream().map(Hop::toString).collect(Collectors.joining("/"));
    }

    private static void requireByte(String name, int value) {
        if (value >>> 8 != 0) {
            throw new IllegalArgumentException(name + " has 8 bits: " + value);
        }
    }

    private static String twoDigits(int value) {
        return (value < 16 ? "0" : "") + Integer.toHexString(value);
    }
}
