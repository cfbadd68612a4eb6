package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.Access;
import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Questions that several causes ask of a group of refused DMA. */
final class Dma {

    /** AMD-Vi: the request found a translation (AMD IOMMU specification, IO_PAGE_FAULT event, PR; it counts in the event's flags from bit 0 = GN). */
    private static final int AMD_PRESENT = 1 << 4;
    /** AMD-Vi: write (RW). */
    private static final int AMD_WRITE = 1 << 5;
    /** AMD-Vi: permission was missing (PE). */
    private static final int AMD_PERMISSION = 1 << 6;
    /** AMD-Vi: reserved bits or an illegal level in a table entry (RZ). */
    private static final int AMD_RESERVED = 1 << 7;

    private Dma() {
    }

    /** Groups of refused DMA, except in crash kernels, whose faults have causes of their own. */
    static Stream<FaultGroup> groups(Symptoms symptoms) {
        return symptoms.host().crashKernel() ? Stream.empty() : symptoms.faults().stream().filter(group -> group.kind() == FaultKind.DMA);
    }

    /** Whether the look-up got as far as the pages: the requester has tables, the page or the permission is what lacks. */
    static boolean pageMissing(FaultGroup group) {
        if (group.dialect().vtd()) {
            return group.reasonIs(FaultReason.LGN_2, FaultReason.LGN_3, FaultReason.LSL_1, FaultReason.SGN_6, FaultReason.SGN_7, FaultReason.SFS_2,
                    FaultReason.SSS_2);
        }
        return pageFault(group) && !amdWithoutDomain(group);
    }

    /** Whether the requester itself has no tables. */
    static boolean tablesMissing(FaultGroup group) {
        return group.dialect().vtd() ? group.reasonIs(FaultReason.LRT_2, FaultReason.SRT_2, FaultReason.LCT_2, FaultReason.SCT_2)
                : amdWithoutDomain(group) || group.first().amdEvent().filter("ILLEGAL_DEV_TABLE_ENTRY"::equals).isPresent();
    }

    /**
     * AMD-Vi: domain 0 and a missing permission: the device table entry that Linux gives to ids without a domain (valid, translated, neither read nor write).
     */
    static boolean amdWithoutDomain(FaultGroup group) {
        return !group.dialect().vtd() && !group.dialect().xen() && pageFault(group) && permission(group) && group.first().domain().orElse(-1) == 0;
    }

    /** AMD-Vi: all faults of the group found the page and lacked the permission. */
    static boolean permission(FaultGroup group) {
        int wanted = AMD_PRESENT | AMD_PERMISSION;
        return group.commonFlags().isPresent() && (group.commonFlags().getAsInt() & wanted) == wanted && (group.amdFlags().orElse(0) & AMD_RESERVED) == 0;
    }

    private static boolean pageFault(FaultGroup group) {
        return group.first().amdEvent().filter("IO_PAGE_FAULT"::equals).isPresent();
    }

    /** Whether the group's requests write. */
    static boolean writes(FaultGroup group) {
        return group.access() == Access.WRITE || group.commonFlags().isPresent() && (group.commonFlags().getAsInt() & AMD_WRITE) != 0;
    }

    /** Whether all addresses kept are of this origin. */
    static boolean all(FaultGroup group, AddressOrigin origin) {
        return group.lowest().isPresent() && AddressOrigin.of(group.lowest().getAsLong()) == origin && AddressOrigin.of(group.highest()
                .orElseThrow()) == origin;
    }

    /** Whether one of the two ends of the group's addresses is of this origin. */
    static boolean any(FaultGroup group, AddressOrigin origin) {
        return group.lowest().isPresent() && (AddressOrigin.of(group.lowest().getAsLong()) == origin || AddressOrigin.of(group.highest()
                .orElseThrow()) == origin);
    }

    /** The driver that the sources name for the device. */
    static Optional<String> driver(Symptoms symptoms, FaultGroup group) {
        return group.first().driver().or(() -> group.device().flatMap(symptoms::device).flatMap(SeenDevice::driver));
    }

    /** Whether a guest (or a user-space driver) has the device. */
    static boolean assigned(Symptoms symptoms, FaultGroup group) {
        return driver(symptoms, group).filter(name -> name.contains("vfio") || name.contains("pciback") || name.contains("stub")).isPresent();
    }

    /** Integrated graphics: device 2 of the root bus on Intel, or a display-class function there. */
    static boolean integratedGraphics(Symptoms symptoms, FaultGroup group) {
        Optional<Sbdf> device = group.device().filter(address -> address.segment() == 0 && address.bus() == 0);
        boolean display = device.flatMap(symptoms::device).filter(known -> known.classCode().isPresent() && known.classCode().getAsInt() >>> 16 == 0x03)
                .isPresent();
        boolean intelSeat = device.filter(address -> address.device() == 2).isPresent() && group.dialect().vtd();
        boolean other = device.flatMap(symptoms::device).filter(known -> known.classCode().isPresent() && known.classCode().getAsInt() >>> 16 != 0x03)
                .isPresent();
        return display || intelSeat && !other;
    }

    /** Begins a finding about the group's device. */
    static FindingBuilder begin(String label, Confidence confidence, Symptoms symptoms, FaultGroup group) {
        return begin(label, confidence, symptoms, group, Map.of());
    }

    /** Begins a finding about the group's device; {@code more} adds words for the table's holes. */
    static FindingBuilder begin(String label, Confidence confidence, Symptoms symptoms, FaultGroup group, Map<String, String> more) {
        Map<String, String> words = new HashMap<>(words(symptoms, group));
        words.putAll(more);
        return Narratives.begin(label, confidence, words).device(group.device());
    }

    /** The words for the holes of the tables. */
    static Map<String, String> words(Symptoms symptoms, FaultGroup group) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, group.device()));
        words.put("device", group.device().map(Sbdf::toString).or(() -> group.first().oddSource()).orElse("a device"));
        words.put("name", group.device().map(device -> Seen.name(symptoms, device)).orElse("a device"));
        words.put("address", group.lowest().isPresent() ? "0x" + Long.toHexString(group.lowest().getAsLong()) : "an address");
        driver(symptoms, group).ifPresent(name -> words.put("driver", name));
        return words;
    }
}
