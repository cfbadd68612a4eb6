package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.groups.IommuGroup;
import dev.dmarshal.host.groups.SlotMove;
import dev.dmarshal.host.groups.SplitAdvisor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code dmarshal groups} has to say, whatever it is printed as. */
public final class GroupsReport {

    private final String source;
    private final HostGroups host;
    private final Optional<SlotMove> move;
    private final boolean planned;
    private final Map<Sbdf, Integer> kernelNumbers = new HashMap<>();
    private final SplitAdvisor advisor;

    /**
     * {@code planned}: for a kernel, a command line or a place that the host does not have now, so that differences from the kernel's groups are no
     * trouble.
     */
    GroupsReport(String source, HostGroups host, Optional<SlotMove> move, boolean planned) {
        this.source = source;
        this.host = host;
        this.move = move;
        this.planned = planned;
        this.advisor = new SplitAdvisor(host.groups());
        host.kernel().forEach((number, members) -> members.forEach(member -> kernelNumbers.put(member, number)));
    }

    String source() {
        return source;
    }

    HostGroups host() {
        return host;
    }

    Optional<SlotMove> move() {
        return move;
    }

    boolean planned() {
        return planned;
    }

    SplitAdvisor advisor() {
        return advisor;
    }

    Optional<Integer> kernelNumber(Sbdf address) {
        return Optional.ofNullable(kernelNumbers.get(address));
    }

    /** Whether the kernel has another opinion of a function's group. */
    boolean disputed(Sbdf address) {
        return host.differences().stream().anyMatch(difference -> difference.members().contains(address) && difference.computed().contains(address));
    }

    /** Groups with more than one member. */
    List<IommuGroup> shared() {
        return host.groups().groups().stream().filter(group -> group.members().size() > 1).toList();
    }

    List<IommuGroup> uncertain() {
        return host.groups().groups().stream().filter(group -> !host.groups().certain(group)).toList();
    }

    List<PciFunction> unmeasured() {
        return host.groups().unmeasured();
    }

    int exitCode() {
        if (!host.differences().isEmpty() && !planned) {
            return Exit.FINDINGS;
        }
        return uncertain().isEmpty() && unmeasured().isEmpty() ? Exit.FINE : Exit.UNMEASURED;
    }
}
