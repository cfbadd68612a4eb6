package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/**
 * Downstream port containment, extended capability 001Dh: on an error the port takes its link down. Source: PCI Express Base Specification 6.0, section 7.9.14.
 */
public final class PortContainmentCapability {
    /** Capabilities. */
    public static final ConfigRegister DPC_CAP = ConfigRegister.of("DpcCap", 0x04, 2, BitField.of("IntMsgNum", 0, 5), flag("RPExt", 5),
            flag("PoisonedTLP", 6), flag("SwTrigger", 7), BitField.of("RP PIO Log", 8, 4), flag("DL_ActiveErr", 12));
    /** What triggers it: 0 nothing, 1 fatal errors, 2 fatal and non-fatal errors. */
    public static final BitField TRIGGER = BitField.of("Trigger", 0, 2);
    /** Control. */
    public static final ConfigRegister DPC_CTL = ConfigRegister.of("DpcCtl", 0x06, 2, TRIGGER, flag("Cmpl", 2), flag("INT", 3), flag("ErrCor", 4),
            flag("PoisonedTLP", 5), flag("SwTrigger", 6), flag("DL_ActiveErr", 7));
    /** The link is down because of it. */
    public static final BitField TRIGGERED = BitField.of("Trigger", 0, 1);
    /** Status. */
    public static final ConfigRegister DPC_STA = ConfigRegister.of("DpcSta", 0x08, 2, TRIGGERED, BitField.of("Reason", 1, 2), flag("INT", 3),
            flag("RPBusy", 4), BitField.of("TriggerExt", 5, 2), BitField.of("RP PIO ErrPtr", 8, 5));
    /** Requester id of the error. */
    public static final ConfigRegister SOURCE = ConfigRegister.of("Source", 0x0a, 2);
    /** All registers of every port. */
    static final List<ConfigRegister> REGISTERS = List.of(DPC_CAP, DPC_CTL, DPC_STA, SOURCE);

    private PortContainmentCapability() {
    }
}
