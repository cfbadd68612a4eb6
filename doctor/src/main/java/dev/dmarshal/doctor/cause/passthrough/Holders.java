package dev.dmarshal.doctor.cause.passthrough;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Somebody else holds the device, its group's file or its memory window. */
public final class Holders implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        symptoms.first(MessageKind.VFIO_GROUP_BUSY).ifPresent(line -> claims.add(claim("group-file-busy", Confidence.CERTAIN, symptoms, line, "",
                "The group's file is open elsewhere.")));
        symptoms.first(MessageKind.LIBVIRT_IN_USE).ifPresent(line -> claims.add(claim("device-in-use", Confidence.CERTAIN, symptoms, line, "another owner",
                "The tool found an owner.")));
        symptoms.find(line -> line.text().contains("currently in use") || line.text().contains("blocked until released"), MessageKind.VFIO_RELEASE)
                .ifPresent(line -> claims.add(claim("device-in-use", Confidence.LIKELY, symptoms, line, "a process that does not let go",
                        "The kernel waits for it.")));
        symptoms.first(MessageKind.HELD_OPEN).ifPresent(line -> claims.add(claim("device-in-use", Confidence.CERTAIN, symptoms, line,
                "whoever has its driver open", "The driver cannot go.")));
        symptoms.first(MessageKind.HUNG_TASK).filter(line -> symptoms.has(MessageKind.UNBIND_TRACE)).ifPresent(line -> claims.add(claim("device-in-use",
                Confidence.LIKELY, symptoms, line, "a driver that does not let go: taking the device from it hangs", "A task waits, and the trace shows it"
                + " unbinding a driver.")));
        symptoms.find(line -> line.text().contains("No such file"), MessageKind.VFIO_GROUP_OPEN_FAILED)
                .ifPresent(line -> claims.add(claim("group-file-missing", Confidence.LIKELY, symptoms, line, "", "The group has no file.")));
        symptoms.find(line -> line.text().contains("not an assignable") || line.text().contains("not own device") || line.text()
                .contains("not owned by pciback"),
                MessageKind.XL_PCI_FAILED)
                .ifPresent(line -> claims.add(claim("xen-not-assignable", Confidence.LIKELY, symptoms, line, "", "The tool stack says so.")));
        Optional<LogMessage> reserve = symptoms.first(MessageKind.BAR_RESERVE_FAILED);
        reserve.ifPresent(line -> claims.add(bar(symptoms, line)));
        if (reserve.isEmpty()) {
            symptoms.find(line -> line.text().contains("no space") || line.text().contains("failed to assign"), MessageKind.BAR_FAILED)
                    .filter(line -> !line.text().contains("[io ") && missed(symptoms, line))
                    .ifPresent(line -> claims.add(claim("bar-unplaced", Confidence.POSSIBLE, symptoms, line, "", "The window found no room.")));
        }
        return claims;
    }

    /** Spare windows for hot plug find no room on many healthy machines; what matters is a device whose driver, or whose guest, then fails. */
    private static boolean missed(Symptoms symptoms, LogMessage line) {
        return symptoms.find(other -> other.device().equals(line.device()) && !other.text().contains("firmware"), MessageKind.PROBE_FAILED,
                MessageKind.QEMU_VFIO_FAILED).isPresent();
    }

    private static Claim bar(Symptoms symptoms, LogMessage line) {
        Optional<LogMessage> console = Trail.first(symptoms, Clue.FRAMEBUFFER);
        String what = console.isPresent() ? ": the boot console, as it seems" : "";
        FindingBuilder finding = begin("bar-held", console.isPresent() ? Confidence.LIKELY : Confidence.LIKELY, symptoms, line, what)
                .evidence(Seen.line("The kernel says that the window is taken.", line));
        console.ifPresent(frame -> finding.evidence(Seen.line("A framebuffer is at work.", frame)));
        return Claim.of(finding.build());
    }

    private static Claim claim(String label, Confidence confidence, Symptoms symptoms, LogMessage line, String what, String says) {
        return Claim.of(begin(label, confidence, symptoms, line, what).evidence(Seen.line(says, line)).build());
    }

    private static FindingBuilder begin(String label, Confidence confidence, Symptoms symptoms, LogMessage line, String what) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "the device");
        words.put("what", what);
        line.field("group").ifPresent(group -> words.put("group", group));
        return Narratives.begin(label, confidence, words).device(line.device());
    }
}
