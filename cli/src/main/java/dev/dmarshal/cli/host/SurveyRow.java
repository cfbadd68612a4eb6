package dev.dmarshal.cli.host;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.assign.Overall;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.Made;
import java.util.ArrayList;
import java.util.List;

/**
 * What a survey shows of one function.
 *
 * @param facts   the function
 * @param leaf    whether nothing hangs below it
 * @param overall its verdict
 * @param name    its name or ids; empty if neither is known
 * @param group   its group
 * @param driver  its driver
 * @param reset   how it would be reset
 * @param why     what decided its verdict
 */
public record SurveyRow(FunctionFacts facts, boolean leaf, Overall overall, String name, String group, String driver, String reset, String why) {

    private static final int FEWEST = 3;

    /**
     * Neighbours of whom there is one thing to say: functions of a chipset's device, virtual functions. At least {@link #FEWEST} make a run, all others stand
     * alone.
     */
    static List<List<SurveyRow>> runs(List<SurveyRow> rows) {
        List<List<SurveyRow>> runs = new ArrayList<>();
        int start = 0;
        while (start < rows.size()) {
            int end = start + 1;
            while (end < rows.size() && rows.get(end).goesWith(rows.get(end - 1)) && rows.get(end).goesWith(rows.get(start))) {
                end++;
            }
            if (end - start >= FEWEST) {
                runs.add(rows.subList(start, end));
            } else {
                rows.subList(start, end).forEach(row -> runs.add(List.of(row)));
            }
            start = end;
        }
        return runs;
    }

    private boolean goesWith(SurveyRow other) {
        boolean like = leaf && other.leaf && overall == other.overall && driver.equals(other.driver) && reset.equals(other.reset) && why.equals(other.why)
                && facts.made().kind().equals(other.facts.made().kind());
        boolean oneDevice = facts.address().device() == other.facts.address().device() && group.equals(other.group);
        return like && (oneDevice || sameIds(facts.made(), other.facts.made()));
    }

    private static boolean sameIds(Made one, Made other) {
        return one.vendor().isPresent() && one.device().isPresent() && one.vendor().equals(other.vendor()) && one.device().equals(other.device());
    }

    /** {@code 03:00.0}, with the segment unless that is 0. */
    static String place(Sbdf address) {
        String text = address.toString();
        return address.segment() == 0 ? text.substring(text.indexOf(':') + 1) : text;
    }

    /** {@code ff:0c.0-7} or {@code 01:10.0…11.7}. */
    static String places(List<SurveyRow> run) {
        Sbdf first = run.getFirst().facts.address();
        Sbdf last = run.getLast().facts.address();
        if (run.size() == 1) {
            return place(first);
        }
        return place(first) + (first.device() == last.device() ? "-" + last.function() : "…" + last.toString().substring(last.toString().lastIndexOf(':') + 1));
    }

    /** The words with which all names of a run begin. */
    static String names(List<SurveyRow> run) {
        String common = run.getFirst().name;
        for (SurveyRow row : run) {
            while (!common.isEmpty() && !row.name.equals(common) && !row.name.startsWith(common + " ")) {
                common = common.contains(" ") ? common.substring(0, common.lastIndexOf(' ')) : "";
            }
        }
        return common;
    }

    /** The group of a run, or its first one. */
    static String groups(List<SurveyRow> run) {
        String first = run.getFirst().group;
        return run.stream().allMatch(row -> row.group.equals(first)) ? first : first + "…";
    }
}
