package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.groups.Joining.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Linux's search for the group of each function in turn: drivers/iommu/iommu.c pci_device_group, get_pci_alias_group and get_pci_function_alias_group, the same
 * in 4.2 (there called iommu_group_get_for_pci_dev) to 7.1. A function sees only the groups of those before it, so the order is the kernel's.
 */
final class GroupSearch {

    private final PciTree tree;
    private final KernelPlan plan;
    private final LinuxAcs acs;
    private final RequesterAliases aliases;
    private final Map<PciFunction, Integer> groups = new IdentityHashMap<>();
    private final Map<PciFunction, Joining> joinings = new IdentityHashMap<>();
    private final Map<PciFunction, Optional<PciFunction>> leaks = new IdentityHashMap<>();
    private final List<List<PciFunction>> members = new ArrayList<>();

    GroupSearch(PciTree tree, KernelPlan plan, Guess guess) {
        this.tree = tree;
        this.plan = plan;
        this.acs = new LinuxAcs(tree, plan, guess);
        this.aliases = new RequesterAliases(tree, plan, guess);
        for (PciFunction function : tree.probeOrder()) {
            boolean lost = function.links().dmaOwner().isPresent() && !aliases.handlesDmaOwners();
            if (!lost && tree.rooted(function) && !plan.untranslated().contains(function.address())) {
                join(function, search(function));
            }
        }
    }

    LinuxAcs acs() {
        return acs;
    }

    RequesterAliases aliases() {
        return aliases;
    }

    Map<PciFunction, Integer> groups() {
        return groups;
    }

    Map<PciFunction, Joining> joinings() {
        return joinings;
    }

    List<List<PciFunction>> members() {
        return members;
    }

    private void join(PciFunction function, Joining joining) {
        int group = joining.with().map(groups::get).orElse(members.size());
        if (group == members.size()) {
            members.add(new ArrayList<>());
        }
        members.get(group).add(function);
        groups.put(function, group);
        joinings.put(function, joining);
    }

    private Joining search(PciFunction function) {
        PciFunction anchor = function;
        for (RequesterAlias alias : aliases.walk(function)) {
            anchor = alias.signer();
            if (groups.containsKey(anchor)) {
                Kind kind = function.links().dmaOwner().filter(anchor.address()::equals).isPresent() ? Kind.DMA_OWNER : Kind.BRIDGE_SIGNS;
                return new Joining(kind, Optional.of(anchor), Optional.of(anchor), anchor.described() + ": " + alias.text());
            }
        }
        for (PciBus bus = tree.busOf(anchor); bus.parent().isPresent(); bus = bus.parent().get()) {
            if (bus.bridge().isEmpty()) {
                continue;
            }
            Optional<PciFunction> leak = leak(bus.bridge().get());
            if (leak.isEmpty()) {
                break;
            }
            anchor = bus.bridge().get();
            if (groups.containsKey(anchor)) {
                return new Joining(Kind.PORT_NOT_ISOLATED, Optional.of(anchor), leak, leakText(anchor, leak.get()));
            }
        }
        return onBus(anchor);
    }

    private String leakText(PciFunction bridge, PciFunction leak) {
        String why = leak.described() + " " + acs.isolation(leak).text();
        return leak == bridge ? why : why + "; it is above " + bridge.described();
    }

    private Joining onBus(PciFunction anchor) {
        BitSet visited = new BitSet(256);
        Optional<PciFunction> found = byAlias(anchor, visited);
        if (found.isPresent()) {
            return new Joining(Kind.ALIAS_QUIRK, found, Optional.of(aliases.signsAs(anchor, found.get()) ? anchor : found.get()),
                    "a kernel quirk says that " + anchor.described() + " and " + found.get().address() + " sign with each other's requester ids");
        }
        found = bySlot(anchor, visited);
        if (found.isPresent()) {
            String slot = anchor.address().toString();
            return new Joining(Kind.MULTIFUNCTION, found, Optional.of(anchor), "one of the functions of device " + slot.substring(0, slot.lastIndexOf('.'))
                    + " that may reach each other: it " + acs.isolation(anchor).text());
        }
        return new Joining(Kind.OPENED, Optional.empty(), Optional.empty(), "nothing ties it to what came before it");
    }

    /** The lowest function from a bridge upwards that is not isolated. */
    private Optional<PciFunction> leak(PciFunction bridge) {
        Optional<PciFunction> known = leaks.get(bridge);
        if (known != null) {
            return known;
        }
        Optional<PciFunction> leak = Optional.of(bridge).filter(function -> !acs.isolation(function).isolates());
        if (leak.isEmpty()) {
            leak = tree.bridgeAbove(bridge).flatMap(this::leak);
        }
        leaks.put(bridge, leak);
        return leak;
    }

    private Optional<PciFunction> byAlias(PciFunction function, BitSet visited) {
        if (visited.get(function.devfn())) {
            return Optional.empty();
        }
        visited.set(function.devfn());
        if (groups.containsKey(function)) {
            return Optional.of(function);
        }
        if (!aliases.any()) {
            return Optional.empty();
        }
        for (PciFunction other : tree.busOf(function).functions()) {
            if (other != function && aliases.related(function, other)) {
                Optional<PciFunction> found = byAlias(other, visited).or(() -> bySlot(other, visited));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<PciFunction> bySlot(PciFunction function, BitSet visited) {
        if (!tree.multifunction(function) || acs.isolation(function).isolates()) {
            return Optional.empty();
        }
        for (PciFunction other : tree.busOf(function).functions()) {
            if (other != function && other.address().device() == function.address().device() && !acs.isolation(other).isolates()) {
                Optional<PciFunction> found = byAlias(other, visited);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
