package dev.dmarshal.doctor.firmware;

import dev.dmarshal.core.acpi.TableFinding;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.remedy.Blocks;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A finding on an ACPI table in words, from the reviewed table {@code tables.txt}.
 *
 * @param label    stable label
 * @param offset   where in the table it shows, bytes
 * @param severity how much it matters
 * @param title    one line
 * @param why      what it means
 * @param linux    what Linux does about it
 * @param xen      what Xen does about it
 * @param source   where that can be read
 */
public record TableAdvice(String label, int offset, Severity severity, String title, String why, String linux, String xen, String source) {

    private static final Map<String, Map<String, List<String>>> BLOCKS = Blocks.read(TableAdvice.class, "tables.txt");

    /** All labels that have words. */
    public static Set<String> labels() {
        return new TreeSet<>(BLOCKS.keySet());
    }

    /** The words for a finding; throws if its label has none, since all of them must. */
    public static TableAdvice of(TableFinding finding) {
        Map<String, List<String>> block = BLOCKS.get(finding.label());
        if (block == null) {
            throw new IllegalArgumentException("no words for " + finding.label());
        }
        return new TableAdvice(finding.label(), finding.offset(), Severity.valueOf(Blocks.one(finding.label(), block, "severity").toUpperCase(Locale.ROOT)),
                words(finding, block, "title"), words(finding, block, "why"), words(finding, block, "linux"), words(finding, block, "xen"),
                        words(finding, block,
                        "source"));
    }

    private static String words(TableFinding finding, Map<String, List<String>> block, String key) {
        return Blocks.fill(Blocks.one(finding.label(), block, key), finding.words());
    }
}
