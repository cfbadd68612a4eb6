package dev.dmarshal.doctor;

import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lines of logs that say that something is not there without which no guest has a device: a driver of dom0's, the tool stack, a device model that was built
 * with passthrough. Recognised by the causes and nowhere else; here stands only which prerequisite each is about, by the label of
 * {@code dev.dmarshal.host.iommu.GuestPrerequisites} where that looks at it too.
 *
 * @param check    label of the prerequisite, such as {@code pciback}
 * @param finding  the cause that the line shows
 * @param evidence the line
 */
public record PrerequisiteLines(String check, Finding finding, Evidence evidence) {

    private static final Map<String, String> TOUCHES = Map.of("xen-pciback-missing", "pciback", "xen-hide-unread", "pciback",
            "pci-stub-missing", "pci-stub", "xen-tools-mute", "toolstack", "device-model-without-passthrough", "device-model",
            "xen-qemu-without-passthrough", "device-model");

    /** The findings of a diagnosis that are about a prerequisite, best first; each has the line that shows it. */
    public static List<PrerequisiteLines> of(Diagnosis diagnosis) {
        return diagnosis.findings().stream().filter(finding -> TOUCHES.containsKey(finding.label()))
                .flatMap(finding -> shown(finding).map(line -> new PrerequisiteLines(TOUCHES.get(finding.label()), finding, line)).stream()).toList();
    }

    private static Optional<Evidence> shown(Finding finding) {
        return finding.evidence().stream().filter(evidence -> evidence.line().isPresent()).findFirst();
    }

    /** Labels of causes that are about prerequisites. */
    static java.util.Set<String> labels() {
        return TOUCHES.keySet();
    }

    /** Whether guests can have devices in spite of it. */
    public boolean harmless() {
        return finding.severity() != Severity.PROBLEM;
    }
}
