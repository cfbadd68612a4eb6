package dev.dmarshal.doctor.cause.passthrough;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Devices that cannot be reset, or do not come back from it. After faults or hangs of the same device a failed reset is their consequence and not the
 * cause.
 */
public final class Resets implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Optional<LogMessage> late = symptoms.find(line -> passedOn(symptoms, line) && !line.field("reset").orElse("").contains("resume"),
                MessageKind.RESET_NOT_READY)
                // A change of power state that fails is a cause of its own.
                .or(() -> Trail.all(symptoms, Clue.RESET_LOST).filter(line -> line.kind() != MessageKind.POWER_STATE_FAILED && passedOn(symptoms, line))
                        .findFirst());
        late.ifPresent(line -> claims.add(claim("reset-not-ready", Confidence.LIKELY, symptoms, line)));
        inaccessible(symptoms).ifPresent(line -> claims.add(claim("device-inaccessible", Confidence.LIKELY, symptoms, line)));
        Trail.first(symptoms, Clue.BARS_RESTORED).ifPresent(line -> claims.add(claim("reset-lost-registers", late.isPresent() ? Confidence.POSSIBLE
                : Confidence.LIKELY,
                symptoms, line)));
        Optional<LogMessage> none = symptoms.each(MessageKind.VFIO_RESET_FAILED, MessageKind.LIBVIRT_RESET_FAILED).findFirst();
        none.ifPresent(line -> claims.add(claim("reset-unavailable", Confidence.LIKELY, symptoms, line)));
        return claims;
    }

    /** Ports and docks of healthy machines lose power or are pulled; what matters is a device that cannot be reached and that a guest is to have. */
    private static Optional<LogMessage> inaccessible(Symptoms symptoms) {
        return symptoms.find(line -> passedOn(symptoms, line), MessageKind.POWER_STATE_FAILED);
    }

    /** Whether the line is about a device that a guest has or is to have. */
    private static boolean passedOn(Symptoms symptoms, LogMessage line) {
        boolean port = line.driver().filter(driver -> driver.equals("pcieport") || driver.equals("thunderbolt")).isPresent();
        boolean assigned = line.driver().or(() -> line.device().flatMap(symptoms::device).flatMap(SeenDevice::driver))
                .filter(driver -> driver.contains("vfio") || driver.contains("pciback")).isPresent();
        boolean guests = symptoms.messages().keySet().stream().anyMatch(kind -> kind.subject() == MessageKind.Subject.VFIO && kind != MessageKind.KVM_STATE);
        return assigned || guests && !port;
    }

    private static Claim claim(String label, Confidence confidence, Symptoms symptoms, LogMessage line) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "the device");
        words.put("what", line.field("reset").map(reset -> "after " + reset).orElse("after a reset"));
        boolean consequence = consequence(symptoms, line);
        FindingBuilder finding = Narratives.begin(label, consequence ? Confidence.POSSIBLE : confidence, words).device(line.device())
                .evidence(Seen.line("The kernel or the emulator says so.", line));
        if (consequence) {
            finding.counter("Faults or hangs of the device stand in the same log: then the failed reset follows from them.");
        }
        return Claim.of(finding.build());
    }

    private static boolean consequence(Symptoms symptoms, LogMessage line) {
        // A host bridge cannot be reset: a line that names it names no device.
        boolean unnamed = line.device().filter(device -> !device.equals(new Sbdf(0, 0, 0, 0))).isEmpty();
        boolean faults = symptoms.faults().stream().anyMatch(group -> unnamed || group.device().equals(line.device()));
        boolean hang = Trail.all(symptoms, Clue.TROUBLE).anyMatch(other -> other != line && other.device().equals(line.device()) && other.kind() != line.kind()
                && other.text().matches("(?i).*(time[sd]? ?-?out|hang|hung).*"));
        boolean link = Trail.all(symptoms, Clue.LINK_ERROR).anyMatch(other -> other.device().equals(line.device()));
        return faults || hang || link;
    }
}
