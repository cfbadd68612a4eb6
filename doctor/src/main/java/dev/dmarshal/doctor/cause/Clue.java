package dev.dmarshal.doctor.cause;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What the lines around a fault may tell of it. A line gives a clue by its kind where its wording is known, else by its words. */
public enum Clue {
    /** The device or its driver is being stopped, removed, unbound or put to sleep. */
    TEARDOWN("de-?init|rmmod|unload|unregister|\\bunbind|\\bunbound|\\bremov(?:e|ed|ing|al)\\b|taken out of|detach|unplug|shut(?:s|ting)?"
            + " ?down|power(?:ed|s|ing)? (?:off|down|save|saving)"
            + "|\\bhalt(?:s|ed|ing)?\\b|\\bstopp(?:ed|ing)\\b|runtime suspend|surprise", MessageKind.GROUP_REMOVE),
    /** The device left its IOMMU group, or the bus. */
    REMOVAL("taken out of|remov(?:ed|ing) from|\\bunplug|hot-?unplug|hot-?remov|surprise|left its group|device removed", MessageKind.GROUP_REMOVE),
    /** Rings, queues and cancelled requests of a device got out of step with its driver. */
    RING("dequeue|\\bring\\b|endpoint state|slot state|stop endpoint|command ring|\\bURBs?\\b|cancel|\\bTRB|descriptor|Set"
            + " TR|stale|dying|doorbell|completion (?:with|for) unknown|unknown command id"),
    /** The device or its driver failed or was reset. */
    TROUBLE("time[sd]? ?-?out|\\bhang(?:s|ing)?\\b|\\bhung\\b|fault state|\\breset(?:s|ting)?\\b|\\bfail(?:s|ed|ure)?\\b|\\berror|stall|crash|firmware"
            + " reboot|recover|not respond|offline|aborts?\\b",
            MessageKind.DEVICE_TIMEOUT, MessageKind.DEVICE_RESET, MessageKind.NET_TIMEOUT, MessageKind.STORAGE_ERROR, MessageKind.GPU_HANG,
                    MessageKind.PROBE_FAILED),
    /** The host slept or woke. */
    SLEEP("\\bsuspend|\\bresum(?:e|es|ed|ing)\\b|\\bhibernat|\\bwak(?:e|es|ing)[ -]?up\\b|\\bS3\\b|\\bs2idle\\b"),
    /** Firmware code ran under the operating system. */
    FIRMWARE_CODE("\\bSMI\\b|\\bSMM\\b|\\bBIOS call|runtime service|firmware handler|ACPI method"),
    /** A guest starts, restarts or ends. */
    GUEST("\\bguest\\b|\\bVM\\b|qemu|libvirt|domain (?:start|stop|reboot|shut)", MessageKind.VFIO_RESET, MessageKind.VFIO_BAR_RESTORE,
            MessageKind.VFIO_RELEASE),
    /** The table slot that a mapping was to take was in use. */
    SLOT_IN_USE("already set|slot was occupied|already (?:mapped|in use) .*(?:PTE|page[ -]table)", MessageKind.PTE_ALREADY_SET),
    /** The machine fails in parts that have nothing to do with each other. */
    MACHINE_FAILS("\\bstalls?\\b|lock-?up|machine check|memory corruption|hardware error|\\bECC\\b|\\bEDAC\\b", MessageKind.LOCKUP, MessageKind.RCU_STALL,
            MessageKind.MACHINE_CHECK),
    /** A device moves from the identity map to tables of its own. */
    IDENTITY_LEFT("non-identity|off identity|(?:switched|moved) to (?:a )?DMA domain", MessageKind.NON_IDENTITY_DMA),
    /** The boot console, or something else, has a device's window. */
    FRAMEBUFFER("frame ?buffer|efifb|vesafb|simpledrm|simplefb|sysfb|BOOTFB|boot console"),
    /** Access control of ports. */
    ACS("\\bACS\\b|root port quirk|access control service", MessageKind.ACS_QUIRK),
    /** A user-space driver is at work. */
    USER_DRIVER("igb_uio|uio_pci_generic|\\bDPDK\\b|\\bSPDK\\b|user-?space|passthrough command|/dev/ng|io_uring_cmd|protection information"),
    /** VFIO found a device's windows empty and wrote them back. */
    BARS_RESTORED("restor\\w* (?:saved |the )?BARs?|BARs? (?:are |were )?(?:written back|restored)|writes (?:the )?saved BARs", MessageKind.VFIO_BAR_RESTORE),
    /** A device did not come back from a reset, or cannot be reached. */
    RESET_LOST("(?:not|never) (?:become |becomes |came |comes |come )?(?:ready|back) .*(?:reset|FLR)"
            + "|(?:reset|FLR)\\b.*(?:not|never) (?:become |becomes |came |comes |come )?(?:ready|back)"
            + "|D3cold.*(?:inaccessible|stuck|cannot|not)|config(?:uration)? space .*(?:all ones|0xffffffff|reads? (?:as )?0xff\\b)"),
    /** The link to a device reports errors. */
    LINK_ERROR("unsupported request|completion time-?out|transaction layer|(?:non-?fatal|uncorrectable|fatal) errors?\\b|malformed TLP", MessageKind.AER_ERROR),
    /** Interrupt vectors, or the table that holds them; not pciback's "preparation", a hypercall that Xen refused and without which it goes on. */
    VECTORS("(?:not enough|no more|out of|too few|no free|insufficient) .*\\b(?:MSI|vectors?|IRTEs?)|\\bPBA\\b(?! No)"
            + "|\\bMSI-?X\\b(?! preparation failed).*(?:fail|exhaust|ENOSPC|-28|too (?:many|large)|overlap|outside|invalid)"
            + "|vectors?.*(?:exhaust|ENOSPC|ran out)"),
    /** The kernel that speaks is a crash kernel. */
    CRASH_KERNEL("\\bkdump kernel|crash(?:ed)? kernel|capture kernel|dump capture|crash dump kernel"),
    /** A check for remapping went well. */
    CHECK_PASSED("checks? pass|: PASS\\b");

    private final Pattern words;
    private final Set<MessageKind> kinds;

    Clue(String words, MessageKind... kinds) {
        this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
        this.kinds = EnumSet.noneOf(MessageKind.class);
        this.kinds.addAll(Set.of(kinds));
    }

    /** Whether the line gives this clue. Command lines and version lines are no clue to anything. */
    public boolean in(LogMessage line) {
        return kinds.contains(line.kind()) || line.kind().subject() != MessageKind.Subject.BOOT && words.matcher(line.text()).find();
    }
}
