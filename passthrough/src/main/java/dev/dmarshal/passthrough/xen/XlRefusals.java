package dev.dmarshal.passthrough.xen;

import java.util.ArrayList;
import java.util.List;

/** What {@code xl} reads of an entry, of all that xm and the HowTo have (tools/libs/util/libxlu_pci.c, tools/libs/light/libxl_pci.c). */
public final class XlRefusals {

    /** {@code rdm_policy} since 4.6, {@code name} since 4.16. */
    private static final List<String> OPTIONS = List.of("msitranslate", "power_mgmt", "permissive", "seize", "rdm_policy", "name");

    private XlRefusals() {
    }

    /** Why xl would not read it, or not carry it out, in words; empty if it would. */
    public static List<String> of(PciEntry.Device entry) {
        List<String> reasons = new ArrayList<>();
        if (entry.functions().size() > 1 && !entry.wholeSlot()) {
            reasons.add("xl reads one function or *, no list and no range: write an entry for each");
        }
        if (!entry.virtualFunctions().isEmpty()) {
            reasons.add("xl cannot be told functions in the guest: with * they are the host's, else 0");
        }
        if (entry.wholeSlot() && entry.virtualSlot().isEmpty()) {
            reasons.add("with * xl wants a virtual slot too, such as @6");
        }
        if (entry.options().containsKey("name")) {
            reasons.add("xl takes a place or a name, not both");
        }
        entry.options().keySet().stream().filter(option -> !OPTIONS.contains(option)).forEach(option -> reasons.add("xl knows no option " + option
                + ", only " + String.join(", ", OPTIONS)));
        String policy = entry.options().getOrDefault("rdm_policy", "strict");
        if (!List.of("strict", "relaxed").contains(policy)) {
            reasons.add("rdm_policy is strict or relaxed, not " + policy);
        }
        return reasons;
    }
}
