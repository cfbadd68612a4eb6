package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.symptom.MemoryOutline;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.doctor.twin.XenEntry;
import dev.dmarshal.doctor.twin.XenLog;
import dev.dmarshal.doctor.twin.XenMachine;
import dev.dmarshal.doctor.twin.XenOwner;
import dev.dmarshal.doctor.twin.XenRules;
import dev.dmarshal.doctor.twin.XenTables;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A host under Xen: what its dom0 shows, Xen's rules, and who has which device.
 *
 * @param survey   one look from dom0
 * @param coverage which RMRRs are whose; empty without a DMAR table
 * @param symptoms what the logs tell, Xen's among them
 * @param rules    of its Xen
 * @param owners   owners that are told rather than concluded
 */
public record XenSituation(HostSurvey survey, Optional<DmarCoverage> coverage, Symptoms symptoms, XenRules rules, Map<Sbdf, XenOwner> owners) {

    private static final Set<String> BACK_ENDS = Set.of("pciback", "xen-pciback");

    /** Keeps its own copy. */
    public XenSituation {
        owners = Map.copyOf(owners);
    }

    /** The host as it is. */
    public static XenSituation of(HostSurvey survey, Symptoms symptoms) {
        Optional<DmarCoverage> coverage = survey.remapping().dmar().present().map(table -> new DmarCoverage(table, survey.tree()));
        return new XenSituation(survey, coverage, symptoms, new XenLog(symptoms).rules(), Map.of());
    }

    /** The same under other rules. */
    public XenSituation with(XenRules other) {
        return new XenSituation(survey, coverage, symptoms, other, owners);
    }

    /** The same with devices given to others. */
    public XenSituation with(Map<Sbdf, XenOwner> given) {
        Map<Sbdf, XenOwner> all = new HashMap<>(owners);
        all.putAll(given);
        return new XenSituation(survey, coverage, symptoms, rules, all);
    }

    /**
     * Who has a device: who is told to, else whom Xen's log names last, else for what pciback holds the quarantine (where there is one), else dom0.
     * What pciback
     * took at boot is dom0's to Xen until it is first given away.
     */
    public XenOwner owner(FunctionFacts function) {
        XenOwner told = owners.get(function.address());
        if (told != null) {
            return told;
        }
        Optional<XenOwner> logged = function.address().segment() == 0 ? new XenLog(symptoms).owner(function.address().sourceId()) : Optional.empty();
        boolean held = function.binding().driver().filter(BACK_ENDS::contains).isPresent() && !hiddenAtBoot(function.address());
        boolean quarantine = rules.quarantine().filter(form -> form != XenRules.Quarantine.NONE).isPresent();
        return logged.orElseGet(() -> held && quarantine ? new XenOwner.Quarantine() : new XenOwner.Dom0());
    }

    private boolean hiddenAtBoot(Sbdf address) {
        String full = address.toString();
        return symptoms.host().commandLine().stream().flatMap(line -> line.tokens().stream()).filter(token -> token.name().endsWith("pciback.hide"))
                .anyMatch(token -> token.value().filter(value -> value.contains("(" + full + ")") || value.contains("(" + full.substring(5) + ")"))
                .isPresent());
    }

    /** What Xen makes of a device, as far as these pages tell. */
    public XenEntry entry(FunctionFacts function, List<Long> pages) {
        return tables(function).entry(owner(function), pages);
    }

    private XenTables tables(FunctionFacts function) {
        List<DmarStructure.Rmrr> own = coverage.map(known -> known.regionsOf(function.address())).orElse(List.of());
        List<DmarStructure.Rmrr> shared = own.stream().filter(region -> region.scopes().size() > 1).toList();
        return new XenTables(rules, new XenMachine(symptoms.reserved(), regions(own), regions(shared)), function.usb());
    }

    private static List<MemoryOutline.Region> regions(List<DmarStructure.Rmrr> all) {
        return all.stream().map(region -> new MemoryOutline.Region(region.base(), region.limit(), "RMRR")).toList();
    }
}
