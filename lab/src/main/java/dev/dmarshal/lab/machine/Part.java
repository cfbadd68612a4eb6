package dev.dmarshal.lab.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One PCI function or port of a machine.
 *
 * @param model   QEMU's name of the device
 * @param id      its name in this machine; ports and bridges give it to the bus behind them
 * @param on      the bus it sits on; {@code pcie.0} is the root complex
 * @param address device and function on that bus, such as {@code 04.1}; without, QEMU takes the next free slot
 * @param options further properties of QEMU's device
 */
public record Part(String model, String id, String on, Optional<String> address, Map<String, String> options) {

    /** The bus of the root complex. */
    public static final String ROOT_COMPLEX = "pcie.0";

    /** QEMU's own PCIe root port. Has ACS unless {@link #withoutAcs} says otherwise. */
    public static Part rootPort(String id) {
        return device("pcie-root-port", id);
    }

    /** Intel's IOH 3420 root port. Has ACS unless {@link #withoutAcs} says otherwise. */
    public static Part intelRootPort(String id) {
        return device("ioh3420", id);
    }

    /** The upstream port of a TI XIO3130-like switch; sits behind a root port. */
    public static Part switchUpstream(String id) {
        return device("x3130-upstream", id);
    }

    /** A downstream port of a switch; sits on an upstream port. QEMU (7.2) gives it no ACS and has no option for it. */
    public static Part switchDownstream(String id) {
        return device("xio3130-downstream", id);
    }

    /** A PCIe-to-PCI bridge: what sits on it has conventional PCI's requester id of the bridge. */
    public static Part pciBridge(String id) {
        return device("pcie-pci-bridge", id);
    }

    /** Any other device that the installed QEMU has, such as {@code edu}, {@code e1000e}, {@code nvme}, {@code igb}. */
    public static Part device(String model, String id) {
        return new Part(model, id, ROOT_COMPLEX, Optional.empty(), Map.of());
    }

    /** The same on another bus. */
    public Part on(String bus) {
        return new Part(model, id, bus, address, options);
    }

    /** The same at an address, {@code dd} or {@code dd.f} in hexadecimal. */
    public Part at(String deviceAndFunction) {
        return new Part(model, id, on, Optional.of(deviceAndFunction), options);
    }

    /** The same with one more property. */
    public Part with(String property, String value) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(property, value);
        return new Part(model, id, on, address, more);
    }

    /** A root port that lacks ACS. Only root ports can have it taken away; QEMU's other parts never have it, or ({@code igb} and the like) always. */
    public Part withoutAcs() {
        return with("disable-acs", "on");
    }

    /** Whether a chassis and slot number must tell it from others. */
    boolean isPort() {
        return model.equals("pcie-root-port") || model.equals("ioh3420") || model.equals("xio3130-downstream");
    }

    /** The device number of its address, as text. */
    Optional<String> slot() {
        return address.map(text -> text.replaceAll("\\..*", "").toLowerCase(java.util.Locale.ROOT));
    }

    /** Whether it is the function of its slot that tells of others. */
    boolean isFirstFunction() {
        return address.isPresent() && (!address.get().contains(".") || address.get().endsWith(".0"));
    }
}
