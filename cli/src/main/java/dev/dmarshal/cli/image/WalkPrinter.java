package dev.dmarshal.cli.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.image.WalkCommand.Walk;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageEntry;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A walk as text for people, and as JSON in the form of {@code docs/schema/walk-1.json}. */
public record WalkPrinter(OpenTables tables, SourceId device, long address, boolean write) {

    Page text(List<Walk> walks) {
        Page page = Page.forTerminal();
        page.heading("%s %s 0x%x".formatted(device, write ? "writes" : "reads", address));
        for (Walk walk : walks) {
            page.blank().paragraph(0, title(walk.unit()));
            for (WalkTrace.Step step : walk.trace().steps()) {
                page.paragraph(2, "0x%012x  %s%s".formatted(step.address(), step.level() == 0 ? "" : "level " + step.level() + "  ", step.fields()));
            }
            outcome(walk, page);
        }
        return page;
    }

    static String title(UnitTables unit) {
        String mode = unit.rootTable().isEmpty() ? "no root table known" : "%s mode, root table at 0x%x".formatted(unit.scalable() ? "scalable" : "legacy",
                unit.rootTable().getAsLong());
        String capabilities = unit.capabilitiesKnown() ? "" : "; CAP and ECAP not known, so nothing is refused for want of a feature";
        return "%s: %s (%s; confidence %s)%s".formatted(unit.name(), mode, unit.origin(), unit.confidence().name().toLowerCase(Locale.ROOT), capabilities);
    }

    private void outcome(Walk walk, Page page) {
        Translation end = walk.trace().outcome();
        switch (end.outcome()) {
            case TRANSLATED -> page.paragraph(2, "-> 0x%x, %s%s".formatted(end.address(), rights(walk), pageSize(end)));
            case INTERRUPT -> page.paragraph(2, "-> an interrupt request: it goes through the interrupt-remapping table, not through these");
            case BLOCKED -> page.paragraph(2, end.reason().map(WalkPrinter::refusal).orElse("-> refused; the architecture has no fault for it"));
        }
        missing(walk).ifPresent(why -> page.paragraph(2, "   " + why));
    }

    private static String refusal(FaultReason reason) {
        return "-> refused: fault %02Xh %s, %s".formatted(reason.code(), reason.label(), reason.meaning());
    }

    /** That the image, not the machine, may be at fault. */
    private Optional<String> missing(Walk walk) {
        if (!walk.stoppedByImage()) {
            return Optional.empty();
        }
        long at = walk.missed().getAsLong();
        return Optional.of("0x%x is not in the image (%s): what the hardware found there is not known.".formatted(at, presence(at)));
    }

    private String presence(long at) {
        return tables.machine().memory().presence(at).toString();
    }

    /** A second stage says nothing of execution. */
    private static String rights(Walk walk) {
        Translation end = walk.trace().outcome();
        boolean firstStage = walk.trace().steps().stream().anyMatch(step -> step.structure().equals(FirstStageEntry.TABLE.name()));
        return (end.readable() ? "R" : "-") + (end.writable() ? "W" : "-") + (firstStage ? end.executable() ? "X" : "-" : "");
    }

    private static String pageSize(Translation end) {
        return switch (end.pageBits()) {
            case 12 -> ", 4 KiB page";
            case 21 -> ", 2 MiB page";
            case 30 -> ", 1 GiB page";
            default -> ", not translated";
        };
    }

    void json(List<Walk> walks, PrintWriter writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            ImageJson.start(tables, out);
            out.writeStringField("device", device.toString());
            out.writeStringField("address", ImageJson.hex(address));
            out.writeStringField("access", write ? "write" : "read");
            out.writeArrayFieldStart("units");
            for (Walk walk : walks) {
                unit(walk, out);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        writer.println();
        writer.flush();
    }

    private void unit(Walk walk, JsonGenerator out) throws IOException {
        out.writeStartObject();
        ImageJson.unitFields(walk.unit(), out);
        out.writeArrayFieldStart("steps");
        for (WalkTrace.Step step : walk.trace().steps()) {
            out.writeStartObject();
            out.writeStringField("structure", step.structure());
            out.writeNumberField("level", step.level());
            out.writeStringField("address", ImageJson.hex(step.address()));
            out.writeArrayFieldStart("words");
            for (String word : step.words()) {
                out.writeString(word);
            }
            out.writeEndArray();
            out.writeStringField("fields", step.fields());
            out.writeEndObject();
        }
        out.writeEndArray();
        Translation end = walk.trace().outcome();
        out.writeStringField("outcome", end.outcome().name().toLowerCase(Locale.ROOT));
        ImageJson.orNull(out, "physical", end.translated() ? ImageJson.hex(end.address()) : null);
        ImageJson.orNull(out, "rights", end.translated() ? rights(walk) : null);
        ImageJson.orNull(out, "reason", end.reason().map(reason -> "%02X".formatted(reason.code())).orElse(null));
        ImageJson.orNull(out, "reasonMeaning", end.reason().map(FaultReason::meaning).orElse(null));
        ImageJson.orNull(out, "missing", walk.stoppedByImage() ? ImageJson.hex(walk.missed().getAsLong()) : null);
        ImageJson.orNull(out, "missingWhy", walk.stoppedByImage() ? presence(walk.missed().getAsLong()) : null);
        out.writeEndObject();
    }
}
