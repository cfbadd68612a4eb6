package dev.dmarshal.doctor.cause.passthrough;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.params.CommandLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A device that is not with the driver, or not at the place, that the configuration means: another driver was first, or the card has moved. */
public final class Bindings implements Cause {

    private static final List<String> GONE = List.of(" not found: ", "no such host device", "can't find device", "could not find device");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        raced(symptoms).ifPresent(claims::add);
        symptoms.find(line -> GONE.stream().anyMatch(line.text().toLowerCase(Locale.ROOT)::contains), MessageKind.LIBVIRT_FAILED, MessageKind.QEMU_VFIO_FAILED,
                MessageKind.PCIBACK_FAILED, MessageKind.PCIBACK, MessageKind.XL_PCI_FAILED).ifPresent(line -> moved(symptoms, line).ifPresent(claims::add));
        return claims;
    }

    /** vfio-pci was given these ids at boot, and a line of another driver speaks for a device that has them. */
    private static Optional<Claim> raced(Symptoms symptoms) {
        Set<String> wanted = new HashSet<>();
        for (CommandLine line : symptoms.host().commandLine().stream().toList()) {
            line.tokens().stream().filter(token -> token.name().replace('_', '-').equals("vfio-pci.ids")).flatMap(token -> token.value().stream())
                    .forEach(value -> wanted.addAll(List.of(value.toLowerCase(Locale.ROOT).split(","))));
        }
        Optional<SeenDevice> other = symptoms.devices().values().stream().filter(device -> device.ids().filter(wanted::contains).isPresent())
                .filter(device -> device.driver().filter(driver -> !driver.contains("vfio") && !driver.contains("stub")).isPresent()).findFirst();
        return other.map(device -> {
            Map<String, String> words = new HashMap<>(Seen.words(symptoms, Optional.of(device.address())));
            words.put("what", device.driver().orElseThrow());
            return Claim.of(Narratives.begin("binding-raced", Confidence.LIKELY, words).device(Optional.of(device.address()))
                    .evidence(Evidence.that("The command line gives " + device.ids().orElseThrow() + " to vfio-pci, and " + device.driver().orElseThrow()
                            + " speaks for " + device.address() + ".")).build());
        });
    }

    /** A function that the same log lists is there, whatever the line says. */
    private static Optional<Claim> moved(Symptoms symptoms, LogMessage line) {
        Optional<Sbdf> address = line.device();
        if (address.flatMap(symptoms::device).filter(SeenDevice::listed).isPresent()) {
            return Optional.empty();
        }
        Map<String, String> words = new HashMap<>();
        words.put("device", address.map(Sbdf::toString).orElse("the configured address"));
        return Optional.of(Claim.of(Narratives.begin("device-not-there", Confidence.LIKELY, words).device(address)
                .evidence(Seen.line("The tool looked for the function and found none.", line)).build()));
    }
}
