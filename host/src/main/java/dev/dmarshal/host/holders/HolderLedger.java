package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the readers of the areas write down: holds by device, and what of an area could not be seen. */
final class HolderLedger {

    private final Map<Sbdf, List<Holder>> holders = new HashMap<>();
    private final EnumMap<HolderArea, Set<String>> unseen = new EnumMap<>(HolderArea.class);

    void add(Collection<Sbdf> devices, HolderKind kind, String what, String evidence) {
        Holder holder = new Holder(kind, what, evidence);
        for (Sbdf device : devices) {
            holders.computeIfAbsent(device, none -> new ArrayList<>()).add(holder);
        }
    }

    void unseen(HolderArea area, String why) {
        unseen.computeIfAbsent(area, none -> new LinkedHashSet<>()).add(why);
    }

    boolean holds(Sbdf device, HolderArea area) {
        return holders.getOrDefault(device, List.of()).stream().anyMatch(holder -> holder.kind().area() == area);
    }

    Map<Sbdf, Holdings> holdings() {
        Map<Sbdf, Holdings> all = new HashMap<>();
        holders.forEach((device, list) -> all.put(device, new Holdings(list)));
        return Map.copyOf(all);
    }

    Map<HolderArea, List<String>> unseen() {
        EnumMap<HolderArea, List<String>> all = new EnumMap<>(HolderArea.class);
        unseen.forEach((area, reasons) -> all.put(area, List.copyOf(reasons)));
        return java.util.Collections.unmodifiableMap(all);
    }
}
