package dev.dmarshal.cli.passthrough;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.passthrough.apply.Moment;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.Step;
import dev.dmarshal.passthrough.plan.TextDifference;
import dev.dmarshal.passthrough.wish.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Plans, their progress and their ends, as text for people. */
public final class PlanText {

    private PlanText() {
    }

    static void plan(Page page, Plan plan, List<String> remarks) {
        page.heading("Plan " + plan.id() + ": " + plan.title());
        for (Step step : plan.steps()) {
            page.blank().paragraph(2, step.number() + ". " + step.title());
            step.before().forEach(condition -> page.labelled(4, "reads", condition.inWords()));
            page.labelled(4, "does", step.action().inWords());
            TextDifference.of(step).ifPresent(difference -> difference.lines().forEach(line -> page.line(14, line)));
            step.after().forEach(condition -> page.labelled(4, "verifies", condition.inWords()));
            step.undo().forEach(action -> page.labelled(4, "undo", action instanceof Action.Replace back ? "put the old text of " + back.path() + " back"
                    : action.inWords()));
            if (step.persistent()) {
                page.labelled(4, "lasts", "also after a restart of the host");
            }
        }
        if (plan.steps().isEmpty()) {
            page.blank().paragraph(2, "Nothing is left to do: what is wanted is so already.");
        } else {
            page.blank().paragraph(2, "In the end:");
            plan.goal().forEach(condition -> page.paragraph(4, condition.inWords()));
        }
        if (!plan.requesters().isEmpty()) {
            page.blank().paragraph(2, "Ids with which the devices may sign their requests, and what serves them (any other id faults):");
            plan.requesters().forEach(one -> page.paragraph(4, one.device() + " as " + one.id() + ": " + one.covered() + " (" + one.because() + ")"));
        }
        plan.forced().forEach(label -> page.blank().labelled(2, "forced", label));
        remarks.forEach(remark -> page.blank().labelled(2, "note", remark));
    }

    /** One line for each thing that happens, as it happens. */
    static void moment(Moment moment, Plan plan, PrintWriter out) {
        switch (moment) {
            case Moment.Acting acting -> {
                out.print("  " + acting.step() + "/" + plan.steps().size() + "  " + acting.action().inWords());
                out.flush();
            }
            case Moment.Acted acted -> {
                out.println(switch (acted.deed()) {
                    case Deed.Done _ -> "";
                    case Deed.Refused refused -> "  (" + refused.reason() + ")";
                    case Deed.Hung _ -> "  (no end in sight)";
                });
                out.flush();
            }
            case Moment.Written(Entry.Failed failed) -> out.println("  taking back: " + failed.reason());
            case Moment.Written _ -> {
            }
        }
    }

    static int outcome(Outcome outcome, PrintWriter out, PrintWriter err) {
        return switch (outcome) {
            case Outcome.Applied _ -> say(out, "Applied and verified. To take it back: dmarshal undo", Exit.FINE);
            case Outcome.Undone undone when undone.reason().isEmpty() -> say(out, "Taken back: the host is as it was before the plan.", Exit.FINE);
            case Outcome.Undone undone -> say(err, "dmarshal: failed and taken back: the host is as it was before the plan. " + undone.reason(), Exit.FINDINGS);
            case Outcome.Refused refused -> {
                refused.reasons().forEach(reason -> err.println("dmarshal: refused: " + reason));
                yield say(err, "dmarshal: nothing was changed", Exit.FINDINGS);
            }
            case Outcome.Waiting waiting -> say(out, "Step " + waiting.step() + " waits for a restart of the host; then: dmarshal resume", Exit.FINE);
            case Outcome.Hung hung -> say(err, "dmarshal: step " + hung.step() + " did not return: " + hung.action()
                    + ". The kernel holds the device; when it lets go: dmarshal undo", Exit.FINDINGS);
            case Outcome.Stuck stuck -> say(err, "dmarshal: step " + stuck.step() + " " + stuck.reason()
                    + ". What was done before it is still done; when that is mended: dmarshal undo", Exit.FINDINGS);
        };
    }

    private static int say(PrintWriter to, String words, int code) {
        to.println(words);
        to.flush();
        return code;
    }

    static void dryRun(Page page, Plan plan, List<String> objections) {
        plan(page, plan, List.of());
        page.blank();
        if (objections.isEmpty()) {
            page.paragraph(0, "Nothing speaks against it now. Nothing was changed.");
        }
        objections.forEach(objection -> page.labelled(0, "against", objection));
    }

    static void refusalsJson(List<Refusal> refusals, PrintWriter out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeNumberField("format", Plan.FORMAT);
            json.writeArrayFieldStart("refusals");
            for (Refusal refusal : refusals) {
                json.writeStartObject();
                json.writeStringField("label", refusal.label());
                json.writeStringField("reason", refusal.reason());
                json.writeStringField("instead", refusal.way());
                json.writeBooleanField("forcible", refusal.forcible());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println();
        out.flush();
    }

    /** What the undo of a plan would do, in its order. */
    static void undoSteps(Page page, Plan plan) {
        for (Step step : plan.steps().reversed()) {
            for (Action action : step.undo()) {
                page.labelled(2, "undo " + step.number(), action.inWords());
            }
            for (Condition condition : step.before()) {
                page.labelled(2, "verifies", condition.inWords());
            }
        }
    }
}
