package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.host.params.Standing;
import dev.dmarshal.host.params.VersionRange;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The requester ids with which Linux expects a function's requests: {@code pci_for_each_dma_alias} (drivers/pci/search.c) over the aliases that quirks add
 * (drivers/pci/quirks.c), read in 3.16 to 7.1. The same list decides which context entries VT-d gets. Not for several threads.
 */
public final class RequesterAliases {

    /** {@code pci_real_dma_dev}: absent in 5.4.0, where VMD's devices got no group, present in 5.10.7 (arch/x86/pci/common.c). */
    private static final VersionRange DMA_OWNER = VersionRange.parse("5.4<5.10", "-");
    private static final int NTB_CLASS = 0x0680;
    private static final int DEVFNS = 256;

    private final PciTree tree;
    private final KernelPlan plan;
    private final Guess guess;
    private final Optional<Release> release;
    private final Map<PciFunction, BitSet> masks = new IdentityHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private boolean guessed;

    RequesterAliases(PciTree tree, KernelPlan plan, Guess guess) {
        this.tree = tree;
        this.plan = plan;
        this.guess = guess;
        this.release = Optional.of(plan.kernel().map(kernel -> kernel.release()).orElseGet(() -> Release.parse(KernelPlan.NEWEST).orElseThrow()));
        tree.functions().forEach(function -> {
            BitSet mask = mask(function);
            if (!mask.isEmpty()) {
                masks.put(function, mask);
            }
        });
    }

    /** The aliases of a function, its own id first, where unmeasured ones are taken as {@code guess} says. */
    public static List<RequesterAlias> of(PciTree tree, KernelPlan plan, Guess guess, PciFunction function) {
        return new RequesterAliases(tree, plan, guess).walk(tree.function(function.address()).orElseThrow());
    }

    Set<String> notes() {
        return notes;
    }

    boolean guessed() {
        return guessed;
    }

    /** Whether this kernel's VMD devices have groups at all. */
    boolean handlesDmaOwners() {
        return DMA_OWNER.standing(release) != Standing.NOT_YET;
    }

    /** Whether quirks make one of two functions of a bus sign as the other. */
    boolean related(PciFunction one, PciFunction other) {
        return signsAs(one, other) || signsAs(other, one);
    }

    /** Whether a quirk makes a function sign as another one of its bus. */
    boolean signsAs(PciFunction one, PciFunction other) {
        BitSet mask = masks.get(one);
        return mask != null && mask.get(other.devfn());
    }

    boolean any() {
        return !masks.isEmpty();
    }

    List<RequesterAlias> walk(PciFunction start) {
        List<RequesterAlias> aliases = new ArrayList<>();
        PciFunction function = start.links().dmaOwner().filter(owner -> handlesDmaOwners()).flatMap(tree::function).orElse(start);
        aliases.add(new RequesterAlias(function.address().sourceId(), function, function == start ? "its own requester id"
                : "what is in a VMD domain signs as the VMD controller"));
        BitSet mask = masks.getOrDefault(function, new BitSet());
        for (int devfn = mask.nextSetBit(0); devfn >= 0; devfn = mask.nextSetBit(devfn + 1)) {
            aliases.add(new RequesterAlias(new SourceId(function.address().bus() << 8 | devfn), function, "a kernel quirk says that it signs so too"));
        }
        PciBus bus = tree.busOf(function);
        while (bus.parent().isPresent()) {
            if (bus.bridge().isPresent()) {
                PciFunction bridge = bus.bridge().get();
                if (has(bridge, QuirkRow.Effect.TRANSLATION_ROOT)) {
                    return aliases;
                }
                bridgeAlias(bridge).ifPresent(aliases::add);
            }
            bus = bus.parent().get();
        }
        return aliases;
    }

