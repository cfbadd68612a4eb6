package dev.dmarshal.doctor.cause.passthrough;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A device that is plugged into or out of a guest at run time: no place for it, or a guest that does not answer. */
public final class HotPlug implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        symptoms.find(HotPlug::noPlace, MessageKind.HOT_PLUG_FAILED).ifPresent(line -> claims.add(claim("hotplug-no-slot", line)));
        symptoms.find(line -> !noPlace(line), MessageKind.HOT_PLUG_FAILED).ifPresent(line -> claims.add(claim("hotplug-unanswered", line)));
        return claims;
    }

    private static boolean noPlace(LogMessage line) {
        String text = line.text().toLowerCase(Locale.ROOT);
        return text.contains("no more available pci") || text.contains("does not support hotplugging") || text.contains("not hotpluggable");
    }

    private static Claim claim(String label, LogMessage line) {
        return Claim.of(Narratives.begin(label, Confidence.LIKELY, Map.of()).evidence(Seen.line("libvirt or QEMU says so.", line)).build());
    }
}
