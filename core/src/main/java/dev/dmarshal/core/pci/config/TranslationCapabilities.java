package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/**
 * What a device has of its own to do with translation: ATS (000Fh), page requests (0013h), PASID (001Bh).
 *
 * <p>Source: PCI Express Base Specification 6.0, sections 10.5.1, 10.5.2 and 7.8.9.
 */
public final class TranslationCapabilities {
    /** Invalidations that the device queues; 0 is 32. */
    public static final BitField QUEUE_DEPTH = BitField.of("InvalidateQueueDepth", 0, 5);
    /** ATS: what it can. */
    public static final ConfigRegister ATS_CAP = ConfigRegister.of("ATSCap", 0x04, 2, QUEUE_DEPTH, flag("PageAligned", 5), flag("GlobalInvalidate", 6),
            flag("RelaxedOrdering", 7));
    /** Smallest translation unit: 4 KiB shifted left by this. */
    public static final BitField SMALLEST_UNIT = BitField.of("SmallestTranslationUnit", 0, 5);
    /** The device asks for translations and keeps them. */
    public static final BitField ATS_ENABLE = BitField.of("Enable", 15, 1);
    /** ATS: what it does. */
    public static final ConfigRegister ATS_CTL = ConfigRegister.of("ATSCtl", 0x06, 2, SMALLEST_UNIT, ATS_ENABLE);
    /** Registers of ATS. */
    static final List<ConfigRegister> ADDRESS_TRANSLATION = List.of(ATS_CAP, ATS_CTL);

    /** In use. */
    public static final BitField ENABLE = BitField.of("Enable", 0, 1);
    /** Page requests: what it does. */
    public static final ConfigRegister PRI_CTL = ConfigRegister.of("PRICtl", 0x04, 2, ENABLE, flag("Reset", 1));
    /** Page requests: how it stands. */
    public static final ConfigRegister PRI_STA = ConfigRegister.of("PRISta", 0x06, 2, flag("RF", 0), flag("UPRGI", 1), flag("Stopped", 8), flag("PASID", 15));
    /** Requests that the device can have open. */
    public static final ConfigRegister PRI_CAPACITY = ConfigRegister.of("PageRequestCapacity", 0x08, 4);
    /** Requests that it may have open. */
    public static final ConfigRegister PRI_ALLOCATION = ConfigRegister.of("PageRequestAllocation", 0x0c, 4);
    /** Registers of page requests. */
    static final List<ConfigRegister> PAGE_REQUEST = List.of(PRI_CTL, PRI_STA, PRI_CAPACITY, PRI_ALLOCATION);

    /** Bits of the largest PASID. */
    public static final BitField PASID_WIDTH = BitField.of("MaxPASIDWidth", 8, 5);
    /** PASID: what it can. */
    public static final ConfigRegister PASID_CAP = ConfigRegister.of("PASIDCap", 0x04, 2, flag("Exec", 1), flag("Priv", 2), PASID_WIDTH);
    /** PASID: what it does. */
    public static final ConfigRegister PASID_CTL = ConfigRegister.of("PASIDCtl", 0x06, 2, ENABLE, flag("Exec", 1), flag("Priv", 2));
    /** Registers of PASID. */
    static final List<ConfigRegister> PASID = List.of(PASID_CAP, PASID_CTL);

    private TranslationCapabilities() {
    }
}
