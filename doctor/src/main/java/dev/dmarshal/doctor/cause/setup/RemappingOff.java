package dev.dmarshal.doctor.cause.setup;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.params.CommandLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody wants to give a device away and the IOMMU is not on; or a tool believes so because of where it looks from. Asked only where a line shows
 * the wish: a host without
 * remapping that nobody misses is no finding.
 */
public final class RemappingOff implements Cause {

    /** xen tools/libs/light/libxl_pci.c libxl__device_pci_add, libxl_create.c; tools/python/xen/xend/XendDomainInfo.py up to 4.4. */
    private static final Pattern XEN_REFUSES = Pattern.compile("cannot be assigned - no IOMMU|passthrough not supported on this platform"
            + "|doesn't support VT-d, or VT-d isn't enabled");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        Optional<LogMessage> blind = symptoms.find(line -> line.text().contains("/sys/firmware"), MessageKind.CANNOT_OPEN);
        Optional<LogMessage> check = symptoms.find(RemappingOff::failedCheck, MessageKind.VIRT_HOST_VALIDATE);
        boolean on = symptoms.has(MessageKind.IOMMU_ENABLED, MessageKind.VTD_ACTIVE, MessageKind.GROUP_ADD, MessageKind.AMD_FOUND, MessageKind.DEFAULT_DOMAIN)
                || Trail.first(symptoms, Clue.CHECK_PASSED).isPresent();
        if (blind.isPresent() && (check.isPresent() || on) || check.isPresent() && on) {
            return List.of(container(on, List.of(blind, check)));
        }
        Optional<LogMessage> wish = symptoms.each(MessageKind.VFIO_NO_GROUP, MessageKind.LIBVIRT_NO_VFIO, MessageKind.XEN_IOMMU_DISABLED).findFirst()
                .or(() -> check).or(() -> xl(symptoms));
        if (wish.isEmpty() || on && !wish.get().kind().equals(MessageKind.XEN_IOMMU_DISABLED)) {
            return List.of();
        }
        return List.of(off(symptoms, wish.get()));
    }

    private static boolean failedCheck(LogMessage line) {
        boolean iommu = line.text().contains("IOMMU");
        return iommu && line.field("result").filter(result -> result.equals("WARN") || result.equals("FAIL")).isPresent();
    }

    private static Optional<LogMessage> xl(Symptoms symptoms) {
        return symptoms.find(line -> XEN_REFUSES.matcher(line.text()).find(), MessageKind.XL_PCI_FAILED);
    }

    private static Claim container(boolean on, List<Optional<LogMessage>> lines) {
        FindingBuilder finding = Narratives.begin("container-view", on ? Confidence.LIKELY : Confidence.POSSIBLE,
                Map.of("what", on ? "Elsewhere in the same report remapping is on." : "Whether remapping is on has to be asked on the host."));
        lines.forEach(line -> line.ifPresent(text -> finding.evidence(Seen.line("The tool looked where it cannot see.", text))));
        return Claim.of(finding.build());
    }

    private static Claim off(Symptoms symptoms, LogMessage wish) {
        Map<String, String> words = new HashMap<>();
        List<LogMessage> because = new ArrayList<>();
        reason(symptoms, words, because);
        FindingBuilder finding = Narratives.begin("remapping-off", Confidence.LIKELY, words).device(wish.device())
                .evidence(Seen.line("A device is wanted and the IOMMU is missed.", wish));
        because.forEach(line -> finding.evidence(Seen.line("This is why.", line)));
        return Claim.of(finding.build());
    }

    /** The tree of reasons, from what the log shows best to what it leaves open. */
    private static void reason(Symptoms symptoms, Map<String, String> words, List<LogMessage> because) {
        Optional<LogMessage> table = symptoms.each(MessageKind.DMAR_ADDRESS_ZERO, MessageKind.DMAR_ALL_ONES, MessageKind.DMAR_PARSE_FAILED).findFirst();
        Optional<LogMessage> disabled = symptoms.first(MessageKind.IOMMU_DISABLED);
        Optional<LogMessage> missing = symptoms.first(MessageKind.DMAR_NOT_FOUND);
        Optional<CommandLine> line = symptoms.host().commandLine();
        String what;
        String why;
        if (table.isPresent()) {
            because.add(table.get());
            what = "the firmware's table is unusable";
            why = "The kernel found a DMAR table and gave it up as broken.";
        } else if (disabled.isPresent()) {
            because.add(disabled.get());
            what = "it is switched off on the command line";
            why = "A parameter turns it off.";
        } else if (missing.isPresent()) {
            because.add(missing.get());
            what = "firmware gives no DMAR table";
            why = "Without the table the kernel does not know of any unit: VT-d is off in firmware set-up, or the board does not have it.";
        } else if (XenSetup.tableUnread(symptoms).isPresent()) {
            because.add(XenSetup.tableUnread(symptoms).get());
            what = "the firmware's table is unusable";
            why = "Xen found a DMAR table and gave it up as broken.";
        } else if (symptoms.xen() || symptoms.has(MessageKind.XL_PCI_FAILED)) {
            what = "Xen left it off";
            why = "Xen's own log (xl dmesg) says why: firmware set-up, a broken table, or the iommu= parameter.";
        } else if (line.isPresent() && !symptoms.amd() && !symptoms.host().given("intel_iommu") && !symptoms.host().given("amd_iommu")) {
            what = "nothing on the command line asks for it";
            why = "On Intel many builds leave it off unless intel_iommu=on is given.";
        } else {
            what = "the report does not show why";
            why = "It is off in firmware set-up, not asked for on the command line, or not built into the kernel.";
        }
        words.put("what", what);
        words.put("why", why);
    }
}
