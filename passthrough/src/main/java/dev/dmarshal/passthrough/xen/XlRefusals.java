package dev.dmarshal.passthrough.xen;

import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code xl} reads of an entry, of all that xm and the HowTo have (tools/libs/util/libxlu_pci.c, tools/libs/light/libxl_pci.c). */
public final class XlRefusals {

    /** {@code rdm_policy} since 4.6, {@code name} since 4.15. */
    private static final List<String> OPTIONS = List.of("msitranslate", "power_mgmt", "permissive", "seize", "rdm_policy", "name");

    private static final Map<String, Release> SINCE = Map.of("seize", new Release(4, 5, 0), "rdm_policy", new Release(4, 6, 0));

    /** The first releases of each series whose xl asserts that a function was read, also where {@code *} stands. 4.15 has another parser. */
    private static final List<Release> ASSERTS = List.of(new Release(4, 13, 3), new Release(4, 14, 1));

    private XlRefusals() {
    }

    /**
     * What {@code xl} of one release makes of the way in which an entry is written, and other releases do not: tools/libxl/libxlu_pci.c up to 4.14,
     * tools/libs/util/libxlu_pci.c, rewritten, since 4.15.
     *
     * @param text what stands between the quotes, blanks and all
     */
    public static List<String> spelling(String text, Release xen) {
        List<String> reasons = new ArrayList<>();
        boolean rewritten = xen.atLeast(new Release(4, 15, 0));
        boolean blankBeforeOption = text.matches(".*,\\s+[a-z_].*|.*[a-z_]\\s+=.*");
        if (rewritten && (blankBeforeOption || text.matches("\\s.*")) || text.matches("[^=]*\\s")) {
            reasons.add("xl takes no blanks in an entry");
        } else if (blankBeforeOption) {
            reasons.add("xl before 4.15 leaves an option out that has a blank beside its name, with no more than a message");
        }
        if (!rewritten && text.matches(".*\\b(?:bdf|vslot|name)\\s*=.*")) {
            reasons.add("xl reads bdf=, vslot= and name= since 4.15");
        }
        if (!rewritten && text.matches(".*,\\s*")) {
            reasons.add("xl before 4.15 reads no comma at the end");
        }
        if (text.contains(".*") && ASSERTS.stream().anyMatch(first -> xen.atLeast(first) && !xen.atLeast(new Release(4, first.minor() + 1, 0)))) {
            reasons.add("this xl ends at a failed assertion when it reads * (71a12a9798 of Xen)");
        }
        SINCE.forEach((option, since) -> {
            if (!xen.atLeast(since) && text.matches(".*\\b" + option + "\\s*=.*")) {
                reasons.add("xl reads " + option + "= since " + since);
            }
        });
        return reasons;
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
