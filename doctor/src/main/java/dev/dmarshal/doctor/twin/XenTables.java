package dev.dmarshal.doctor.twin;

import dev.dmarshal.doctor.symptom.MemoryOutline;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The entry that Xen makes for a device, by who has it. Of the page tables behind it only the pages that are asked for are worked out.
 *
 * <p>dom0: arch_iommu_hwdom_init (xen/drivers/passthrough/x86/iommu.c, since 4.12) and vtd_set_hwdom_mapping (vtd/x86/vtd.c, before). Guests:
 * intel_iommu_assign_device (vtd/iommu.c), iommu_identity_mapping and p2m_add_identity_entry; libxl__domain_device_construct_rdm
 * (tools/libs/light/libxl_dm.c). Quarantine: deassign_device (pci.c) and intel_iommu_quarantine_init.
 */
public final class XenTables {

    private static final long PAGE = 0x1000;
    private static final long FOUR_GIB = 1L << 32;
    /** Where a quarantined device's requests end; any memory will do. */
    private static final long SCRATCH = 0x2000_0000L;
    /** Policies for reserved device memory, and regions of USB controllers being mapped at all (commits ab13e3dc78, 5005714929). */
    private static final Release REGION_POLICIES = new Release(4, 6, 0);
    private static final String OWN = "its own region of firmware";

    private final XenRules rules;
    private final XenMachine machine;
    private final boolean usb;

    /**
     * @param rules   of this Xen
     * @param machine and this machine
     * @param usb     whether the device is a USB controller
     */
    public XenTables(XenRules rules, XenMachine machine, boolean usb) {
        this.rules = rules;
        this.machine = machine;
        this.usb = usb;
    }

    /** The entry of a device of this owner. {@code pages} are the addresses that matter, multiples of 4 KiB. */
    public XenEntry entry(XenOwner owner, List<Long> pages) {
        return switch (owner) {
            case XenOwner.Dom0 _ -> dom0(pages);
            case XenOwner.Quarantine _ -> quarantine(pages);
            case XenOwner.Guest guest -> guest(guest, pages);
        };
    }

    private XenEntry dom0(List<Long> pages) {
        if (rules.dom0() == XenRules.Dom0.PASSTHROUGH) {
            return new XenEntry(Optional.of(new Attachment.Identity()), false, "all memory", "dom0 is passed through (dom0-iommu=passthrough).");
        }
        boolean strict = rules.dom0() == XenRules.Dom0.STRICT;
        String reaches = (strict ? "dom0's own memory" : "all memory but Xen's own") + (rules.inclusive() ? ", and all else below 4 GiB"
                : rules.reserved() ? ", and what firmware reserves" : "") + firmware();
        String why = strict ? "dom0 is strict: other domains' memory is not mapped for it." : "The default: memory is mapped 1:1 for dom0's devices.";
        return new XenEntry(Optional.of(mapped(pages.stream().filter(this::forDom0).map(page -> identity(page)).toList())), false, reaches, why);
    }

    private boolean forDom0(long page) {
        if (ofFirmware(page)) {
            return true;
        }
        Optional<MemoryOutline.Region> region = machine.memory().mapped(page);
        if (is(region, "usable")) {
            // Which memory is dom0's own the log does not say: a strict dom0's device that faults there asked for another's.
            return rules.dom0() != XenRules.Dom0.STRICT;
        }
        boolean low = Long.compareUnsigned(page, FOUR_GIB) < 0;
        return low && rules.inclusive() && !is(region, "unusable") || is(region, "reserved") && rules.reserved();
    }

    private static boolean is(Optional<MemoryOutline.Region> region, String type) {
        return region.filter(found -> found.type().equals(type)).isPresent();
    }

    private XenEntry quarantine(List<Long> pages) {
        if (rules.quarantine().isEmpty()) {
            return open("Whether there is a quarantine, and of which sort, depends on the version, which is not known.");
        }
        XenRules.Quarantine form = rules.quarantine().get();
        if (form == XenRules.Quarantine.NONE) {
            XenEntry dom0 = dom0(pages);
            return new XenEntry(dom0.attachment(), false, dom0.reaches(), "This version has no quarantine: a device that no guest has is dom0's, in-flight DMA"
                    + " included.");
        }
        List<Attachment.Mapping> kept = new ArrayList<>();
        boolean regions = rules.regionsKept() && !machine.regions().isEmpty();
        pages.stream().filter(page -> regions && ofDevice(page)).forEach(page -> kept.add(identity(page)));
        if (form == XenRules.Quarantine.REFUSED) {
            return regions ? new XenEntry(Optional.of(mapped(kept)), false, OWN, "Quarantine keeps a device's RMRRs mapped and nothing else.")
                    : new XenEntry(Optional.of(new Attachment.Cleared()), false, "nothing", "Quarantine takes its entry away: every request faults.");
        }
        boolean writes = form == XenRules.Quarantine.ALL_SERVED;
        pages.stream().filter(page -> !regions || !ofDevice(page)).forEach(page -> kept.add(new Attachment.Mapping(page, SCRATCH, PAGE, true, writes)));
        return new XenEntry(Optional.of(mapped(kept)), false, "a scratch page" + (regions ? " and " + OWN : ""), writes
                ? "Quarantine leads every request to a page of the device's own, unseen by anybody."
                : "Quarantine lets every address read as zeros; writes fault.");
    }

