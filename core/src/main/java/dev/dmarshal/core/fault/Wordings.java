package dev.dmarshal.core.fault;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Every wording that is known, by kind. The tables by subject add to it.
 *
 * <p>In a table's text {@code <a|b|>} stands for any of the alternatives, each of which becomes a wording of its own. The order counts: a line has the first
 * wording that fits, so narrow ones stand before the catch-all of their subject, and the catch-alls come last.
 */
final class Wordings {

    private static final List<Wording> ALL = new ArrayList<>();
    private static final Map<MessageKind, List<Wording>> BY_KIND = new EnumMap<>(MessageKind.class);

    static {
        Wordings all = new Wordings();
        BootWordings.declare(all);
        DmarWordings.declare(all);
        VtdWordings.declare(all);
        PciWordings.declare(all);
        AmdWordings.declare(all);
        XenWordings.declare(all);
        VfioWordings.declare(all);
        DriverWordings.declare(all);
        CatchAllWordings.declare(all);
        BY_KIND.replaceAll((kind, list) -> List.copyOf(list));
    }

    private Wordings() {
    }

    static List<Wording> of(MessageKind kind) {
        return BY_KIND.getOrDefault(kind, List.of());
    }

    static List<Wording> all() {
        return List.copyOf(ALL);
    }

    /** Adds wordings of {@code kind} that stand in {@code source}. */
    void add(MessageKind kind, String source, String... texts) {
        for (String text : texts) {
            for (String one : alternatives(text)) {
                Wording wording = new Wording(kind, one, source, ALL.size());
                ALL.add(wording);
                BY_KIND.computeIfAbsent(kind, none -> new ArrayList<>()).add(wording);
            }
        }
    }

    private static List<String> alternatives(String text) {
        int open = text.indexOf('<');
        int close = text.indexOf('>', open + 1);
        if (open < 0 || close < 0) {
            return List.of(text);
        }
        List<String> all = new ArrayList<>();
        for (String choice : text.substring(open + 1, close).split("\\|", -1)) {
            all.addAll(alternatives(text.substring(0, open) + choice + text.substring(close + 1)));
        }
        return all;
    }
}
