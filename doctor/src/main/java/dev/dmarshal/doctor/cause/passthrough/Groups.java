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
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A group cannot be given away: another endpoint is the host's, or the group is larger than it used to be because a port isolates no more. */
public final class Groups implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        symptoms.first(MessageKind.VFIO_GROUP_NOT_VIABLE).ifPresent(line -> claims.addAll(notViable(symptoms, line)));
        Optional<LogMessage> failed = symptoms.find(line -> true, MessageKind.GROUP_FAILED).or(() -> symptoms.find(
                line -> line.text().matches("(?i).*add(?:ing)? (?:the )?device to (?:its|the) group fail.*"), MessageKind.DEVICE_OTHER));
        failed.ifPresent(line -> claims.add(Claim.of(Narratives.begin("group-add-failed", Confidence.LIKELY, words(symptoms, line)).device(line.device())
                .evidence(Seen.line("The kernel says so.", line)).build())));
        return claims;
    }

    private static List<Claim> notViable(Symptoms symptoms, LogMessage line) {
        List<Claim> claims = new ArrayList<>();
        Map<String, String> words = words(symptoms, line);
        List<SeenDevice> others = holders(symptoms, line);
        Optional<LogMessage> acs = Trail.first(symptoms, Clue.ACS);
        if (others.isEmpty() && bridgesOnly(symptoms, line)) {
            return List.of(Claim.of(Narratives.begin("group-bridge-only", Confidence.POSSIBLE, words).device(line.device())
                    .evidence(Seen.line("This is what was taken for a refusal of the group.", line))
                    .evidence(Evidence.that("All other members that the log shows are bridges, and bridges do not count.")).build()));
        }
        boolean spread = others.stream().map(SeenDevice::address).anyMatch(other -> line.device().filter(device -> other.bus() != device.bus()).isPresent());
        boolean lost = symptoms.kernel().map(kernel -> kernel.release()).filter(Groups::lostPortQuirks).isPresent();
        if (acs.isPresent() || spread || lost) {
            claims.add(Claim.of(merged(words, line, acs, spread, lost)));
        }
        words.put("what", others.isEmpty() ? "" : " The host has " + others.stream().map(SeenDevice::address).map(Sbdf::toString)
                .collect(Collectors.joining(", ")) + ".");
        FindingBuilder finding = Narratives.begin("group-not-viable", Confidence.LIKELY, words).device(line.device())
                .evidence(Seen.line("VFIO refuses the group.", line));
        others.stream().limit(6).forEach(other -> finding.evidence(Evidence.that(Seen.name(symptoms, other.address())
                + " is in the group and not with vfio-pci.")));
        claims.add(Claim.of(finding.build()));
        return claims;
    }

    /** Linux 6.11 no longer applied the workarounds for Intel's root ports (commit 47c8846a49ba); f3c3ccc4fe49 mended it in 6.12 and 6.11.7. */
    private static boolean lostPortQuirks(Release release) {
        return release.atLeast(new Release(6, 11, 0)) && !release.atLeast(new Release(6, 11, 7));
    }

    private static dev.dmarshal.doctor.finding.Finding merged(Map<String, String> words, LogMessage line, Optional<LogMessage> acs, boolean spread,
            boolean lost) {
        Map<String, String> own = new HashMap<>(words);
        own.put("what", lost ? "Linux 6.11 to 6.11.6 do not apply the isolation that Intel's root ports need to be told of (mended by f3c3ccc4fe49 in 6.11.7"
                + " and 6.12)."
                : spread ? "The group spans buses of different ports." : "The log speaks of workarounds for ports that lack the capability, and yet the"
                + " group holds more than the device.");
        FindingBuilder finding = Narratives.begin("group-merged", lost || acs.isPresent() ? Confidence.LIKELY : Confidence.POSSIBLE, own).device(line.device())
                .evidence(Seen.line("VFIO refuses the group.", line));
        acs.ifPresent(quirk -> finding.evidence(Seen.line("A port's isolation needs a workaround here.", quirk)));
        return finding.build();
    }

    /** Whether the log lists other members of the group and all of them are bridges. */
    private static boolean bridgesOnly(Symptoms symptoms, LogMessage line) {
        List<SeenDevice> members = symptoms.devices().values().stream().filter(device -> device.group().isPresent()
                && line.field("group").filter(text -> text.equals(Integer.toString(device.group().getAsInt()))).isPresent()).toList();
        boolean bridge = members.stream().anyMatch(SeenDevice::bridge);
        return bridge && members.stream().filter(device -> !device.bridge())
                .allMatch(device -> device.driver().filter(driver -> driver.contains("vfio")).isPresent() || named(line, device));
    }

    /** Whether the line is about this device: wordings of QEMU name it in the middle of their text. */
    private static boolean named(LogMessage line, SeenDevice device) {
        return line.device().filter(device.address()::equals).isPresent() || line.text().contains(device.address().toString());
    }

    /** Endpoints of the group that are not with VFIO, as far as the log lists the group's members. */
    private static List<SeenDevice> holders(Symptoms symptoms, LogMessage line) {
        OptionalInt group = line.field("group").filter(text -> text.length() < 9).map(text -> OptionalInt.of(Integer.parseInt(text)))
                .orElse(OptionalInt.empty());
        return symptoms.devices().values().stream().filter(device -> group.isPresent() && device.group().equals(group) && !device.bridge())
                .filter(device -> device.driver().filter(driver -> driver.contains("vfio") || driver.contains("stub")).isEmpty())
                .filter(device -> !named(line, device)).toList();
    }

    private static Map<String, String> words(Symptoms symptoms, LogMessage line) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "the device");
        line.field("group").ifPresent(group -> words.put("group", group));
        return words;
    }
}
