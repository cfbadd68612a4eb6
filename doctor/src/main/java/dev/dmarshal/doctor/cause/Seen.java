package dev.dmarshal.doctor.cause;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Turns what was seen into evidence and into the words that fill remedies. */
public final class Seen {

    private Seen() {
    }

    /** A log line as evidence. */
    public static Evidence line(String says, LogMessage message) {
        return new Evidence(says, Optional.of(message.text()), Optional.of(message.file().orElse("line") + ":" + message.line()));
    }

    /** A group of faults as evidence. */
    public static Evidence faults(String says, FaultGroup group) {
        return new Evidence(says, Optional.of(group.says()), Optional.of(group.file() + ":" + group.first().line()));
    }

    /** The words that remedies need about one device. */
    public static Map<String, String> words(Symptoms symptoms, Optional<Sbdf> device) {
        Map<String, String> words = new HashMap<>();
        device.ifPresent(address -> {
            String text = address.toString();
            words.put("device", text);
            words.put("slot", text.substring(0, text.indexOf('.')));
            symptoms.device(address).flatMap(SeenDevice::ids).ifPresent(ids -> words.put("ids", ids));
            symptoms.device(address).ifPresent(known -> known.group().ifPresent(group -> words.put("group", Integer.toString(group))));
        });
        return words;
    }

    /** Device with what is known of it: {@code 0000:01:00.0 (1103:2642, driver rr26xx)}. */
    public static String name(Symptoms symptoms, Sbdf address) {
        Optional<SeenDevice> known = symptoms.device(address);
        String ids = known.flatMap(SeenDevice::ids).orElse("");
        String driver = known.flatMap(SeenDevice::driver).map(text -> "driver " + text).orElse("");
        String more = ids.isEmpty() ? driver : driver.isEmpty() ? ids : ids + ", " + driver;
        return more.isEmpty() ? address.toString() : address + " (" + more + ")";
    }
}
