package dev.dmarshal.cli;

import dev.dmarshal.doctor.assign.Answer;
import dev.dmarshal.doctor.assign.Assignability;
import dev.dmarshal.doctor.assign.Reason;
import dev.dmarshal.doctor.assign.Weight;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.List;

/** Verdicts for people: the answer, then every reason, those against first. */
final class AssignableText {

    private final HostSurvey survey;
    private final Page page;
    private final boolean all;

    /**
     * Prepares a page.
     *
     * @param all whether to tell passed checks and evidence too
     */
    AssignableText(HostSurvey survey, Screen screen, boolean all) {
        this.survey = survey;
        this.page = new Page(screen.width(), screen.colour());
        this.all = all;
    }

    Page write(List<Assignability> verdicts) {
        for (Assignability verdict : verdicts) {
            write(verdict);
        }
        return page;
    }

    private void write(Assignability verdict) {
        FunctionFacts facts = survey.function(verdict.device()).orElseThrow();
        page.heading(verdict.device() + " " + ClassWord.of(facts.made().classCode()) + facts.made().ids().map(ids -> " " + ids).orElse("") + ": "
                + overall(verdict));
        some(verdict, Answer.FAIL, Weight.BLOCKS, "against");
        some(verdict, Answer.UNMEASURED, Weight.BLOCKS, "unknown");
        some(verdict, Answer.FAIL, Weight.COSTS, "cost");
        some(verdict, Answer.UNMEASURED, Weight.COSTS, "unknown");
        some(verdict, Answer.FAIL, Weight.NOTES, "note");
        some(verdict, Answer.UNMEASURED, Weight.NOTES, "unknown");
        if (all) {
            some(verdict, Answer.PASS, Weight.NOTES, "pass");
        }
        page.blank();
    }

    private static String overall(Assignability verdict) {
        return switch (verdict.overall()) {
            case ASSIGNABLE -> "assignable";
            case AT_A_COST -> "assignable, at a cost";
            case UNMEASURED -> "could not be measured in full";
            case REFUSED -> "not as things are";
            case NEVER -> "never";
        };
    }

    private void some(Assignability verdict, Answer answer, Weight weight, String label) {
        for (Reason reason : verdict.reasons()) {
            if (reason.answer() == answer && reason.weight() == weight) {
                page.labelled(2, label, reason.subject().word() + ": " + reason.words() + (all ? " [" + reason.evidence() + "]" : ""));
            }
        }
    }
}
