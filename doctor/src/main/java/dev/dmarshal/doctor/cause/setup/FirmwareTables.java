package dev.dmarshal.doctor.cause.setup;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The DMAR or IVRS table is wrong, and the kernel says in which way. One finding for each way. */
public final class FirmwareTables implements Cause {

    /** A way for a table to be wrong. */
    private record Defect(String label, Severity severity, String title, String why, MessageKind... kinds) {
    }

    private static final List<Defect> DEFECTS = List.of(
            new Defect("dmar-address-zero", Severity.PROBLEM, "The DMAR table puts a remapping unit at address 0",
                    "Firmware lists a unit without programming its register base, usually because VT-d is switched off in firmware set-up but its table was"
                            + " left in place. Linux gives up the whole table: no unit"
                            + " is used and no device can be assigned. Xen refuses such a table as well.", MessageKind.DMAR_ADDRESS_ZERO),
            new Defect("dmar-all-ones", Severity.PROBLEM, "A remapping unit's registers read as all ones: the DMAR table points where no unit answers",
                    "Reads of all ones come from an address that nothing decodes. Firmware described a unit that it did not switch on, or described it at"
                            + " the wrong place. Linux does not use it, and with it goes"
                            + " interrupt remapping for all that it covers.", MessageKind.DMAR_ALL_ONES),
            new Defect("ioapic-not-in-scope", Severity.PROBLEM, "An IO-APIC is in no remapping unit's scope, so the kernel turns interrupt remapping off",
                    "The MADT names an IO-APIC whose id no unit of the DMAR or IVRS table lists. Its interrupts could not be remapped, so none are. Without"
                            + " interrupt remapping a guest's device can forge interrupts,"
                            + " and VFIO refuses assignment unless told to accept that.", MessageKind.IR_NOT_IN_SCOPE, MessageKind.AMD_FIRMWARE_BUG,
                    MessageKind.AMD_IR_DISABLED),
            new Defect("rmrr-not-reserved", Severity.WARNING, "A reserved region of the DMAR table lies in memory that the firmware's own memory map calls"
                    + " usable",
                    "The DMAR table says that a device uses this memory behind the kernel's back; the memory map says that the kernel may use it. Linux maps"
                            + " it 1:1 all the same and may put its own data there; Xen ignores the"
                            + " region unless told otherwise, and then the device faults.", MessageKind.RMRR_NOT_RESERVED, MessageKind.RMRR_BAD),
            new Defect("dmar-unparseable", Severity.PROBLEM, "The DMAR table cannot be parsed, so VT-d stays off",
                    "The kernel met a structure that it could not read, such as one of length zero, and gave the table up.", MessageKind.DMAR_PARSE_FAILED),
            new Defect("dmar-firmware-bug", Severity.WARNING, "The kernel reports a defect of the DMAR table", "See the line: the kernel says what is wrong,"
                    + " works around it, and blames the firmware.",
                    MessageKind.DMAR_FIRMWARE_BUG));

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        for (Defect defect : DEFECTS) {
            List<LogMessage> lines = symptoms.each(defect.kinds).toList();
            if (!lines.isEmpty()) {
                claims.add(Claim.of(finding(defect, lines)));
            }
        }
        return claims;
    }

    private static Finding finding(Defect defect, List<LogMessage> lines) {
        FindingBuilder finding = new FindingBuilder(defect.label, defect.title).severity(defect.severity).blame(Blame.FIRMWARE).confidence(Confidence.CERTAIN)
                .why(defect.why);
        lines.stream().limit(4).forEach(line -> finding.evidence(Seen.line("The kernel says so.", line)));
        boolean amd = lines.stream().anyMatch(line -> line.kind() != MessageKind.IR_NOT_IN_SCOPE);
        for (String label : defect.label.equals("ioapic-not-in-scope") ? List.of("remap-check", amd ? "ivrs-ioapic" : "firmware-setup", "firmware-update")
                : List.of("firmware-setup", "firmware-update")) {
            finding.fix(Remedies.table().fix(label, Map.of()));
        }
        return finding.next("acpidump -n DMAR (or IVRS) and -n APIC: the tables themselves show which entry is wrong").build();
    }
}
