package dev.dmarshal.host.reset;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.version.KernelVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a function would be reset.
 *
 * @param steps     every method of the kernel in its order
 * @param fromSysfs whether the running kernel's own list decided, rather than the capabilities
 * @param busHits   who else a reset of the whole bus hits; VFIO does it when all of them belong to the same guest ({@code VFIO_DEVICE_PCI_HOT_RESET})
 * @param busReset  whether a reset of the whole bus is possible: not on a root bus, not for a bridge, not where it is known to break the device
 */
public record ResetForecast(List<ResetStep> steps, boolean fromSysfs, List<Sbdf> busHits, boolean busReset) {

    /** Judges one function under a kernel; under the newest known if the kernel is not known. */
    public static ResetForecast of(ResetFacts facts, Optional<KernelVersion> kernel) {
        List<ResetRow> known = ResetRow.of(facts.ids());
        List<ResetRow> rows = known.isEmpty() ? known : known.stream().filter(row -> row.effect() != ResetRow.Effect.NO_PM || !facts.place().rootBus())
                .toList();
        List<ResetStep> steps = new ArrayList<>();
        for (ResetMethod method : ResetMethod.of(kernel)) {
            steps.add(facts.kernelsOwn().isPresent() ? listed(method, facts.kernelsOwn().get(), rows) : judged(method, facts, rows, kernel));
        }
        boolean broken = !rows.isEmpty() && rows.stream().anyMatch(row -> row.effect() == ResetRow.Effect.NO_BUS);
        return new ResetForecast(List.copyOf(steps), facts.kernelsOwn().isPresent(), facts.place().sameBus(),
                !facts.place().rootBus() && !facts.place().bridge() && !broken);
    }

    /** The method that the kernel would use, if it is known that there is one. */
    public Optional<ResetStep> first() {
        return first(ResetStep.Standing.APPLIES);
    }

    /** The first method that does harm or nothing on this device without the kernel knowing it. */
    public Optional<ResetStep> firstDoubtful() {
        return first(ResetStep.Standing.DOUBTFUL);
    }

