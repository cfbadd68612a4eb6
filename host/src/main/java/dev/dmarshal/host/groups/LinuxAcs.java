package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.host.groups.Isolation.Cause;
import dev.dmarshal.host.params.Standing;
import dev.dmarshal.host.version.Release;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which functions Linux takes to be isolated: {@code pci_acs_enabled(dev, SV|RR|CR|UF)} after {@code pci_enable_acs} has run
 * (drivers/pci/pci.c and drivers/pci/quirks.c, read in 3.16 to 7.1). Not for several threads.
 */
final class LinuxAcs {

    /** Source Validation, Request Redirect, Completion Redirect, Upstream Forwarding (drivers/iommu/iommu.c, REQ_ACS_FLAGS). */
    static final int REQUIRED = 0x1d;
    private static final int EGRESS = 0x20;

    private final PciTree tree;
    private final KernelPlan plan;
    private final Guess guess;
    private final AcsSettings settings;
    private final Optional<Release> release;
    private final Map<PciFunction, Isolation> known = new IdentityHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private boolean guessed;

    LinuxAcs(PciTree tree, KernelPlan plan, Guess guess) {
        this.tree = tree;
        this.plan = plan;
        this.guess = guess;
        this.settings = AcsSettings.of(plan);
        this.release = Optional.of(plan.kernel().map(kernel -> kernel.release()).orElseGet(() -> Release.parse(KernelPlan.NEWEST).orElseThrow()));
        notes.addAll(settings.notes());
    }

    /** What was found to do nothing, or not known for certain. */
    Set<String> notes() {
        return notes;
    }

    /** Whether an answer given so far rests on a guess. */
    boolean guessed() {
        return guessed;
    }

    Isolation isolation(PciFunction function) {
        Isolation isolation = known.get(function);
        if (isolation == null) {
            isolation = decide(function);
            known.put(function, isolation);
        }
        return isolation;
    }

    private Isolation decide(PciFunction function) {
        return quirk(function).or(() -> override(function)).orElseGet(() -> byType(function));
    }

