package dev.dmarshal.core.acpi;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.OptionalLong;

/** A block of an IVRS table (AMD I/O Virtualization Technology specification, section "I/O Virtualization ACPI Table"). */
public sealed interface IvrsBlock {

    /** Type number in the table, 0 to 255. */
    int type();

    /** The specification's short name. */
    String name();

    /**
     * Types 10h, 11h and 40h: one IOMMU and the devices under it.
     *
     * @param type             10h, 11h or 40h
     * @param flags            8 bits; their meaning differs by type
     * @param deviceId         requester id of the IOMMU's own PCI function
     * @param capabilityOffset of its IOMMU capability in configuration space
     * @param base             physical address of the registers
     * @param segment          PCI segment
     * @param info             16 bits: MSI number and unit id
     * @param features         32 bits: feature reporting (10h) or attributes (11h, 40h)
     * @param efrImage         copy of the extended feature register; empty in 10h
     * @param efr2Image        copy of the second one, reserved before; empty in 10h
     * @param entries          the devices
     */
    record Ivhd(int type, int flags, int deviceId, int capabilityOffset, long base, int segment, int info, long features, OptionalLong efrImage,
            OptionalLong efr2Image, List<IvhdEntry> entries) implements IvrsBlock {

        /** The first form. */
        public static final int TYPE_10 = 0x10;
        /** With extended features. */
        public static final int TYPE_11 = 0x11;
        /** With extended features and ACPI devices. */
        public static final int TYPE_40 = 0x40;

        /** Copies the list. */
        public Ivhd {
            entries = List.copyOf(entries);
            if (efrImage.isPresent() == (type == TYPE_10) || efr2Image.isPresent() == (type == TYPE_10)) {
                throw new IllegalArgumentException("feature registers are in the types 11h and 40h alone");
            }
        }

        @Override
        public String name() {
            return "IVHD";
        }
    }

    /**
     * Types 20h to 22h: memory that devices use from firmware's time on, or that they must not.
     *
     * @param type        20h all devices, 21h one device, 22h a range of devices
     * @param flags       8 bits
     * @param deviceId    the device, or the first of the range
     * @param lastId      the last of the range (22h; auxiliary data elsewhere)
     * @param segment     PCI segment (reserved in old forms)
     * @param start       first address
     * @param lengthBytes length, unsigned
     */
    record Ivmd(int type, int flags, int deviceId, int lastId, int segment, long start, long lengthBytes) implements IvrsBlock {

        /** For all devices. */
        public static final int TYPE_ALL = 0x20;
        /** For one device. */
        public static final int TYPE_ONE = 0x21;
        /** For a range of devices. */
        public static final int TYPE_RANGE = 0x22;
        /** Mapped one to one. */
        public static final BitField UNITY = BitField.of("Unity", 0, 1);
        /** Devices may read. */
        public static final BitField READ = BitField.of("IR", 1, 1);
        /** Devices may write. */
        public static final BitField WRITE = BitField.of("IW", 2, 1);
        /** Not translated at all. */
        public static final BitField EXCLUSION = BitField.of("Exclusion range", 3, 1);

        /** Last address, inclusive; below {@code start} if the length is 0 or wraps. */
        public long limit() {
            return start + lengthBytes - 1;
        }

        @Override
        public String name() {
            return "IVMD";
        }
    }

    /**
     * A block of a type that the specification does not know, or one too short for its type.
     *
     * @param type  type number
     * @param flags 8 bits
     * @param body  what follows type, flags and length
     */
    record Unknown(int type, int flags, TableBytes body) implements IvrsBlock {

        @Override
        public String name() {
            return "unknown block";
        }
    }
}