    private Optional<ResetStep> first(ResetStep.Standing standing) {
        for (ResetStep step : steps) {
            if (step.standing() == standing) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }

    /** Whether nothing that the kernel would try before {@link #first} was left unmeasured; firmware's {@code _RST}, which is rare, does not count. */
    public boolean certain() {
        for (ResetStep step : steps) {
            if (step.standing() == ResetStep.Standing.APPLIES) {
                return true;
            }
            if (step.standing() == ResetStep.Standing.UNMEASURED && step.method() != ResetMethod.ACPI) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is known that no method resets the function alone. */
    public boolean none() {
        return steps.stream().allMatch(step -> step.standing() == ResetStep.Standing.LACKS);
    }

    /** The names of the methods that apply, in order. */
    public List<String> words() {
        return steps.stream().filter(step -> step.standing() == ResetStep.Standing.APPLIES).map(step -> step.method().word()).toList();
    }

    private static ResetStep listed(ResetMethod method, List<String> own, List<ResetRow> rows) {
        if (!own.contains(method.word())) {
            return new ResetStep(method, ResetStep.Standing.LACKS, "the running kernel does not list it" + remark(method, rows));
        }
        // The kernel lists what it would try; a row that it does not know yet still tells of the harm.
        return harm(method, rows).map(row -> new ResetStep(method, ResetStep.Standing.DOUBTFUL, "the running kernel lists it, but: " + row.words()))
                .orElseGet(() -> new ResetStep(method, ResetStep.Standing.APPLIES, "the running kernel lists it"));
    }

    private static String remark(ResetMethod method, List<ResetRow> rows) {
        return harm(method, rows).map(row -> ": " + row.words()).orElse("");
    }

    private static Optional<ResetRow> harm(ResetMethod method, List<ResetRow> rows) {
        return rows.isEmpty() ? Optional.empty() : rows.stream().filter(row -> against(method, row.effect())).findFirst();
    }

    private static boolean against(ResetMethod method, ResetRow.Effect effect) {
        return switch (method) {
            case FLR, AF_FLR -> effect == ResetRow.Effect.NO_FLR;
            case PM -> effect == ResetRow.Effect.NO_PM;
            case BUS, CXL_BUS -> effect == ResetRow.Effect.NO_BUS;
            default -> false;
        };
    }

    private static ResetStep judged(ResetMethod method, ResetFacts facts, List<ResetRow> rows, Optional<KernelVersion> kernel) {
        ResetStep plain = switch (method) {
            case DEVICE_SPECIFIC -> specific(rows, kernel);
            case ACPI -> new ResetStep(method, ResetStep.Standing.UNMEASURED, "whether firmware has a _RST for it stands in bytecode that was not run");
            case FLR -> capability(method, facts.says().flr(), "Device Capabilities has FLReset+", "Device Capabilities has FLReset-");
            case AF_FLR -> capability(method, facts.says().afFlr(), "Advanced Features has FLR+ and TP+", "no Advanced Features capability with FLR and TP");
            case PM -> capability(method, facts.says().softReset(), "power management has NoSoftRst-", "power management is missing or has NoSoftRst+");
            case BUS -> bus(facts);
            case CXL_BUS -> facts.place().cxlPort().filter(cxl -> cxl).isPresent() ? new ResetStep(method, bus(facts).standing(),
                    "the port above is a CXL port")
                    : new ResetStep(method, ResetStep.Standing.LACKS, "no CXL port is known above it");
        };
        Optional<ResetRow> harm = harm(method, rows);
        if (harm.isEmpty() || plain.standing() == ResetStep.Standing.LACKS) {
            return plain;
        }
        return harm.get().in(kernel) ? new ResetStep(method, ResetStep.Standing.LACKS, harm.get().words() + " This kernel leaves it out.")
                : new ResetStep(method, ResetStep.Standing.DOUBTFUL, harm.get().words() + " This kernel may not know that yet.");
    }

    private static ResetStep specific(List<ResetRow> rows, Optional<KernelVersion> kernel) {
        return rows.stream().filter(row -> row.effect() == ResetRow.Effect.SPECIFIC && row.in(kernel)).findFirst()
                .map(row -> new ResetStep(ResetMethod.DEVICE_SPECIFIC, ResetStep.Standing.APPLIES, row.words()))
                .orElseGet(() -> new ResetStep(ResetMethod.DEVICE_SPECIFIC, ResetStep.Standing.LACKS, "the kernel has no way of its own for this device"));
    }

    private static ResetStep capability(ResetMethod method, Optional<Boolean> says, String with, String without) {
        if (says.isEmpty()) {
            return new ResetStep(method, ResetStep.Standing.UNMEASURED, "its configuration space was not read beyond the header");
        }
        return says.get() ? new ResetStep(method, ResetStep.Standing.APPLIES, with) : new ResetStep(method, ResetStep.Standing.LACKS, without);
    }

    /** Linux drivers/pci/pci.c, {@code pci_dev_reset_slot_function} and {@code pci_parent_bus_reset}. */
    private static ResetStep bus(ResetFacts facts) {
        ResetFacts.Place place = facts.place();
        if (place.bridge()) {
            return new ResetStep(ResetMethod.BUS, ResetStep.Standing.LACKS, "it is a bridge");
        }
        if (place.hotplugSlot().filter(slot -> slot).isPresent() && !place.multifunction()) {
            return new ResetStep(ResetMethod.BUS, ResetStep.Standing.APPLIES, "its hot-plug slot can be reset");
        }
        if (place.rootBus()) {
            return new ResetStep(ResetMethod.BUS, ResetStep.Standing.LACKS, "it is on a root bus");
        }
        return place.sameBus().isEmpty() ? new ResetStep(ResetMethod.BUS, ResetStep.Standing.APPLIES, "it is alone on its bus")
                : new ResetStep(ResetMethod.BUS, ResetStep.Standing.LACKS, "others share its bus: " + names(place.sameBus()));
    }

    private static String names(List<Sbdf> devices) {
        String names = String.join(", ", devices.stream().limit(4).map(Sbdf::toString).toList());
        return devices.size() > 4 ? names + " and " + (devices.size() - 4) + " more" : names;
    }
}
