package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One place where computed groups and the kernel's own are not the same.
 *
 * @param computed the functions that are together by computation
 * @param kernel   the kernel's group, by its number, that has some of them
 * @param members  the kernel's group
 */
public record GroupDifference(Set<Sbdf> computed, int kernel, Set<Sbdf> members) {

    /** Sorted copies. */
    public GroupDifference {
        computed = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(computed));
        members = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(members));
    }

    /** Whether the kernel keeps apart what computation puts together, so that something in the kernel trusts more than it should. */
    public boolean kernelIsFiner() {
        return computed.size() > members.size() && computed.containsAll(members);
    }

    /** All differences, looking only at functions that both sides have. */
    public static List<GroupDifference> between(IommuGroups groups, Map<Integer, ? extends Collection<Sbdf>> kernel) {
        Map<Sbdf, Set<Sbdf>> computed = groups.partition();
        Set<Sbdf> shared = new TreeSet<>();
        kernel.values().forEach(shared::addAll);
        shared.retainAll(computed.keySet());
        List<GroupDifference> differences = new ArrayList<>();
        new TreeMap<>(kernel).forEach((number, members) -> {
            Set<Sbdf> own = new TreeSet<>(members);
            own.retainAll(shared);
            Set<Set<Sbdf>> others = new java.util.LinkedHashSet<>();
            for (Sbdf member : own) {
                Set<Sbdf> together = new TreeSet<>(computed.get(member));
                together.retainAll(shared);
                if (!together.equals(own)) {
                    others.add(together);
                }
            }
            others.forEach(together -> differences.add(new GroupDifference(together, number, own)));
        });
        return differences;
    }
}
