package dev.dmarshal.core.fault;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the wording of a line without trying them all. Most wordings begin with text, or with text behind {@code {driver} {device}: }: those are found by its
 * first four bytes. The rest are found by their longest literal, wherever in the line it stands; a table of byte pairs says where to look.
 */
final class WordingIndex {

    /** Over every known wording. */
    static final WordingIndex ALL = new WordingIndex(Wordings.all());

    private static final String LABEL = "{driver} {device}: ";
    private static final String XEN = "(XEN) ";
    private static final int KEY = 4;

    /** A wording and the fields of the line. */
    record Match(Wording wording, Map<String, String> fields) {
    }

    /** One of the wordings whose anchor begins with the same pair; {@code next} is null at the end of the chain, which is private to this class. */
    private record Anchored(byte[] anchor, Wording wording, Anchored next) {
    }

    private final Map<Integer, List<Wording>> plain = new HashMap<>();
    private final Map<Integer, List<Wording>> labelled = new HashMap<>();
    private final Map<Integer, List<Wording>> xen = new HashMap<>();
    private final Anchored[] anchored = new Anchored[1 << 16];

    WordingIndex(List<Wording> wordings) {
        for (Wording wording : wordings) {
            add(wording);
        }
    }

    private void add(Wording wording) {
        String text = wording.text();
        if (text.startsWith(XEN)) {
            put(xen, XEN.length(), wording);
        } else if (text.startsWith(LABEL)) {
            put(labelled, LABEL.length(), wording);
        } else {
            put(plain, 0, wording);
        }
    }

    private void put(Map<Integer, List<Wording>> map, int from, Wording wording) {
        String text = wording.text();
        int hole = text.indexOf('{', from);
        if (hole >= 0 && hole < from + KEY || text.length() < from + KEY) {
            anchor(wording);
            return;
        }
        Integer key = key(text.charAt(from), text.charAt(from + 1), text.charAt(from + 2), text.charAt(from + 3));
        List<Wording> list = map.get(key);
        if (list == null) {
            list = new ArrayList<>(2);
            map.put(key, list);
        }
        list.add(wording);
    }

    private void anchor(Wording wording) {
        byte[] bytes = Ascii.of(wording.longestLiteral(wording.text().startsWith(XEN) ? XEN.length() : 0));
        if (bytes.length < 2) {
            throw new IllegalArgumentException("a wording needs some text of its own: " + wording.text());
        }
        int pair = pair(bytes, 0);
        anchored[pair] = new Anchored(bytes, wording, anchored[pair]);
    }

    /** The wording of {@code line[from, end)}: of those that fit the one that was declared first. */
    Optional<Match> find(byte[] line, int from, int end, DeviceLabel label, boolean fromXen) {
        Match best = label.found() ? first(candidates(labelled, line, label.text(), end), line, from, end, false) : null;
        best = earlier(best, first(candidates(fromXen ? xen : plain, line, from, end), line, from, end, fromXen));
        return Optional.ofNullable(earlier(best, byAnchor(line, from, end, fromXen, best == null ? Integer.MAX_VALUE : best.wording().order())));
    }

    private static Match earlier(Match one, Match other) {
        return one == null || other != null && other.wording().order() < one.wording().order() ? other : one;
    }

    private static List<Wording> candidates(Map<Integer, List<Wording>> map, byte[] line, int lead, int end) {
        return end - lead < KEY ? List.of() : map.getOrDefault(key(line, lead), List.of());
    }

    private static Match first(List<Wording> candidates, byte[] line, int from, int end, boolean fromXen) {
        if (candidates.isEmpty()) {
            return null;
        }
        String text = text(line, from, end, fromXen);
        for (Wording wording : candidates) {
            Optional<Map<String, String>> fields = wording.parse(text);
            if (fields.isPresent()) {
                return new Match(wording, fields.get());
            }
        }
        return null;
    }

    private Match byAnchor(byte[] line, int from, int end, boolean fromXen, int before) {
        Match best = null;
        int least = before;
        for (int i = from; i + 1 < end; i++) {
            for (Anchored here = anchored[pair(line, i)]; here != null; here = here.next()) {
                if (here.wording().order() < least && Ascii.starts(line, i, end, here.anchor())) {
                    Optional<Map<String, String>> fields = here.wording().parse(text(line, from, end, fromXen));
                    if (fields.isPresent()) {
                        best = new Match(here.wording(), fields.get());
                        least = here.wording().order();
                    }
                }
            }
        }
        return best;
    }

    /** The line as wordings see it: trailing blanks are no part of any. */
    private static String text(byte[] line, int from, int end, boolean fromXen) {
        int last = end;
        while (last > from && (line[last - 1] == ' ' || line[last - 1] == '\t')) {
            last--;
        }
        String text = Ascii.text(line, from, last);
        return fromXen ? XEN + text : text;
    }

    private static int key(byte[] bytes, int at) {
        return key(bytes[at] & 0xff, bytes[at + 1] & 0xff, bytes[at + 2] & 0xff, bytes[at + 3] & 0xff);
    }

    /** Multiplied, because the table's own hash only folds the halves of a number, in which the letters of words are much alike. */
    private static int key(int a, int b, int c, int d) {
        return (a | b << 8 | c << 16 | d << 24) * 0x9e3779b1;
    }

    private static int pair(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
