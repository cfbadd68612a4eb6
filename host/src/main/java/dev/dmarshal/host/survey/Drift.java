package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.version.KernelVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What changed on a host between two looks. Functions are matched by what stays the same of them ({@link Identity}): first by way and ids, then by ids and
 * serial number, then by ids at the same address, then by ids that only one function has left; where ids were not measured, by address.
 */
public final class Drift {

    private final HostSurvey before;
    private final HostSurvey now;
    private final Map<Sbdf, Sbdf> pairs = new LinkedHashMap<>();
    private final Set<Sbdf> taken = new HashSet<>();
    private final List<Change> changes = new ArrayList<>();

    private Drift(HostSurvey before, HostSurvey now) {
        this.before = before;
        this.now = now;
    }

    /** The changes from one look to a later one, by kind and address. */
    public static List<Change> between(HostSurvey before, HostSurvey now) {
        Drift drift = new Drift(before, now);
        drift.match();
        drift.compareFunctions();
        drift.compareGroups();
        drift.compareHosts();
        return drift.changes.stream().sorted(Comparator.comparing(Change::kind)).toList();
    }

    private void match() {
        match(facts -> both(Identity.of(facts).path(), Identity.of(facts).ids()));
        match(facts -> both(Identity.of(facts).serial().map(serial -> serial + "." + facts.address().function()), Identity.of(facts).ids()));
        match(facts -> both(Optional.of(facts.address().toString()), Identity.of(facts).ids()));
        match(facts -> Identity.of(facts).ids());
        matchUnknown();
    }

    /** Where the ids of one side were not measured, a function at the same address is not known to be another one. */
    private void matchUnknown() {
        for (FunctionFacts old : before.functions()) {
            Sbdf address = old.address();
            Optional<FunctionFacts> here = now.function(address).filter(facts -> !taken.contains(address) && !pairs.containsKey(address));
            if (here.isPresent() && (old.made().ids().isEmpty() || here.get().made().ids().isEmpty())) {
                pairs.put(address, address);
                taken.add(address);
            }
        }
    }

    private static Optional<String> both(Optional<String> left, Optional<String> right) {
        return left.isPresent() && right.isPresent() ? Optional.of(left.get() + " " + right.get()) : Optional.empty();
    }

    /** Pairs the functions that are left on both sides and have a key to themselves. */
    private void match(Function<FunctionFacts, Optional<String>> key) {
        Map<String, List<Sbdf>> old = index(before, key, pairs.keySet());
        Map<String, List<Sbdf>> fresh = index(now, key, taken);
        old.forEach((text, those) -> {
            List<Sbdf> these = fresh.getOrDefault(text, List.of());
            if (those.size() == 1 && these.size() == 1) {
                pairs.put(those.getFirst(), these.getFirst());
                taken.add(these.getFirst());
            }
        });
    }

    private static Map<String, List<Sbdf>> index(HostSurvey survey, Function<FunctionFacts, Optional<String>> key, Set<Sbdf> without) {
        Map<String, List<Sbdf>> index = new LinkedHashMap<>();
        for (FunctionFacts facts : survey.functions()) {
            if (!without.contains(facts.address())) {
                key.apply(facts).ifPresent(text -> index.computeIfAbsent(text, none -> new ArrayList<>()).add(facts.address()));
            }
        }
        return index;
    }

    private void compareFunctions() {
        for (FunctionFacts old : before.functions()) {
            Sbdf address = old.address();
            Optional<FunctionFacts> here = now.function(address);
            if (here.isPresent() && differ(old.made().ids(), here.get().made().ids())) {
                add(Change.Kind.REPLACED, address, address, address + " was " + name(old) + " and is " + name(here.get()) + " now.");
            }
            Sbdf moved = pairs.get(address);
            if (moved == null) {
                add(Change.Kind.GONE, address, null, name(old) + " at " + address + " is not there any more.");
            } else {
                compare(old, now.function(moved).orElseThrow());
            }
        }
        for (FunctionFacts fresh : now.functions()) {
            if (!taken.contains(fresh.address())) {
                add(Change.Kind.NEW, null, fresh.address(), name(fresh) + " at " + fresh.address() + " was not there before.");
            }
        }
    }

    private static boolean differ(Optional<String> left, Optional<String> right) {
        return left.isPresent() && right.isPresent() && !left.equals(right);
    }

