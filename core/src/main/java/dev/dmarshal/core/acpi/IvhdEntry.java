package dev.dmarshal.core.acpi;

import dev.dmarshal.core.pci.SourceId;

/** A device entry of an IVHD block. Each has a type, the device's requester id and a byte of settings for its device table entry. */
public sealed interface IvhdEntry {

    /** Type number, 0 to 255. */
    int type();

    /** Requester id, 16 bits. */
    int deviceId();

    /** Settings byte. */
    int setting();

    /** What an entry with this type is called. */
    static String name(int type) {
        return switch (type) {
            case 0 -> "pad";
            case Device.ALL -> "all devices";
            case Device.SELECT -> "device";
            case Device.START -> "start of range";
            case Device.END -> "end of range";
            case 0x40 -> "pad (8 bytes)";
            case Alias.SELECT -> "alias";
            case Alias.START -> "alias, start of range";
            case Extended.SELECT -> "extended";
            case Extended.START -> "extended, start of range";
            case Special.TYPE -> "special device";
            case Named.TYPE -> "ACPI device";
            default -> "unknown entry";
        };
    }

    /** {@code bb:dd.f} of a requester id. */
    static String id(int deviceId) {
        return new SourceId(deviceId).toString();
    }

    /**
     * Four bytes.
     *
     * @param type     0 (padding) to 4
     * @param deviceId requester id
     * @param setting  settings byte
     */
    record Device(int type, int deviceId, int setting) implements IvhdEntry {
        /** All devices. */
        public static final int ALL = 1;
        /** One device. */
        public static final int SELECT = 2;
        /** First of a range. */
        public static final int START = 3;
        /** Last of a range. */
        public static final int END = 4;
    }

    /**
     * Eight bytes: requests carry another id.
     *
     * @param type     66 one device, 67 first of a range
     * @param deviceId requester id
     * @param setting  settings byte
     * @param usedId   id that the requests carry
     */
    record Alias(int type, int deviceId, int setting, int usedId) implements IvhdEntry {
        /** One device. */
        public static final int SELECT = 0x42;
        /** First of a range. */
        public static final int START = 0x43;
    }

    /**
     * Eight bytes: settings with 32 bits more.
     *
     * @param type     70 one device, 71 first of a range
     * @param deviceId requester id
     * @param setting  settings byte
     * @param extended 32 bits
     */
    record Extended(int type, int deviceId, int setting, long extended) implements IvhdEntry {
        /** One device. */
        public static final int SELECT = 0x46;
        /** First of a range. */
        public static final int START = 0x47;
    }

    /**
     * Eight bytes: an I/O APIC or HPET.
     *
     * @param type     72
     * @param deviceId reserved
     * @param setting  settings byte
     * @param handle   I/O APIC id or HPET number
     * @param usedId   id that its requests carry
     * @param variety  {@link #IOAPIC}, {@link #HPET} or another
     */
    record Special(int type, int deviceId, int setting, int handle, int usedId, int variety) implements IvhdEntry {
        /** Type number. */
        public static final int TYPE = 0x48;
        /** The handle is an I/O APIC's. */
        public static final int IOAPIC = 1;
        /** The handle is an HPET's. */
        public static final int HPET = 2;
    }

    /**
     * Type F0h, 22 bytes and a unique id: a device of the ACPI namespace.
     *
     * @param type      240
     * @param deviceId  id that its requests carry
     * @param setting   settings byte
     * @param hid       hardware id, eight bytes
     * @param cid       compatible id, eight bytes
     * @param uidFormat 0 none, 1 a number, 2 a text
     * @param uid       the unique id, up to 255 bytes
     */
    record Named(int type, int deviceId, int setting, TableBytes hid, TableBytes cid, int uidFormat, TableBytes uid) implements IvhdEntry {
        /** Type number. */
        public static final int TYPE = 0xf0;
        /** The unique id is a number of eight bytes. */
        public static final int UID_NUMBER = 1;
        /** The unique id is a text. */
        public static final int UID_TEXT = 2;
    }

    /**
     * A type that the specification does not know; its length follows from the type's upper bits.
     *
     * @param type     type number
     * @param deviceId requester id, if it is one
     * @param setting  settings byte, if it is one
     * @param rest     what follows
     */
    record Unknown(int type, int deviceId, int setting, TableBytes rest) implements IvhdEntry {
    }
}
