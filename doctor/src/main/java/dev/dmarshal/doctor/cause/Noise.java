package dev.dmarshal.doctor.cause;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lines that look bad and are not ({@code noise.tsv}): a note, so that nobody has to wonder. */
final class Noise implements Cause {

    private static final List<List<String>> TABLE = Rows.read("noise.tsv", 5);

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        for (List<String> row : TABLE) {
            Optional<LogMessage> line = symptoms.find(message -> row.get(1).equals("-") || message.text().contains(row.get(1)),
                    MessageKind.valueOf(row.get(0)));
            line.ifPresent(message -> {
                FindingBuilder finding = Narratives.begin("known-noise", Confidence.CERTAIN, Map.of("what", row.get(2), "why", row.get(3) + " Source: "
                        + row.get(4) + "."));
                claims.add(Claim.of(finding.evidence(Seen.line("The line.", message)).build()));
            });
        }
        return claims;
    }
}