    private Optional<Isolation> quirk(PciFunction function) {
        for (QuirkRow row : QuirkTable.standard().of(function)) {
            if (row.effect().aboutRequesterIds()) {
                continue;
            }
            Standing standing = row.releases().standing(release);
            if (standing != Standing.PRESENT && standing != Standing.UNSURE) {
                continue;
            }
            Optional<Isolation> answer = answer(row, function);
            if (answer.isPresent() && standing == Standing.UNSURE) {
                guessed = true;
                notes.add("whether " + plan.kernelText() + " has the quirk for " + function.ids().pair().orElse("") + " (" + function.address()
                        + ") is not known: it " + row.releases().since().map(edge -> "came " + edge).orElse("went"));
                if (guess == Guess.TOGETHER) {
                    continue;
                }
            }
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private Optional<Isolation> answer(QuirkRow row, PciFunction function) {
        FabricRole type = function.role().orElse(null);
        boolean isolates = switch (row.effect()) {
            case ISOLATED -> true;
            case ISOLATED_ROOT_PORT, PCH -> type == FabricRole.ROOT_PORT;
            case ISOLATED_PORT -> type != null && type.downstream();
            case ISOLATED_INTEGRATED -> type == FabricRole.INTEGRATED_ENDPOINT;
            case DWORD_ACS -> type == FabricRole.ROOT_PORT && function.acs() instanceof Acs.Present;
            case AMD_SOUTHBRIDGE -> plan.ivrs() && tree.multifunction(function) && tree.bridgeAbove(function).isEmpty();
            default -> false;
        };
        if (isolates) {
            if (row.effect() == QuirkRow.Effect.DWORD_ACS && changed(function)) {
                return Optional.of(new Isolation(false, Cause.SWITCHED_OFF, "has its ACS redirection switched off by a parameter"));
            }
            return Optional.of(new Isolation(true, Cause.QUIRK, "is taken to be isolated by a kernel quirk (" + function.ids().pair().orElse("") + ")"));
        }
        boolean denied = row.effect() == QuirkRow.Effect.NOT_ISOLATED || row.effect() == QuirkRow.Effect.NOT_ISOLATED_PORT && type != null && type.downstream();
        return denied ? Optional.of(new Isolation(false, Cause.QUIRK, "is taken not to be isolated by a kernel quirk (" + function.ids().pair().orElse("")
                + ")"))
                : Optional.empty();
    }

    /** Any matching parameter makes the kernel switch redirection off there (pci_dev_specific_disable_acs_redir), whatever its flags. */
    private boolean changed(PciFunction function) {
        return settings.changes().stream().anyMatch(change -> change.matches(function, tree));
    }

    private Optional<Isolation> override(PciFunction function) {
        boolean asked = settings.downstream() || settings.multifunction() || !settings.ids().isEmpty();
        if (!asked || function.acs() instanceof Acs.Present || function.role().filter(FabricRole::express).isEmpty()) {
            return Optional.empty();
        }
        boolean named = function.ids().pair().filter(settings.ids()::contains).isPresent();
        boolean port = settings.downstream() && function.role().get().downstream();
        boolean function0 = settings.multifunction() && inDevices(function.role().get()) && tree.multifunction(function);
        return named || port || function0 ? Optional.of(new Isolation(true, Cause.OVERRIDE,
                "is declared isolated by pcie_acs_override, which changes nothing in it"))
                : Optional.empty();
    }

    private Isolation byType(PciFunction function) {
        if (function.role().isEmpty()) {
            guessed = true;
            return new Isolation(guess == Guess.APART, Cause.UNMEASURED, "was not measured: its capabilities were not read");
        }
        FabricRole type = function.role().get();
        if (type == FabricRole.CONVENTIONAL) {
            return new Isolation(false, Cause.CONVENTIONAL, "is conventional PCI, which has no ACS");
        }
        if (type == FabricRole.PCIE_TO_PCI_BRIDGE || type == FabricRole.PCI_TO_PCIE_BRIDGE || type == FabricRole.EVENT_COLLECTOR) {
            return new Isolation(false, Cause.BRIDGE, "is of a kind that never has ACS");
        }
        if (type.downstream()) {
            return byCapability(function);
        }
        if (!inDevices(type)) {
            return new Isolation(true, Cause.NOT_APPLICABLE, "is of a kind to which ACS does not apply");
        }
        return tree.multifunction(function) ? byCapability(function) : new Isolation(true, Cause.SINGLE_FUNCTION, "is the only function of its device");
    }

    private static boolean inDevices(FabricRole type) {
        return type == FabricRole.ENDPOINT || type == FabricRole.LEGACY_ENDPOINT || type == FabricRole.UPSTREAM_PORT || type == FabricRole.INTEGRATED_ENDPOINT;
    }

    private Isolation byCapability(PciFunction function) {
        // No switch over the three: its call site takes 20 ms of every start to link, since the start-up cache does not keep it.
        if (function.acs() instanceof Acs.Present present) {
            return byControl(function, present);
        }
        if (function.acs() instanceof Acs.Absent) {
            return new Isolation(false, Cause.NO_ACS, "has no ACS capability");
        }
        guessed = true;
        return new Isolation(guess == Guess.APART, Cause.UNMEASURED, "was not measured: its extended capabilities were not read");
    }

    /** The kernel demands only what the capability offers: what is missing from it is taken to be wired (pci_acs_flags_enabled). */
    private Isolation byControl(PciFunction function, Acs.Present acs) {
        int control = acs.control() | acs.capability() & REQUIRED;
        Optional<String> parameter = Optional.empty();
        for (AcsSettings.Change change : settings.changes()) {
            if (change.matches(function, tree)) {
                control = change.apply(control, acs.control());
                parameter = Optional.of(change.parameter());
            }
        }
        int missing = REQUIRED & (acs.capability() | EGRESS) & ~control;
        if (missing == 0) {
            return new Isolation(true, Cause.ACS, "has ACS, which the kernel switches on");
        }
        return new Isolation(false, Cause.SWITCHED_OFF, "has ACS, but " + Acs.words(missing) + " switched off by " + parameter.orElse("its hardware"));
    }
}
