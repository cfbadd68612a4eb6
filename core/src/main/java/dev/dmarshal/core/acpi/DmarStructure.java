package dev.dmarshal.core.acpi;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/** A remapping structure of a DMAR table (VT-d specification, sections 8.3 to 8.9). */
public sealed interface DmarStructure {

    /** Type number in the table, 0 to 65535. */
    int type();

    /** The specification's short name. */
    String name();

    /** Structures that name devices. */
    sealed interface Scoped extends DmarStructure {

        /** PCI segment of all its devices. */
        int segment();

        /** The devices. */
        List<DeviceScope> scopes();
    }

    /**
     * Type 0: one remapping hardware unit (section 8.3).
     *
     * @param flags   8 bits, see {@link #INCLUDE_PCI_ALL}
     * @param size    8 bits; bits 3:0 are the size of the register set as a power of two of 4 KiB pages (reserved before VT-d 4.0)
     * @param segment PCI segment
     * @param base    physical address of the registers
     * @param scopes  devices under this unit
     */
    record Drhd(int flags, int size, int segment, long base, List<DeviceScope> scopes) implements Scoped {

        /** Type number. */
        public static final int TYPE = 0;
        /** All devices of the segment that no other unit names are under this unit. */
        public static final BitField INCLUDE_PCI_ALL = BitField.of("INCLUDE_PCI_ALL", 0, 1);
        /** Register set size: 2^N pages of 4 KiB. */
        public static final BitField SIZE = BitField.of("Size", 0, 4);

        /** Copies the list. */
        public Drhd {
            scopes = List.copyOf(scopes);
        }

        /** Whether the unit takes all devices of its segment that no other names. */
        public boolean includePciAll() {
            return INCLUDE_PCI_ALL.isSet(flags);
        }

        /** Size of the register set, bytes. */
        public long registerBytes() {
            return 4096L << SIZE.get(size);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "DRHD";
        }
    }

    /**
     * Type 1: memory that devices use from firmware's time on (section 8.4).
     *
     * @param segment PCI segment
     * @param base    first address
     * @param limit   last address, inclusive; may lie below {@code base} in a broken table
     * @param scopes  devices that use it
     */
    record Rmrr(int segment, long base, long limit, List<DeviceScope> scopes) implements Scoped {

        /** Type number. */
        public static final int TYPE = 1;

        /** Copies the list. */
        public Rmrr {
            scopes = List.copyOf(scopes);
        }

        /** Whether the limit lies below the base. */
        public boolean inverted() {
            return Long.compareUnsigned(limit, base) < 0;
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "RMRR";
        }
    }

    /**
     * Type 2: root ports that support ATS (section 8.5).
     *
     * @param flags   8 bits, see {@link #ALL_PORTS}
     * @param segment PCI segment
     * @param scopes  root ports
     */
    record Atsr(int flags, int segment, List<DeviceScope> scopes) implements Scoped {

        /** Type number. */
        public static final int TYPE = 2;
        /** All root ports of the segment support ATS. */
        public static final BitField ALL_PORTS = BitField.of("ALL_PORTS", 0, 1);

        /** Copies the list. */
        public Atsr {
            scopes = List.copyOf(scopes);
        }

        /** Whether all root ports of the segment are meant. */
        public boolean allPorts() {
            return ALL_PORTS.isSet(flags);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "ATSR";
        }
    }

    /**
     * Type 3: to which memory a unit is near (section 8.6).
     *
     * @param base            register base address of the unit
     * @param proximityDomain as in the SRAT table, unsigned 32 bits
     */
    record Rhsa(long base, long proximityDomain) implements DmarStructure {

        /** Type number. */
        public static final int TYPE = 3;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "RHSA";
        }
    }

    /**
     * Type 4: a device of the ACPI namespace that scopes can name (section 8.7).
     *
     * @param deviceNumber 8 bits, the enumeration id of scope entries that mean it
     * @param objectName   path in the namespace, up to the first zero byte
     * @param terminated   whether that zero byte was there
     */
    record Andd(int deviceNumber, String objectName, boolean terminated) implements DmarStructure {

        /** Type number. */
        public static final int TYPE = 4;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "ANDD";
        }
    }

    /**
     * Type 5: integrated devices with an address translation cache (section 8.8).
     *
     * @param flags   8 bits, see {@link #ATC_REQUIRED}
     * @param segment PCI segment
     * @param scopes  devices
     */
    record Satc(int flags, int segment, List<DeviceScope> scopes) implements Scoped {

        /** Type number. */
        public static final int TYPE = 5;
        /** The devices need their cache to work; without ATS they must not be used. */
        public static final BitField ATC_REQUIRED = BitField.of("ATC_REQUIRED", 0, 1);

        /** Copies the list. */
        public Satc {
            scopes = List.copyOf(scopes);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "SATC";
        }
    }

    /**
     * Type 6: properties of integrated devices, in the flags of its scope entries (section 8.9).
     *
     * @param segment PCI segment
     * @param scopes  devices, with flags
     */
    record Sidp(int segment, List<DeviceScope> scopes) implements Scoped {

        /** Type number. */
        public static final int TYPE = 6;

        /** Copies the list. */
        public Sidp {
            scopes = List.copyOf(scopes);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public String name() {
            return "SIDP";
        }
    }

    /**
     * A structure of a type that the specification does not know, or one too short for its type.
     *
     * @param type type number
     * @param body what follows type and length
     */
    record Unknown(int type, TableBytes body) implements DmarStructure {

        @Override
        public String name() {
            return "unknown structure";
        }
    }
}
