package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.twin.Scene;
import dev.dmarshal.doctor.twin.TableMode;
import dev.dmarshal.doctor.twin.XenEntry;
import dev.dmarshal.doctor.twin.XenOwner;
import dev.dmarshal.host.groups.Guess;
import dev.dmarshal.host.groups.KernelPlan;
import dev.dmarshal.host.groups.RequesterAlias;
import dev.dmarshal.host.groups.RequesterAliases;
import dev.dmarshal.host.survey.FunctionFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host under Xen as it is and as it would be.
 *
 * @param devices every function but bridges, by address
 * @param faults  what becomes of the faults in the logs
 * @param notes   what whoever reads this should know
 */
public record XenWhatIf(List<Device> devices, List<FaultForecast> faults, List<String> notes) {

    /** What is not modelled, by a stable name. */
    public static final Map<String, String> NOT_MODELLED = notModelled();

    /** Keeps its own copies. */
    public XenWhatIf {
        devices = List.copyOf(devices);
        faults = List.copyOf(faults);
        notes = List.copyOf(notes);
    }

    /**
     * A function before and after.
     *
     * @param function what
     * @param from     whose it is
     * @param before   what Xen makes of it
     * @param to       whose it would be
     * @param after    what Xen would make of it
     */
    public record Device(FunctionFacts function, XenOwner from, XenEntry before, XenOwner to, XenEntry after) {

        /** Whether anything changes for it. */
        public boolean changed() {
            return after.refused() || !from.equals(to) || !before.reaches().equals(after.reaches());
        }

        /** Whether it reaches all memory afterwards and did not before. */
        public boolean exposed() {
            return reachesAll(after) && !reachesAll(before);
        }

        private static boolean reachesAll(XenEntry entry) {
            return entry.attachment().filter(dev.dmarshal.doctor.twin.Attachment.Identity.class::isInstance).isPresent();
        }
    }

    private static Map<String, String> notModelled() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("xen-memory", "which memory is Xen's own, or a domain's own: a strict dom0 and a PV guest reach theirs only, and here no page counts as"
                + " theirs");
        names.put("guest-layout", "a guest's memory where something other than xl lays it out, and what the guest itself maps or gives away");
        names.put("phantom-functions", "pci-phantom=, and ids that Xen learns of only from firmware");
        names.put("interrupts", "interrupt remapping, which Xen sets up for each vector of a device that has been given away");
        names.put("build", "the build's own choice of quarantine (CONFIG_IOMMU_QUARANTINE_*, since 4.16): basic, its default, is taken");
        return java.util.Collections.unmodifiableMap(names);
    }

    /** Compares. */
    public static XenWhatIf of(XenSituation now, XenSituation then) {
        List<Device> devices = new ArrayList<>();
        now.survey().functions().stream().filter(function -> !function.carriesOthers()).forEach(function -> devices.add(new Device(function,
                now.owner(function), now.entry(function, List.of()), then.owner(function), then.entry(function, List.of()))));
        devices.sort(java.util.Comparator.comparing(device -> device.function().address()));
        List<FaultForecast> faults = now.symptoms().faults().stream().filter(fault -> fault.dialect().xen() && fault.device().isPresent())
                .map(fault -> FaultForecast.of(fault, scene(fault, now, now), scene(fault, then, now))).toList();
        return new XenWhatIf(devices, faults, notes(now));
    }

    private static List<String> notes(XenSituation now) {
        List<String> notes = new ArrayList<>();
        if (now.rules().release().isEmpty()) {
            notes.add("Xen's version is not known (xl info, or the first line of xl dmesg): where versions differ, what most of them do is taken, or nothing");
        }
        if (now.survey().remapping().dmar().present().isEmpty()) {
            notes.add("no DMAR table was seen: reserved regions of devices are not known");
        }
        if (now.symptoms().reserved().map().isEmpty()) {
            notes.add("no memory map was seen (xl dmesg): what is memory and what firmware reserves is not known");
        }
        return notes;
    }

    /** The unit with an entry for each function and each id under which a bridge passes requests on; empty if what is known does not decide the requester's. */
    private static Optional<Scene> scene(FaultGroup fault, XenSituation situation, XenSituation before) {
        Scene scene = Scene.of(UnitPlanner.plain(), TableMode.LEGACY);
        if (situation.rules().translating().isEmpty()) {
            return Optional.empty();
        }
        Sbdf requester = fault.device().orElseThrow();
        for (PciFunction function : situation.survey().tree().functions()) {
            Optional<FunctionFacts> facts = situation.survey().function(function.address());
            if (facts.isEmpty() || function.address().segment() != requester.segment()) {
                continue;
            }
            XenEntry entry = situation.entry(facts.get(), fault.pages());
            entry = entry.refused() ? before.entry(facts.get(), fault.pages()) : entry;
            List<Integer> ids = ids(situation, function);
            if (entry.attachment().isEmpty() && ids.contains(requester.sourceId().value())) {
                return Optional.empty();
            }
            for (int id : ids) {
                scene = entry.attachment().isPresent() ? scene.with(id, entry.attachment().get()) : scene;
            }
        }
        return Optional.of(situation.rules().translating().get() ? scene : scene.untranslated());
    }

    /**
     * Xen knows the ids under which bridges pass requests on, and none of Linux's quirks, which are functions of the same slot (domain_context_mapping,
     * xen/drivers/passthrough/vtd/iommu.c).
     */
    private static List<Integer> ids(XenSituation situation, PciFunction function) {
        return RequesterAliases.of(situation.survey().tree(), KernelPlan.STANDARD, Guess.APART, function).stream().map(RequesterAlias::id)
                .filter(id -> id.value() == function.address().sourceId().value() || id.bus() != function.address().bus() || id.devfn() == 0)
                .map(id -> id.value()).toList();
    }
}
