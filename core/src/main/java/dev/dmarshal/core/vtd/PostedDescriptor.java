package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;

/**
 * A posted-interrupt descriptor: 64 bytes that a unit and a hypervisor share.
 * <pre>
 * 255:0 PIR, a bit a vector   256 ON   257 SN   279:272 NV   319:288 NDST   others reserved
 * </pre>
 * Source: VT-d architecture specification, section "Posted Interrupt Descriptor".
 *
 * @param requests0 PIR 63:0
 * @param requests1 PIR 127:64
 * @param requests2 PIR 191:128
 * @param requests3 PIR 255:192
 * @param control   bits 319:256
 */
public record PostedDescriptor(long requests0, long requests1, long requests2, long requests3, long control) {

    /** Bytes of a descriptor; also its alignment. */
    public static final int SIZE_BYTES = 64;
    /** Byte offset of the control word. */
    public static final int CONTROL = 32;
    /** Bits 255:0, a word of it: requested vectors. */
    public static final BitField PIR = BitField.of("PIR", 0, 64);
    /** Bit 256: a notification is outstanding. */
    public static final BitField ON = BitField.of("ON", 0, 1);
    /** Bit 257: suppress notifications of interrupts that are not urgent. */
    public static final BitField SN = BitField.of("SN", 1, 1);
    /** Bits 279:272: vector of the notification. */
    public static final BitField NV = BitField.of("NV", 16, 8);
    /** Bits 319:288: destination of the notification; in xAPIC mode the APIC id is in bits 303:296 and the others are reserved. */
    public static final BitField NDST = BitField.of("NDST", 32, 32);
    /** Bits 303:296: destination of the notification in xAPIC mode. */
    public static final BitField NDST_XAPIC = BitField.of("NDST", 40, 8);

    /** All eight words, with x2APIC destinations. */
    public static final EntryLayout LAYOUT = EntryLayout.of("PostedDescriptor", PIR).then(PIR).then(PIR).then(PIR).then(ON, SN, NV, NDST).then().then().then();
    /** All eight words, with xAPIC destinations. */
    public static final EntryLayout LAYOUT_XAPIC = EntryLayout.of("PostedDescriptor", PIR).then(PIR).then(PIR).then(PIR).then(ON, SN, NV, NDST_XAPIC)
            .then().then().then();

    /** An empty descriptor: no vector requested, ON and SN clear. {@code destination} is the raw NDST field. */
    public static PostedDescriptor empty(int notificationVector, int destination) {
        return new PostedDescriptor(0, 0, 0, 0, NDST.set(NV.set(0, notificationVector), Integer.toUnsignedLong(destination)));
    }

    /** Whether a vector (0 to 255) is requested. */
    public boolean requested(int vector) {
        long word = switch (vector >>> 6) {
            case 0 -> requests0;
            case 1 -> requests1;
            case 2 -> requests2;
            case 3 -> requests3;
            default -> throw new IllegalArgumentException("vectors are 0 to 255: " + vector);
        };
        return (word >>> vector & 1) != 0;
    }

    /** For people. */
    @Override
    public String toString() {
        return LAYOUT.describeSet(requests0, requests1, requests2, requests3, control, 0, 0, 0);
    }
}
