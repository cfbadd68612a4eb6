package dev.dmarshal.doctor.cause.passthrough;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** VFIO could not lock or map the guest's memory. */
public final class Mappings implements Cause {

    /** QEMU's call, inside whatever it was doing then. */
    private static final Pattern DMA_MAP = Pattern.compile("vfio_(?:container_)?dma_map\\(|VFIO_MAP_DMA");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Optional<LogMessage> memlock = symptoms.first(MessageKind.VFIO_MEMLOCK)
                .or(() -> symptoms.find(line -> line.text().contains("Cannot allocate memory") || line.text()
                .contains("= -12"), MessageKind.VFIO_DMA_MAP_FAILED))
                .or(() -> symptoms.find(line -> DMA_MAP.matcher(line.text()).find() && line.text().contains("Cannot allocate memory"),
                        MessageKind.VFIO_CONTAINER_FAILED, MessageKind.QEMU_VFIO_FAILED));
        if (memlock.isPresent()) {
            claims.add(claim("memlock", Confidence.LIKELY, memlock.get(), ""));
        } else {
            symptoms.first(MessageKind.VFIO_DMA_MAP_FAILED).ifPresent(line -> claims.add(claim("map-refused", Confidence.LIKELY, line, meaning(line))));
        }
        return claims;
    }

    private static String meaning(LogMessage line) {
        if (line.text().contains("Invalid argument") || line.text().contains("= -22")) {
            return "\"Invalid argument\" means that the range is none that this host's units can map.";
        }
        if (line.text().contains("File exists") || line.text().contains("= -17")) {
            return "\"File exists\" means that something is mapped there already.";
        }
        return line.text().contains("Bad address") || line.text().contains("= -14") ? "\"Bad address\" means that the guest's memory behind it cannot be"
                + " pinned: a device's window, as a rule." : "";
    }

    private static Claim claim(String label, Confidence confidence, LogMessage line, String what) {
        FindingBuilder finding = Narratives.begin(label, confidence, Map.of("what", what)).device(line.device())
                .evidence(Seen.line("VFIO or QEMU says so.", line));
        return Claim.of(finding.build());
    }
}
