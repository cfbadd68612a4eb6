package dev.dmarshal.cli.passthrough;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.Standing;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal status}: which plans were applied here and how they stand. */
public final class StatusCommand implements Command {

    @Override
    public String name() {
        return "status";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Says which plans were applied on this host, how far they got, and whether what they wanted still holds.");
        spec.addOption(ApplyCommand.journal());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/status-1.json).").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Passthrough passthrough = ApplyCommand.passthrough(arguments);
        List<Standing> standings = passthrough.standings();
        Map<String, Standing> overtaken = new HashMap<>();
        for (Standing standing : standings) {
            if (standing.open()) {
                passthrough.overtakenBy(standing).ifPresent(later -> overtaken.put(standing.id(), later));
            }
        }
        if (arguments.matchedOptionValue("--json", false)) {
            json(standings, overtaken, out);
        } else {
            Page page = Page.forTerminal();
            if (standings.isEmpty()) {
                page.paragraph(0, "No plan was applied on this host.");
            }
            standings.forEach(standing -> text(page, standing, Optional.ofNullable(overtaken.get(standing.id()))));
            page.print(out);
        }
        return standings.stream().anyMatch(standing -> wantsAttention(standing) && !overtaken.containsKey(standing.id())) ? Exit.FINDINGS : Exit.FINE;
    }

    private static boolean wantsAttention(Standing standing) {
        return switch (standing.word()) {
            case "undone", "refused" -> false;
            case "applied" -> !standing.goal().orElse(false);
            default -> true;
        };
    }

    private static void text(Page page, Standing standing, Optional<Standing> later) {
        page.heading(standing.id() + "  " + standing.word() + "  " + standing.plan().map(Plan::title).orElse("(the plan cannot be read)"));
        if (standing.contents().health() != JournalContents.Health.WHOLE) {
            page.paragraph(2, "its journal is " + standing.contents().health().name().toLowerCase(Locale.ROOT) + (standing.plan().isPresent()
                    ? "; resume and undo look at the host instead" : " from its first line, which has the plan; dmarshal undo FILE, with the plan's file"));
        }
        if (later.isPresent()) {
            page.paragraph(2, "plan " + later.get().id() + " (" + later.get().plan().map(Plan::title).orElse("") + ") has since taken from its guest what it gave;"
                    + " all is well as long as that one stands");
            page.paragraph(2, "dmarshal undo " + later.get().id() + " first, then dmarshal undo " + standing.id());
        } else if (standing.open() && standing.plan().isPresent()) {
            page.paragraph(2, (standing.goal().orElse(false) ? "what it wanted holds now" : "what it wanted does not hold now")
                    + (standing.boot() == Standing.Boot.EARLIER ? "; the host was restarted since" : ""));
            standing.hung().ifPresent(action -> page.paragraph(2, "\"" + action + "\" did not return: the kernel holds the device until whoever has it open lets"
                    + " go of it"));
            page.paragraph(2, standing.word().equals("applied") ? "dmarshal undo " + standing.id()
                    : "dmarshal resume " + standing.id() + ", or dmarshal undo " + standing.id());
        }
    }

    private static void json(List<Standing> standings, Map<String, Standing> overtaken, PrintWriter out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeNumberField("schema", 1);
            json.writeArrayFieldStart("plans");
            for (Standing standing : standings) {
                json.writeStartObject();
                json.writeStringField("id", standing.id());
                json.writeFieldName("title");
                json.writeObject(standing.plan().map(Plan::title).orElse(null));
                json.writeStringField("state", standing.word());
                json.writeFieldName("steps");
                json.writeObject(standing.plan().map(plan -> plan.steps().size()).orElse(null));
                json.writeNumberField("perhaps_done", standing.contents().perhapsDone().size());
                json.writeStringField("journal", standing.contents().health().name().toLowerCase(Locale.ROOT));
                json.writeStringField("boot", standing.boot().name().toLowerCase(Locale.ROOT));
                json.writeFieldName("goal");
                json.writeObject(standing.goal().orElse(null));
                json.writeFieldName("overtaken_by");
                json.writeObject(overtaken.containsKey(standing.id()) ? overtaken.get(standing.id()).id() : null);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println();
        out.flush();
    }
}