    private static String name(FunctionFacts facts) {
        return facts.made().ids().orElse("a function without ids");
    }

    private void compare(FunctionFacts old, FunctionFacts fresh) {
        Sbdf was = old.address();
        Sbdf is = fresh.address();
        if (!was.equals(is)) {
            add(Change.Kind.MOVED, was, is, name(old) + " was " + was + " and is " + is + " now.");
        }
        if (old.binding().measured() && fresh.binding().measured() && !old.binding().driver().equals(fresh.binding().driver())) {
            add(Change.Kind.DRIVER, was, is, is + ": driver was " + old.binding().driver().orElse("none") + ", is " + fresh.binding().driver().orElse("none")
                    + ".");
        }
        if (old.binding().measured() && fresh.binding().measured() && !old.binding().override().equals(fresh.binding().override())) {
            add(Change.Kind.OVERRIDE, was, is, is + ": driver_override was " + old.binding().override().orElse("not set") + ", is "
                    + fresh.binding().override().orElse("not set") + ".");
        }
        if (old.resetMethods().isPresent() && fresh.resetMethods().isPresent() && !old.resetMethods().equals(fresh.resetMethods())) {
            add(Change.Kind.RESET, was, is, is + ": reset by " + words(old.resetMethods().get()) + " before, by " + words(fresh.resetMethods().get())
                    + " now.");
        }
        if (old.virtual().live().isPresent() && fresh.virtual().live().isPresent() && !old.virtual().live().equals(fresh.virtual().live())) {
            add(Change.Kind.VIRTUAL_FUNCTIONS, was, is, is + ": " + old.virtual().live().getAsInt() + " virtual functions before, "
                    + fresh.virtual().live().getAsInt() + " now.");
        }
    }

    private static String words(List<String> methods) {
        return methods.isEmpty() ? "nothing" : String.join(", ", methods);
    }

    /** Groups are compared by who is in them, not by number; each changed one is told once. */
    private void compareGroups() {
        Map<Sbdf, Sbdf> back = new HashMap<>();
        pairs.forEach((old, fresh) -> back.put(fresh, old));
        Set<Set<Sbdf>> told = new LinkedHashSet<>();
        pairs.forEach((old, fresh) -> {
            Optional<GroupFacts> left = before.groupOf(old);
            Optional<GroupFacts> right = now.groupOf(fresh);
            if (left.isPresent() && right.isPresent()) {
                Set<Sbdf> wanted = new TreeSet<>();
                left.get().members().forEach(member -> wanted.add(pairs.getOrDefault(member, member)));
                Set<Sbdf> found = new TreeSet<>(right.get().members());
                if (!wanted.equals(found) && told.add(found)) {
                    add(Change.Kind.GROUP, old, fresh, fresh + " shared its group with " + others(wanted, fresh) + " before, with " + others(found, fresh)
                            + " now.");
                }
            }
        });
    }

    private static String others(Set<Sbdf> members, Sbdf self) {
        List<String> others = members.stream().filter(member -> !member.equals(self)).map(Sbdf::toString).toList();
        if (others.isEmpty()) {
            return "nobody";
        }
        return String.join(", ", others.subList(0, Math.min(4, others.size()))) + (others.size() > 4 ? " and " + (others.size() - 4) + " more" : "");
    }

    private void compareHosts() {
        if (before.kernel().isPresent() && now.kernel().isPresent() && !before.kernel().equals(now.kernel())) {
            add(Change.Kind.KERNEL, null, null, "The kernel was " + before.kernel().map(KernelVersion::text).orElse("") + ", is "
                    + now.kernel().map(KernelVersion::text).orElse("") + ".");
        }
        compare("The IOMMU", before.remapping().translating(), now.remapping().translating());
        compare("Interrupt remapping", before.remapping().interrupts(), now.remapping().interrupts());
    }

    private void compare(String what, Evidenced<Boolean> old, Evidenced<Boolean> fresh) {
        if (old.value().isPresent() && fresh.value().isPresent() && !old.value().equals(fresh.value())) {
            add(Change.Kind.REMAPPING, null, null, what + " was " + (old.value().get() ? "on" : "off") + ", is " + (fresh.value().get() ? "on" : "off") + ".");
        }
    }

    private void add(Change.Kind kind, Sbdf was, Sbdf is, String words) {
        changes.add(new Change(kind, Optional.ofNullable(was), Optional.ofNullable(is), words));
    }
}
