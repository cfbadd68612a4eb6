package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;

/**
 * A message-signalled interrupt: a 32-bit write to FEEx_xxxxh, in remappable or in compatibility format.
 * <pre>
 * remappable     address 31:20 FEEh  19:5 handle 14:0  4 =1  3 SHV  2 handle 15      data 15:0 subhandle (if SHV)
 * compatibility  address 31:20 FEEh  19:12 destination  4 =0  3 RH  2 DM             data 15 TM  14 level  10:8 DLM  7:0 vector
 * </pre>
 * Event messages of a unit and interrupts to 32-bit APIC ids carry destination 31:8 in address 63:40. Source: VT-d architecture specification, sections
 * "Interrupt Requests in Intel 64 Compatibility Format", "… in Remappable Format"; SDM, "Message Signalled Interrupts".
 *
 * @param address 64-bit address of the write
 * @param value   the word written
 */
public record InterruptMessage(long address, int value) {

    /** Lowest address of the interrupt address range. */
    public static final long RANGE_FIRST = 0xfee0_0000L;
    /** Highest address of the interrupt address range. */
    public static final long RANGE_LAST = 0xfeef_ffffL;

    /** Address bits 31:20: FEEh. */
    public static final BitField PREFIX = BitField.of("PREFIX", 20, 12);
    /** Address bits 19:5, remappable: handle 14:0. */
    public static final BitField HANDLE_LOW = BitField.of("HANDLE_LOW", 5, 15);
    /** Address bit 4: 1 remappable. */
    public static final BitField FORMAT = BitField.of("FORMAT", 4, 1);
    /** Address bit 3, remappable: the subhandle is valid. */
    public static final BitField SHV = BitField.of("SHV", 3, 1);
    /** Address bit 2, remappable: handle 15. */
    public static final BitField HANDLE_HIGH = BitField.of("HANDLE_HIGH", 2, 1);
    /** Address bits 19:12, compatibility: destination. */
    public static final BitField DESTINATION = BitField.of("DESTINATION", 12, 8);
    /** Address bits 63:40: destination 31:8. */
    public static final BitField DESTINATION_UPPER = BitField.of("DESTINATION_UPPER", 40, 24);
    /** Address bit 3, compatibility: redirection hint. */
    public static final BitField RH = BitField.of("RH", 3, 1);
    /** Address bit 2, compatibility: destination mode, 1 logical. */
    public static final BitField DM = BitField.of("DM", 2, 1);
    /** Value bits 7:0, compatibility: vector. */
    public static final BitField VECTOR = BitField.of("VECTOR", 0, 8);
    /** Value bits 10:8, compatibility: delivery mode. */
    public static final BitField DLM = BitField.of("DLM", 8, 3);
    /** Value bit 14, compatibility: assert. */
    public static final BitField LEVEL = BitField.of("LEVEL", 14, 1);
    /** Value bit 15, compatibility: trigger mode, 1 level. */
    public static final BitField TM = BitField.of("TM", 15, 1);
    /** Value bits 15:0, remappable with SHV: subhandle. */
    public static final BitField SUBHANDLE = BitField.of("SUBHANDLE", 0, 16);
    /** Value bits 31:16, remappable with SHV: reserved. */
    public static final BitField SUBHANDLE_RESERVED = BitField.of("SUBHANDLE_RESERVED", 16, 16);

    private static final BitField RTE_FORMAT = BitField.of("FORMAT", 48, 1);
    private static final BitField RTE_INDEX_LOW = BitField.of("INDEX_LOW", 49, 15);
    private static final BitField RTE_INDEX_HIGH = BitField.of("INDEX_HIGH", 11, 1);
    private static final BitField RTE_DESTINATION = BitField.of("DESTINATION", 56, 8);
    private static final BitField RTE_DM = BitField.of("DM", 11, 1);
    private static final BitField RTE_TM = BitField.of("TM", 15, 1);

    /** Whether a write of a word to {@code address} is an interrupt request. */
    public static boolean isInterrupt(long address) {
        return address >>> 20 == 0xfee;
    }

    /** A remappable request for entry {@code handle} (16 bits). */
    public static InterruptMessage remappable(int handle) {
        long address = HANDLE_LOW.set(PREFIX.set(FORMAT.mask(), 0xfee), handle & 0x7fff);
        return new InterruptMessage(HANDLE_HIGH.set(address, handle >>> 15), 0);
    }

    /** A remappable request for entry {@code handle + subhandle} (16 bits each). */
    public static InterruptMessage remappable(int handle, int subhandle) {
        return new InterruptMessage(remappable(handle).address | SHV.mask(), (int) SUBHANDLE.set(0, subhandle));
    }

    /** A request in compatibility format: fixed delivery, edge, physical destination. */
    public static InterruptMessage compatible(int vector, int apicId) {
        return new InterruptMessage(DESTINATION.set(PREFIX.set(0, 0xfee), apicId), (int) VECTOR.set(0, vector));
    }

    /** The write that an IOAPIC makes for a redirection table entry, in whichever format the entry is. Mask, polarity and status bits play no part. */
    public static InterruptMessage ofRedirectionEntry(long entry) {
        long trigger = TM.set(LEVEL.set(0, RTE_TM.get(entry)), RTE_TM.get(entry));
        if (RTE_FORMAT.isSet(entry)) {
            int handle = (int) (RTE_INDEX_HIGH.get(entry) << 15 | RTE_INDEX_LOW.get(entry));
            return new InterruptMessage(remappable(handle).address, (int) VECTOR.set(trigger, VECTOR.get(entry)));
        }
        long address = DM.set(DESTINATION.set(PREFIX.set(0, 0xfee), RTE_DESTINATION.get(entry)), RTE_DM.get(entry));
        return new InterruptMessage(address, (int) DLM.set(VECTOR.set(trigger, VECTOR.get(entry)), DLM.get(entry)));
    }

    /** A remappable IOAPIC redirection table entry for {@code index} (16 bits), unmasked; {@code level} for level trigger. */
    public static long redirectionEntry(int index, int vector, boolean level) {
        long entry = RTE_INDEX_LOW.set(RTE_FORMAT.mask(), index & 0x7fff);
        return RTE_TM.set(VECTOR.set(RTE_INDEX_HIGH.set(entry, index >>> 15), vector), level ? 1 : 0);
    }

    /** Whether the request is in remappable format. */
    public boolean isRemappable() {
        return FORMAT.isSet(address);
    }

    /** Handle of a remappable request. */
    public static int handle(long address) {
        return (int) (HANDLE_HIGH.get(address) << 15 | HANDLE_LOW.get(address));
    }

    /** Destination of a compatibility-format message: 8 bits, or 32 with the upper address. */
    public int destination() {
        return (int) (DESTINATION_UPPER.get(address) << 8 | DESTINATION.get(address));
    }

    /** Vector of a compatibility-format message. */
    public int vector() {
        return (int) VECTOR.get(value);
    }

    /** For people. */
    @Override
    public String toString() {
        String head = "0x" + Long.toHexString(address) + "=0x" + Integer.toHexString(value);
        if (!isRemappable()) {
            return head + " vector 0x" + Integer.toHexString(vector()) + " to APIC 0x" + Integer.toHexString(destination());
        }
        return head + " handle " + handle(address) + (SHV.isSet(address) ? " subhandle " + SUBHANDLE.get(value) : "");
    }
}
