package dev.dmarshal.core.pci.topology;

import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who made a function and what it is, 16 bits each; empty where not measured.
 *
 * @param vendor          vendor id
 * @param device          device id
 * @param subsystemVendor subsystem vendor id
 * @param subsystem       subsystem id
 */
public record FunctionIds(OptionalInt vendor, OptionalInt device, OptionalInt subsystemVendor, OptionalInt subsystem) {

    /** Nothing known. */
    public static final FunctionIds UNKNOWN = new FunctionIds(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    /** Vendor and device id. */
    public static FunctionIds of(int vendor, int device) {
        return new FunctionIds(OptionalInt.of(vendor), OptionalInt.of(device), OptionalInt.empty(), OptionalInt.empty());
    }

    /** With a subsystem. */
    public FunctionIds withSubsystem(int vendorOfSubsystem, int id) {
        return new FunctionIds(vendor, device, OptionalInt.of(vendorOfSubsystem), OptionalInt.of(id));
    }

    /** {@code vvvv:dddd}, as lspci -n writes it. */
    public Optional<String> pair() {
        return vendor.isPresent() && device.isPresent()
                ? Optional.of(HexFormat.of().toHexDigits((short) vendor.getAsInt()) + ":" + HexFormat.of().toHexDigits((short) device.getAsInt()))
                : Optional.empty();
    }
}
