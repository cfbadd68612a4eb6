package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host as it is and as it would be.
 *
 * @param before  what the kernel does now; where it shows a group's type, that is taken
 * @param after   what it would do
 * @param devices every function, by its address now
 * @param faults  what becomes of the faults in the logs
 * @param notes   what whoever reads this should know
 */
public record WhatIf(HostPolicy before, HostPolicy after, List<DeviceChange> devices, List<FaultForecast> faults, List<String> notes) {

    /** What is not modelled, by a stable name. */
    public static final Map<String, String> NOT_MODELLED = notModelled();

    /** Keeps its own copies. */
    public WhatIf {
        devices = List.copyOf(devices);
        faults = List.copyOf(faults);
        notes = List.copyOf(notes);
    }

    private static Map<String, String> notModelled() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("driver-mappings", "what drivers map while they work: an address of a driver's buffer counts as not mapped");
        names.put("guest-mappings", "what a guest or a user-space driver maps for its device");
        names.put("untrusted-devices", "devices behind external ports, which Linux translates strictly whatever the default is");
        names.put("audio-erratum", "the identity domain that Linux gives to audio on the 5500 chipset where firmware misses its isochronous channel");
        names.put("before-5.3", "kernels before 5.3 in detail: they made entries at a device's first mapping, and left some devices out of iommu=pt");
        names.put("pasid", "requests with a PASID, and device TLBs");
        names.put("bus-numbers", "which bus numbers firmware would give after a card has moved, and whether its DMAR table would follow the card");
        names.put("drivers-let-go", "whether a driver lets go of its device, which a change of a group's type at run time needs");
        return java.util.Collections.unmodifiableMap(names);
    }

    /** Compares. {@code symptoms} has the faults that were seen as things are. */
    public static WhatIf of(Situation now, Situation then, Symptoms symptoms) {
        HostPolicy before = seen(LinuxPolicy.of(now, now.kernel()), now.kernel());
        HostPolicy after = LinuxPolicy.of(then, now.kernel());
        List<DeviceChange> devices = new ArrayList<>();
        now.tree().functions().stream().map(function -> function.address()).sorted().forEach(from -> {
            Sbdf to = then.moved().getOrDefault(from, from);
            Optional<GroupPlan> old = before.groupOf(from);
            Optional<GroupPlan> fresh = after.groupOf(to);
            if (old.isPresent() && fresh.isPresent()) {
                devices.add(new DeviceChange(from, to, old.get(), fresh.get()));
            }
        });
        HostTwin twin = HostTwin.of(now, before, symptoms.reserved().map());
        HostTwin changed = HostTwin.of(then, after, symptoms.reserved().map());
        List<FaultForecast> faults = symptoms.faults().stream().filter(fault -> fault.dialect().vtd() && fault.device().isPresent())
                .map(fault -> forecast(fault, twin, changed, then)).toList();
        List<String> notes = new ArrayList<>(before.notes());
        after.notes().stream().filter(note -> !notes.contains(note)).forEach(notes::add);
        return new WhatIf(before, after, devices, faults, notes);
    }

    /** The kernel's own word on a type stands above what was concluded; a difference is noted. */
    private static HostPolicy seen(HostPolicy policy, KernelFacts kernel) {
        List<String> notes = new ArrayList<>(policy.notes());
        List<GroupPlan> groups = new ArrayList<>();
        for (GroupPlan group : policy.groups()) {
            Optional<DomainType> shown = group.number().isPresent() ? Optional.ofNullable(kernel.types().get(group.number().getAsInt())) : Optional.empty();
            if (shown.isPresent() && !group.type().equals(shown)) {
                group.type().ifPresent(type -> notes.add("group " + group.number().getAsInt() + " is " + shown.get().word() + " where " + type.word()
                        + " was expected: somebody wrote to its type file, a guest has it, or this kernel decides otherwise"));
                groups.add(new GroupPlan(group.number(), group.members(), shown, "The kernel shows it.", group.reserved()));
            } else {
                groups.add(group);
            }
        }
        return new HostPolicy(policy.translating(), policy.because(), policy.remapping(), policy.units(), groups, notes);
    }

    private static FaultForecast forecast(FaultGroup fault, HostTwin now, HostTwin then, Situation after) {
        Sbdf requester = fault.device().orElseThrow();
        FaultForecast forecast = FaultForecast.of(fault, now.scene(requester), then.scene(after.moved().getOrDefault(requester, requester)));
        return forecast.outcome() != FaultForecast.Outcome.OPEN && after.moves(requester) ? new FaultForecast(fault, FaultForecast.Outcome.OPEN,
                "The card at " + requester.withFunction(0) + " moves: the log's requests are of its old place.") : forecast;
    }
}
