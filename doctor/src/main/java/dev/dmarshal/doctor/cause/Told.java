package dev.dmarshal.doctor.cause;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lines of tools and drivers that say themselves what is wrong, in words of their own ({@code told.tsv}). Asked last, and heard only where no other rule
 * has named the same cause: a rule that knows a line's wording knows more of it.
 */
final class Told implements Cause {

    /**
     * A row.
     *
     * @param label      the cause
     * @param confidence how sure such a line makes
     * @param unlessOn   whether signs that remapping is on speak against it
     * @param words      what the line says
     * @param what       filled into the cause's text
     */
    private record Row(String label, Confidence confidence, String unless, Pattern words, String what) {
    }

    private static final List<Row> TABLE = Rows.read("told.tsv", 6).stream().map(row -> new Row(row.get(0),
            Confidence.valueOf(row.get(1).toUpperCase(Locale.ROOT)), row.get(2), Pattern.compile(row.get(3), Pattern.CASE_INSENSITIVE),
            row.get(4).equals("-") ? "" : row.get(4))).toList();

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        boolean on = symptoms.has(MessageKind.VTD_ACTIVE, MessageKind.GROUP_ADD, MessageKind.AMD_FOUND, MessageKind.DEFAULT_DOMAIN);
        // Without x2APIC they are remapped as well ("Enabled IRQ remapping in xapic mode").
        boolean interrupts = symptoms.has(MessageKind.IR_ENABLED, MessageKind.AMD_IR_ENABLED);
        List<Claim> claims = new ArrayList<>();
        for (Row row : TABLE) {
            boolean spoken = on && row.unless.equals("unless-on") || interrupts && row.unless.equals("unless-interrupts-on");
            Optional<LogMessage> line = spoken ? Optional.empty() : symptoms.messages().values().stream().flatMap(List::stream)
                    .filter(message -> message.kind().subject() != MessageKind.Subject.BOOT && row.words.matcher(message.text()).find()).findFirst();
            line.ifPresent(message -> claims.add(claim(symptoms, row, message)));
        }
        return claims;
    }

    private static Claim claim(Symptoms symptoms, Row row, LogMessage line) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "the device");
        words.putIfAbsent("group", "of the device");
        words.put("what", row.what);
        words.put("why", "The line says so.");
        return Claim.of(Narratives.begin(row.label, row.confidence, words).device(line.device()).evidence(Seen.line("The line says so.", line)).build());
    }
}