    private XenEntry guest(XenOwner.Guest guest, List<Long> pages) {
        boolean policies = rules.atLeast(REGION_POLICIES) || rules.release().isEmpty();
        if (policies && !machine.shared().isEmpty() && !guest.relaxed()) {
            return refused("Xen disallows it: the region " + range(machine.shared().getFirst()) + " is of several devices. rdm_policy=relaxed lets it pass,"
                    + " and then"
                    + " devices of different owners can write into it.");
        }
        return guest.translated() ? translated(guest, pages, policies) : paravirtual(pages, policies);
    }

    /** A PV guest's tables are 1:1 for the memory that is its own, which only Xen knows. */
    private XenEntry paravirtual(List<Long> pages, boolean policies) {
        boolean regions = policies || !usb;
        List<Attachment.Mapping> mappings = pages.stream().filter(page -> regions && ofDevice(page)).map(XenTables::identity).toList();
        return new XenEntry(Optional.of(mapped(mappings)), false, "the guest's own memory, by its machine addresses" + (regions ? firmware() : ""),
                "A PV guest's memory is mapped 1:1; which that is only Xen knows, so nothing of it counts as mapped here.");
    }

    private XenEntry translated(XenOwner.Guest guest, List<Long> pages, boolean policies) {
        List<MemoryOutline.Region> regions = policies || !usb ? machine.regions() : List.of();
        if (guest.megabytes().isEmpty()) {
            return new XenEntry(Optional.empty(), false, "the guest's own memory" + (regions.isEmpty() ? "" : firmware()), "Without the size of the guest's"
                    + " memory it is not known which of its addresses are memory.");
        }
        GuestLayout layout = GuestLayout.of(guest.megabytes().getAsLong(), policies ? regions : List.of());
        if (policies && !layout.conflicts().isEmpty() && !guest.relaxed()) {
            return refused("The region " + range(layout.conflicts().getFirst()) + " lies where the guest's memory has to be, and the policy is strict: the"
                    + " guest is"
                    + " not built.");
        }
        List<Attachment.Mapping> mappings = new ArrayList<>();
        for (long page : pages) {
            // A relaxed conflict leaves the guest's memory there: what the device does with the firmware's region ends in the guest.
            boolean region = regions.stream().anyMatch(one -> one.contains(page)) && layout.conflicts().stream().noneMatch(one -> one.contains(page));
            if (region || layout.memory(page)) {
                mappings.add(region ? identity(page) : new Attachment.Mapping(page, layout.machine(page), PAGE, true, true));
            }
        }
        String conflict = layout.conflicts().isEmpty() ? "" : " The device's requests for " + range(layout.conflicts()
                .getFirst()) + " end in the guest's own memory"
                + " instead of the firmware's region.";
        return new XenEntry(Optional.of(mapped(mappings)), false, "the guest's memory (" + layout.inWords() + ")" + (regions.isEmpty() || !conflict.isEmpty()
                ? ""
                : firmware()), "A guest's device reaches what the guest's own page tables say." + (policies || machine.regions().isEmpty() || !usb ? conflict
                : " Before 4.6 the regions of USB controllers are not mapped for guests."));
    }

    private static XenEntry open(String why) {
        return new XenEntry(Optional.empty(), false, "not known", why);
    }

    private static XenEntry refused(String why) {
        return new XenEntry(Optional.empty(), true, "what it reached before", why);
    }

    private String firmware() {
        return machine.regions().isEmpty() ? "" : ", and " + machine.regions().stream().map(XenTables::range).collect(Collectors.joining(" and "));
    }

    private boolean ofFirmware(long page) {
        return ofDevice(page) || machine.memory().rmrr(page).isPresent();
    }

    private boolean ofDevice(long page) {
        return machine.regions().stream().anyMatch(region -> region.contains(page));
    }

    private static String range(MemoryOutline.Region region) {
        return "0x" + Long.toHexString(region.first()) + "-0x" + Long.toHexString(region.last());
    }

    private static Attachment.Mapping identity(long page) {
        return new Attachment.Mapping(page, page, PAGE, true, true);
    }

    private static Attachment mapped(List<Attachment.Mapping> mappings) {
        return new Attachment.Translated(mappings);
    }
}