    private Optional<RequesterAlias> bridgeAlias(PciFunction bridge) {
        FabricRole type = bridge.role().orElse(guess == Guess.TOGETHER ? FabricRole.CONVENTIONAL : FabricRole.DOWNSTREAM_PORT);
        guessed |= bridge.role().isEmpty();
        SourceId own = bridge.address().sourceId();
        SourceId below = SourceId.of(bridge.buses().map(range -> range.secondary()).orElse(bridge.address().bus()), 0, 0);
        return switch (type) {
            case PCIE_TO_PCI_BRIDGE -> has(bridge, QuirkRow.Effect.BRIDGE_PASSES_ON) ? Optional.empty()
                    : Optional.of(new RequesterAlias(below, bridge, "a PCIe-to-PCI bridge signs as device 0 of the bus below it"));
            case PCI_TO_PCIE_BRIDGE -> Optional.of(new RequesterAlias(own, bridge, "a PCI-to-PCIe bridge may sign for what is below it"));
            case CONVENTIONAL -> Optional.of(takesOver(bridge) ? new RequesterAlias(below, bridge, "a bridge that hides that it is a PCIe-to-PCI bridge"
                    + " signs as device 0 of the bus below it") : new RequesterAlias(own, bridge, "a conventional PCI bridge may sign for what is below it"));
            default -> Optional.empty();
        };
    }

    private boolean takesOver(PciFunction bridge) {
        Optional<FabricRole> above = tree.bridgeAbove(bridge).flatMap(PciFunction::role);
        return above.filter(FabricRole::express).filter(type -> type != FabricRole.PCIE_TO_PCI_BRIDGE).isPresent()
                && has(bridge, QuirkRow.Effect.BRIDGE_TAKES_OVER);
    }

    private boolean has(PciFunction function, QuirkRow.Effect effect) {
        return QuirkTable.standard().of(function).stream().filter(row -> row.effect() == effect).anyMatch(this::applies);
    }

    private BitSet mask(PciFunction function) {
        BitSet mask = new BitSet(DEVFNS);
        Optional.ofNullable(plan.tableAliases().get(function.address())).ifPresent(mask::or);
        for (QuirkRow row : QuirkTable.standard().of(function)) {
            if (row.effect().aboutRequesterIds() && applies(row)) {
                switch (row.effect()) {
                    case ALIAS_FUNCTION -> mask.set(function.devfn() & 0xf8 | Integer.parseInt(row.detail().orElseThrow()));
                    case ALIAS -> fixed(row.detail().orElseThrow(), function, mask);
                    case ALIAS_UNMEASURED -> unmeasured(function, mask);
                    default -> {
                    }
                }
            }
        }
        mask.clear(function.devfn());
        return mask;
    }

    private void unmeasured(PciFunction function, BitSet mask) {
        if (function.classCode().isPresent() && function.classCode().getAsInt() >>> 8 != NTB_CLASS) {
            return;
        }
        guessed = true;
        notes.add(function.address() + " signs with requester ids that only its own registers tell (a non-transparent bridge)");
        if (guess == Guess.TOGETHER) {
            mask.set(0, DEVFNS);
        }
    }

    private boolean applies(QuirkRow row) {
        Standing standing = row.releases().standing(release);
        if (standing == Standing.UNSURE) {
            guessed = true;
            return guess == Guess.TOGETHER;
        }
        return standing == Standing.PRESENT;
    }

    /** {@code [vvvv:dddd,…] dd.f,…}, with ranges of devices and of functions. */
    private static void fixed(String detail, PciFunction function, BitSet mask) {
        String places = detail;
        if (detail.startsWith("[")) {
            int end = detail.indexOf(']');
            String subsystem = function.ids().subsystemVendor().isPresent() && function.ids().subsystem().isPresent()
                    ? dev.dmarshal.core.pci.topology.FunctionIds.of(function.ids().subsystemVendor().getAsInt(), function.ids().subsystem().getAsInt()).pair()
                            .orElse("") : "";
            if (!List.of(detail.substring(1, end).split(",")).contains(subsystem)) {
                return;
            }
            places = detail.substring(end + 1).strip();
        }
        for (String place : places.split(",")) {
            int dot = place.indexOf('.');
            int[] devices = range(place.substring(0, dot));
            int[] functions = range(place.substring(dot + 1));
            for (int device = devices[0]; device <= devices[1]; device++) {
                mask.set(device << 3 | functions[0], (device << 3 | functions[1]) + 1);
            }
        }
    }

    private static int[] range(String text) {
        int dash = text.indexOf('-');
        int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash), 16);
        return new int[] {first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1), 16)};
    }
}
