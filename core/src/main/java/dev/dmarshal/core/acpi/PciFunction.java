package dev.dmarshal.core.acpi;

import dev.dmarshal.core.pci.Sbdf;
import java.util.OptionalInt;

/**
 * A function that is in the machine: what judging a table needs of it.
 *
 * @param address      where it is
 * @param vendorId     16 bits
 * @param deviceId     16 bits
 * @param classCode    24 bits: base class, subclass, interface
 * @param secondaryBus bus below it, if its header is a bridge's
 */
public record PciFunction(Sbdf address, int vendorId, int deviceId, int classCode, OptionalInt secondaryBus) {

    /** Whether its header is a bridge's. */
    public boolean bridge() {
        return secondaryBus.isPresent();
    }

    /** Whether it is a USB controller (Linux: IS_USB_DEVICE, class 0c03). */
    public boolean usb() {
        return classCode >>> 8 == 0x0c03;
    }

    /** Whether it is a display controller (Linux: IS_GFX_DEVICE, base class 03). */
    public boolean graphics() {
        return classCode >>> 16 == 0x03;
    }

    /** Whether it is a management processor of an HP server (iLO): vendor HP, system peripheral or serial bus controller. */
    public boolean hpManagement() {
        return vendorId == 0x103c && (classCode >>> 8 == 0x0880 || classCode >>> 8 == 0x0c07);
    }
}
