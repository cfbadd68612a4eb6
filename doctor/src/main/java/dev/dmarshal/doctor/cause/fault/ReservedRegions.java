package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.MemoryOutline.Region;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Memory that firmware reserves for devices: regions that forbid assignment, whose mapping was lost, or that were never declared. */
public final class ReservedRegions implements Cause {

    /**
     * Servers whose management controller talks with PCI devices through memory (HPE's advisory c04781229), and the drivers of the devices that do so
     * by themselves.
     */
    private static final Pattern MANAGED_SERVER = Pattern.compile("(?i)proliant|\\bHPE?\\b.*(?:DL|ML|BL|XL)\\d{2,3}|synergy");
    private static final Pattern MANAGEMENT_DRIVER = Pattern.compile("hpilo|hpwdt|hpsa|smartpqi|cciss|ipmi_si");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        locked(symptoms, "rmrr-locked", MessageKind.RMRR_INELIGIBLE).ifPresent(claims::add);
        locked(symptoms, "ivmd-locked", MessageKind.DIRECT_MAPPING_REQUIRED).ifPresent(claims::add);
        if (claims.isEmpty() && !symptoms.has(MessageKind.VFIO_UNSAFE_INTERRUPTS, MessageKind.IR_NOT_ENABLED, MessageKind.AMD_IR_DISABLED)) {
            symptoms.find(line -> line.text().matches("(?i).*(operation not permitted|EPERM).*"), MessageKind.VFIO_CONTAINER_FAILED)
                    .ifPresent(line -> claims.add(suspected(symptoms, line)));
        }
        Dma.groups(symptoms).forEach(group -> fault(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group)))));
        return claims;
    }

    private static Optional<Claim> locked(Symptoms symptoms, String label, MessageKind kind) {
        List<LogMessage> lines = symptoms.all(kind);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        Optional<Sbdf> device = lines.getFirst().device();
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, device));
        words.putIfAbsent("device", "the device");
        FindingBuilder finding = Narratives.begin(label, Confidence.CERTAIN, words).device(device);
        lines.stream().limit(3).forEach(line -> finding.evidence(Seen.line("The kernel refuses, and says why.", line)));
        symptoms.first(MessageKind.VFIO_CONTAINER_FAILED).ifPresent(line -> finding.evidence(Seen.line("So VFIO cannot set the group up.", line)));
        return Optional.of(Claim.of(finding.build()));
    }

    /** VFIO answers EPERM for two reasons only: interrupts that are not isolated, and a reserved region (vfio_iommu_type1.c; intel_iommu_attach_device). */
    private static Claim suspected(Symptoms symptoms, LogMessage line) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "the device");
        line.field("group").ifPresent(group -> words.put("group", group));
        boolean remapped = symptoms.has(MessageKind.IR_ENABLED, MessageKind.AMD_IR_ENABLED);
        return Claim.of(Narratives.begin("rmrr-suspected", remapped ? Confidence.LIKELY : Confidence.POSSIBLE, words).device(line.device())
                .evidence(Seen.line("VFIO was refused with EPERM.", line)).build());
    }

    private static Optional<FindingBuilder> fault(Symptoms symptoms, FaultGroup group) {
        if (group.lowest().isEmpty() || Dma.integratedGraphics(symptoms, group)) {
            return Optional.empty();
        }
        long address = group.lowest().getAsLong();
        Optional<Region> rmrr = symptoms.reserved().rmrrs().stream().filter(region -> group.touches(region.first(), region.last())).findFirst();
        if (rmrr.isPresent()) {
            return Optional.of(Dma.begin("rmrr-mapping-lost", Confidence.LIKELY, symptoms, group)
                    .evidence(Seen.faults("The address lies in a reserved region.", group))
                    .evidence(Evidence.that("RMRR 0x" + Long.toHexString(rmrr.get().first()) + " to 0x" + Long.toHexString(rmrr.get()
                    .last()) + " is in this log's DMAR table.")));
        }
        if (!Dma.pageMissing(group)) {
            return Optional.empty();
        }
        // The firmware's map calls its flash below 4 GiB reserved; devices have no business there, and Linux gives out the addresses from there downward.
        Optional<Region> firmware = Dma.all(group, AddressOrigin.ALLOCATED) ? Optional.empty()
                : symptoms.reserved().mapped(address).filter(region -> region.type().matches("(?i).*(reserved|ACPI).*"));
        if (firmware.isPresent()) {
            return Optional.of(undeclared(symptoms, group, Confidence.LIKELY, "The firmware's memory map calls the memory around " + Long.toHexString(address)
                    + "h \""
                    + firmware.get().type() + "\"."));
        }
        boolean server = symptoms.host().machine().filter(machine -> MANAGED_SERVER.matcher(machine).find()).isPresent();
        boolean manager = Dma.driver(symptoms, group).filter(driver -> MANAGEMENT_DRIVER.matcher(driver).matches()).isPresent()
                || server && group.device().filter(ReservedRegions::managementSeat).isPresent();
        if (manager && Dma.all(group, AddressOrigin.MEMORY_BELOW_4G)) {
            return Optional.of(undeclared(symptoms, group, server ? Confidence.LIKELY : Confidence.POSSIBLE,
                    "The device is a management controller or one that it watches, and the address is plain memory below 4 GiB, not one that Linux gave out."));
        }
        return Optional.empty();
    }

    /** On these servers the management controller's functions are those of one slot, of which the kernel sees 0, 2 and 4 (hpilo and hpwdt attach to them). */
    private static boolean managementSeat(Sbdf device) {
        return device.bus() <= 2 && device.device() == 0 && (device.function() == 0 || device.function() == 2 || device.function() == 4);
    }

    private static FindingBuilder undeclared(Symptoms symptoms, FaultGroup group, Confidence confidence, String what) {
        return Dma.begin("firmware-region-unmapped", confidence, symptoms, group, Map.of("what", what))
                .evidence(Seen.faults("The device uses that memory.", group));
    }
}
