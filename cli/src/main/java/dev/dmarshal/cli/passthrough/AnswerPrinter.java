package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.passthrough.plan.PlanJson;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Prints what came of a wish: the plan, or the reasons against it.
 *
 * @param json whether as JSON
 * @param file where the plan is kept, if anywhere
 */
public record AnswerPrinter(boolean json, Optional<Path> file) {

    int print(Answer answer, PrintWriter out) throws IOException {
        return switch (answer) {
            case Answer.Refused refused -> {
                if (json) {
                    PlanText.refusalsJson(refused.refusals(), out);
                } else {
                    refusals(refused, out);
                }
                yield Exit.FINDINGS;
            }
            case Answer.Ready ready -> {
                ready(ready, out);
                yield Exit.FINE;
            }
        };
    }

    private void ready(Answer.Ready ready, PrintWriter out) throws IOException {
        if (file.isPresent()) {
            PlanFile.write(file.get(), ready.plan());
        }
        if (json) {
            out.print(PlanJson.write(ready.plan()));
            out.flush();
            return;
        }
        Page page = Page.forTerminal();
        PlanText.plan(page, ready.plan(), ready.remarks());
        page.blank().paragraph(0, file.isEmpty() ? "Nothing was changed. With -o FILE the plan is kept, for: dmarshal apply FILE"
                : "Nothing was changed. To do it: dmarshal apply " + file.get());
        page.print(out);
    }

    private static void refusals(Answer.Refused refused, PrintWriter out) {
        Page page = Page.forTerminal();
        List<Refusal> refusals = refused.refusals();
        page.heading("Refused, for " + (refusals.size() == 1 ? "this reason" : "these " + refusals.size() + " reasons"));
        for (Refusal refusal : refusals) {
            page.blank().paragraph(2, refusal.reason());
            page.labelled(4, "instead", refusal.way());
            if (refusal.forcible()) {
                page.labelled(4, "or", "--force " + refusal.label() + ", if you know that it is so and may be");
            }
        }
        refused.remarks().forEach(remark -> page.blank().labelled(2, "note", remark));
        page.print(out);
    }
}
