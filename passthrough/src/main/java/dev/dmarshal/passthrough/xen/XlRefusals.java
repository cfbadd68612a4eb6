package dev.dmarshal.passthrough.xen;

import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code xl} makes of an entry, of all that xm and the HowTo have, by release: tools/libxl/libxlu_pci.c up to 4.14, tools/libs/util/libxlu_pci.c,
 * rewritten, since 4.15 (bdc0799fe2 and 9cd5bbf536 of Xen).
 */
public final class XlRefusals {

    /** {@code rdm_policy} since 4.6, {@code name} since 4.15. */
    private static final List<String> OPTIONS = List.of("msitranslate", "power_mgmt", "permissive", "seize", "rdm_policy", "name");

    private static final Map<String, Release> SINCE = Map.of("seize", new Release(4, 5, 0), "rdm_policy", new Release(4, 6, 0));
    /** The first release with today's parser. */
    private static final Release REWRITTEN = new Release(4, 15, 0);
    private static final Release TODAY = new Release(4, 22, 0);

    /** The first releases of each series whose xl asserts that a function was read, also where {@code *} stands. 4.15 has another parser. */
    private static final List<Release> ASSERTS = List.of(new Release(4, 13, 3), new Release(4, 14, 1));
    private static final Pattern OPTION = Pattern.compile("(?:^|,)\\s*([a-z_]+)\\s*=");

    /**
     * One thing that xl does not do as it is written.
     *
     * @param words   what, as a sentence's beginning
     * @param refuses whether xl refuses the entry for it; else it takes the entry and reads something else
     */
    public record Objection(String words, boolean refuses) {
    }

    private XlRefusals() {
    }

    /**
     * What {@code xl} of one release makes of the way in which an entry is written, and other releases do not.
     *
     * @param text what stands between the quotes, blanks and all
     */
    public static List<Objection> spelling(String text, Release xen) {
        List<Objection> found = new ArrayList<>();
        boolean rewritten = xen.atLeast(REWRITTEN);
        boolean blankBeforeOption = text.matches(".*,\\s+[a-z_].*|.*[a-z_]\\s+=.*");
        boolean blankInPlace = text.matches("[^=]*\\s(?:[,@].*)?") || text.matches(".*\\brdm_policy=(?:\\s|[a-z]*\\s).*");
        if (rewritten && (blankBeforeOption || text.matches("\\s.*")) || blankInPlace) {
            found.add(new Objection("xl takes no blanks in an entry", true));
        } else if (blankBeforeOption) {
            found.add(new Objection("xl before 4.15 leaves an option out that has a blank beside its name, with no more than a message", false));
        }
        Set<String> written = options(text, found);
        if (!rewritten && !Collections.disjoint(written, Set.of("bdf", "vslot", "name"))) {
            boolean noPlace = text.matches("\\s*[a-z_]+\\s*=.*");
            found.add(new Objection("xl reads bdf=, vslot= and name= since 4.15" + (noPlace ? "" : "; before, it leaves them out with no more than a message"),
                    noPlace));
        }
        if (!rewritten && text.matches(".*,\\s*")) {
            found.add(new Objection("xl before 4.15 reads no comma at the end", true));
        }
        if (rewritten && text.matches(".*\\bbdf=[^,]*@.*")) {
            found.add(new Objection("xl reads no slot behind bdf=: write vslot=", false));
        }
        if (text.contains(".*") && ASSERTS.stream().anyMatch(first -> xen.atLeast(first) && !xen.atLeast(new Release(4, first.minor() + 1, 0)))) {
            found.add(new Objection("this xl ends at a failed assertion when it reads * (71a12a9798 of Xen)", true));
        }
        SINCE.forEach((option, since) -> {
            if (!xen.atLeast(since) && written.contains(option)) {
                found.add(new Objection("xl reads " + option + "= since " + since + "; before, it leaves it out with no more than a message", false));
            }
        });
        return found;
    }

    /** The options that stand there. Each may stand once (xl-pci-configuration(5)), which the parsers do not look at: the last one counts. */
    private static Set<String> options(String text, List<Objection> found) {
        Set<String> written = new LinkedHashSet<>();
        Matcher matcher = OPTION.matcher(text);
        while (matcher.find()) {
            if (!written.add(matcher.group(1))) {
                found.add(new Objection(matcher.group(1) + " stands twice, and xl takes the last", false));
            }
        }
        return written;
    }

    /** Why today's xl would not read it, or not carry it out, in words; empty if it would. */
    public static List<String> of(PciEntry.Device entry) {
        return of(entry, TODAY).stream().map(Objection::words).toList();
    }

    /** What xl of one release does not read, or not carry out, however it is written. */
    public static List<Objection> of(PciEntry.Device entry, Release xen) {
        List<Objection> found = new ArrayList<>();
        if (entry.functions().size() > 1 && !entry.wholeSlot()) {
            found.add(new Objection("xl reads one function or *, no list and no range: write an entry for each", true));
        }
        if (!entry.virtualFunctions().isEmpty()) {
            found.add(new Objection("xl cannot be told functions in the guest: with * they are the host's, else 0", true));
        }
        if (entry.wholeSlot() && entry.virtualSlot().isEmpty()) {
            found.add(new Objection("with * xl wants a virtual slot too, such as @6", true));
        }
        if (xen.atLeast(REWRITTEN) && entry.options().containsKey("name")) {
            found.add(new Objection("xl takes a place or a name, not both", true));
        }
        if (xen.atLeast(REWRITTEN) && entry.options().containsKey("bdf")) {
            found.add(new Objection("xl takes the device that bdf= names, and not the one in front", false));
        }
        found.addAll(options(entry.options(), xen));
        return found;
    }

    /** The same of a device by its name. */
    public static List<Objection> of(PciEntry.Named entry, Release xen) {
        return options(entry.options(), xen);
    }

    private static List<Objection> options(Map<String, String> options, Release xen) {
        List<Objection> found = new ArrayList<>();
        boolean rewritten = xen.atLeast(REWRITTEN);
        options.keySet().stream().filter(option -> !OPTIONS.contains(option) && !option.equals("bdf"))
                .forEach(option -> found.add(new Objection("xl knows no option " + option + ", only " + String.join(", ", OPTIONS)
                        + (rewritten ? "" : "; before 4.15 it leaves it out with no more than a message"), rewritten)));
        String policy = options.getOrDefault("rdm_policy", "strict");
        if (xen.atLeast(SINCE.get("rdm_policy")) && !List.of("strict", "relaxed").contains(policy)) {
            found.add(new Objection("rdm_policy is strict or relaxed, not " + policy, true));
        }
        return found;
    }
}
