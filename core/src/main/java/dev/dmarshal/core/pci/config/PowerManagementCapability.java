package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Power management, capability 01h.
 *
 * <pre>
 *  02 PmCap: 2:0 version, 3 clock, 5 DSI, 8:6 current, 9 D1, 10 D2, 15:11 PME from D0 D1 D2 D3hot D3cold
 *  04 PmCtl: 1:0 state, 3 no soft reset, 8 PME enable, 12:9 data select, 14:13 data scale, 15 PME status   06 PmBridge   07 PmDatum
 * </pre>
 *
 * Source: PCI Bus Power Management Interface Specification 1.2, section 3.2.
 *
 * @param at where it is
 */
public record PowerManagementCapability(PciCapability at) {
    /** Version. */
    public static final BitField VERSION = BitField.of("Version", 0, 3);
    /** Capabilities. */
    public static final ConfigRegister PM_CAP = ConfigRegister.of("PmCap", 0x02, 2, VERSION, flag("PMEClk", 3), flag("ImmediateReadiness", 4), flag("DSI", 5),
            BitField.of("AuxCurrent", 6, 3), flag("D1", 9), flag("D2", 10), flag("PME.D0", 11), flag("PME.D1", 12), flag("PME.D2", 13), flag("PME.D3hot", 14),
            flag("PME.D3cold", 15));
    /** State: D0 to D3hot. */
    public static final BitField STATE = BitField.of("State", 0, 2);
    /** The way from D3hot to D0 does not reset the function. */
    public static final BitField NO_SOFT_RESET = BitField.of("NoSoftRst", 3, 1);
    /** Control and status. */
    public static final ConfigRegister PM_CTL = ConfigRegister.of("PmCtl", 0x04, 2, STATE, NO_SOFT_RESET, flag("PME-Enable", 8), BitField.of("DSel", 9, 4),
            BitField.of("DScale", 13, 2), flag("PME", 15));
    /** Bridge extensions. */
    public static final ConfigRegister PM_BRIDGE = ConfigRegister.of("PmBridge", 0x06, 1, flag("B2", 6), flag("BPCC", 7));
    /** Selected datum. */
    public static final ConfigRegister PM_DATUM = ConfigRegister.of("PmDatum", 0x07, 1);
    /** All registers. */
    static final List<ConfigRegister> REGISTERS = List.of(PM_CAP, PM_CTL, PM_BRIDGE, PM_DATUM);

    /** That of a function. */
    public static Optional<PowerManagementCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.POWER_MANAGEMENT).map(PowerManagementCapability::new);
    }

    /** Power state 0 to 3; a function in D3 answers configuration accesses only, and much of what it says then is not to be believed. */
    public OptionalInt state() {
        return at.read(PM_CTL, STATE);
    }

    /** Whether the function is reset on its way from D3hot to D0, which Linux uses as its reset method "pm" (drivers/pci/pci.c, pci_pm_reset). */
    public Optional<Boolean> softReset() {
        return at.isSet(PM_CTL, NO_SOFT_RESET).map(kept -> !kept);
    }
}
