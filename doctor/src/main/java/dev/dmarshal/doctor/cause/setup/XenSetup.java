package dev.dmarshal.doctor.cause.setup;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What keeps Xen from passing devices through: a table that it cannot read, reserved regions that it does not trust, a device model built without
 * passthrough.
 */
public final class XenSetup implements Cause {

    /** What Xen says of the structure at which it stops; older releases say it in debug builds only (dprintk up to 4.1). */
    private static final Map<Pattern, String> DEFECTS = defects();

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        tableUnread(symptoms).ifPresent(line -> claims.add(Claim.of(table(symptoms, line))));
        symptoms.find(line -> line.text().contains("RMRR") && line.text().contains("reserved memory"), MessageKind.XEN_DMAR, MessageKind.XEN_VTD_OTHER)
                .ifPresent(line -> claims.add(Claim.of(reservedRegion(symptoms, line).build())));
        symptoms.first(MessageKind.DEVICE_MODEL_WITHOUT_PASSTHROUGH).ifPresent(line -> claims.add(Claim.of(deviceModel(line).build())));
        return claims;
    }

    private static Map<Pattern, String> defects() {
        Map<Pattern, String> defects = new LinkedHashMap<>();
        defects.put(Pattern.compile("Invalid ACPI DMAR entry length: (?:0x)?0\\b"), "it has a structure of length zero, behind which no other can be found");
        defects.put(Pattern.compile("Invalid ACPI DMAR entry length"), "it has a structure that is shorter than its kind");
        defects.put(Pattern.compile("Zero: Invalid DMAR width"), "it says that the host has no address bits");
        defects.put(Pattern.compile("Overlapping RMRRs"), "two of its reserved regions (RMRR) overlap");
        defects.put(Pattern.compile("RMRR \\[\\w+, ?\\w+] is incorrect"), "one of its reserved regions (RMRR) ends before it begins");
        defects.put(Pattern.compile("Only one INCLUDE_ALL device scope is allowed"), "two of its units claim all the devices that no other has");
        defects.put(Pattern.compile("Invalid device scope"), "a scope of its reaches beyond its structure");
        return defects;
    }

    /**
     * Xen's line that it gave VT-d up because of the table, or the structure at which it did; empty where {@code xen-unit-invalid} knows why
     * (vtd/dmar.c acpi_parse_dmar, 3.3 to 4.22).
     */
    static Optional<LogMessage> tableUnread(Symptoms symptoms) {
        if (symptoms.find(line -> line.text().contains("The DRHD is invalid"), MessageKind.XEN_DMAR).isPresent()) {
            return Optional.empty();
        }
        return symptoms.find(line -> line.text().contains("Failed to parse ACPI DMAR"), MessageKind.XEN_DMAR)
                .or(() -> symptoms.find(line -> defect(line).isPresent(), MessageKind.XEN_DMAR));
    }

    private static Optional<String> defect(LogMessage line) {
        return DEFECTS.entrySet().stream().filter(row -> row.getKey().matcher(line.text()).find()).map(Map.Entry::getValue).findFirst();
    }

    private static Finding table(Symptoms symptoms, LogMessage line) {
        Optional<LogMessage> detail = symptoms.find(other -> defect(other).isPresent(), MessageKind.XEN_DMAR);
        String what = detail.flatMap(XenSetup::defect).orElse("Xen does not say at which structure it stopped: one at which it is silent is a unit at address"
                + " 0, and up to 4.1 only debug builds name any other");
        FindingBuilder finding = Narratives.begin("xen-table-unread", detail.isPresent() ? Confidence.CERTAIN : Confidence.LIKELY, Map.of("what", what))
                .evidence(Seen.line("Xen gives the table up.", line));
        detail.filter(other -> !other.equals(line)).ifPresent(other -> finding.evidence(Seen.line("This is where it stopped.", other)));
        return finding.build();
    }

    /** Xen registers and maps the region whatever the memory map says (vtd/dmar.c acpi_parse_one_rmrr, iommu.c setup_hwdom_rmrr, 3.4 to 4.22). */
    private static FindingBuilder reservedRegion(Symptoms symptoms, LogMessage line) {
        FindingBuilder finding = new FindingBuilder("rmrr-not-reserved-xen", "A reserved region (RMRR) of the DMAR table lies outside reserved memory")
                .severity(Severity.WARNING).blame(Blame.FIRMWARE).confidence(Confidence.CERTAIN)
                .why("Firmware says that a device (USB or graphics as a rule) uses this memory, and its memory map says something else: one of the two is"
                + " wrong,"
                        + " and it is a firmware defect. Xen warns and goes on: it maps the region for the devices that the table names. What is left: somebody"
                        + " else may be given the same pages, and a device that uses the region and is not named faults there, at boot or when the operating"
                        + " system takes it over from firmware. A USB keyboard that dies at boot is the usual sign.")
                .evidence(Seen.line("Xen says so.", line)).fix(Remedies.table().fix("firmware-update", Map.of()));
        if (since(symptoms, 9)) {
            finding.fix(Remedies.table().fix("xen-rmrr", Map.of()));
        }
        if (since(symptoms, 0) && !since(symptoms, 12) && symptoms.find(XenSetup::exclusive, MessageKind.XEN_COMMAND_LINE).isEmpty()) {
            finding.next("iommu_inclusive_mapping=1, which the line suggests, is what this Xen does by itself (4.0 to 4.11)");
        } else {
            finding.fix(Remedies.table().fix("xen-inclusive-mapping", Map.of()));
        }
        return finding.next("whether the device in question faults at all: without (XEN) [VT-D] fault lines at these addresses nothing needs doing");
    }

    private static boolean since(Symptoms symptoms, int minor) {
        return symptoms.xenVersion().filter(version -> version.release().atLeast(new Release(4, minor, 0))).isPresent();
    }

    private static boolean exclusive(LogMessage line) {
        return line.text().matches(".*(?:iommu_inclusive_mapping=(?:0|off|no|false|disable)|no-iommu_inclusive_mapping).*");
    }

    private static FindingBuilder deviceModel(LogMessage line) {
        return new FindingBuilder("device-model-without-passthrough", "The device model was built without passthrough: libpci's headers were missing when it"
                + " was compiled").blame(Blame.CONFIGURATION)
                .confidence(Confidence.CERTAIN)
                .why("xend asked the device model (qemu-dm) which virtual slots it gave to the devices, and it has no code to answer. qemu-dm is built with"
                + " passthrough only if libpci and its headers are there at that time;"
                        + " without them the build goes on quietly. VT-d, pciback and the guest's configuration are not at fault.")
                .evidence(Seen.line("xend got no virtual slot from the device model.", line)).fix(Remedies.table().fix("xen-device-model", Map.of()));
    }
}
