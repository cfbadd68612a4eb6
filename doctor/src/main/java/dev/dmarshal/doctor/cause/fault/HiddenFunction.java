package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Rows;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Requester ids that nobody owns: on the root bus a function that firmware hides, since there no bridge can sign for another device; on AMD-Vi elsewhere an
 * alias, which
 * {@link RequesterAlias} finds on VT-d by the reason code.
 */
public final class HiddenFunction implements Cause {

    /**
     * Places on Intel's root bus where ordinary, visible functions other than 0 live (PCH data sheets, "PCI devices and functions"): graphics 2, thermal 4,
     * USB 14 and 1a and 1d,
     * serial buses 15, 19 and 1e, root ports 1b to 1d and 1 and 6, LPC/audio/SMBus/network 1f. The management engine (16), TXE/sensor hubs (0f, 12, 13) are
     * not among them.
     */
    private static final Set<Integer> ORDINARY = Set.of(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0d, 0x14, 0x15, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e,
            0x1f);

    /** Bridges that sign for the cards behind them, and that the kernel may not know by their class or capability. */
    private static final Map<String, String> BRIDGES = Rows.read("bridges.tsv", 3).stream().collect(Collectors.toUnmodifiableMap(row -> row.get(0),
            row -> row.get(1)));

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Dma.groups(symptoms).filter(group -> engine(symptoms, group)).forEach(group -> claims.add(new Claim(Dma.begin("hidden-function", Confidence.POSSIBLE,
                symptoms, group)
                .evidence(Seen.faults("The management engine's place on the root bus, and memory that Linux did not give out.", group)).build(),
                        List.of(group))));
        Dma.groups(symptoms).filter(group -> Dma.tablesMissing(group) || phantom(symptoms, group)).forEach(group -> one(symptoms, group)
                .ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group)))));
        return claims;
    }

    /** Intel's management engine (device 16h; 0fh on small chipsets) works through plain memory of its own, and none of its drivers does that. */
    private static boolean engine(Symptoms symptoms, FaultGroup group) {
        boolean seat = group.device().filter(device -> device.bus() == 0 && (device.device() == 0x16 || device.device() == 0x0f)).isPresent();
        return seat && group.dialect().vtd() && Dma.pageMissing(group) && Dma.all(group, AddressOrigin.MEMORY_BELOW_4G) && Dma.driver(symptoms,
                group).isEmpty();
    }

    /** AMD-Vi: any fault of a function that nobody lists, in a slot of which another function is listed. */
    private static boolean phantom(Symptoms symptoms, FaultGroup group) {
        Optional<Sbdf> device = group.device().filter(address -> !group.dialect().vtd() && symptoms.device(address).filter(SeenDevice::listed).isEmpty());
        return device.isPresent() && symptoms.devices().values().stream()
                .anyMatch(other -> other.listed() && other.address().withFunction(0).equals(device.get().withFunction(0)));
    }

    private static Optional<FindingBuilder> one(Symptoms symptoms, FaultGroup group) {
        Optional<Sbdf> device = group.device();
        if (device.isEmpty() || symptoms.device(device.get()).filter(SeenDevice::listed).isPresent() || Dma.driver(symptoms, group).isPresent()) {
            return known(symptoms, group);
        }
        if (device.get().bus() == 0) {
            return hidden(symptoms, group, device.get());
        }
        if (!group.dialect().vtd()) {
            return Optional.of(Dma.begin("requester-without-domain", Confidence.LIKELY, symptoms, group)
                    .evidence(Seen.faults("The id's device table entry has no domain.", group)));
        }
        return Optional.empty();
    }

    private static Optional<FindingBuilder> hidden(Symptoms symptoms, FaultGroup group, Sbdf device) {
        boolean enumerated = symptoms.devices().values().stream().filter(known -> known.listed() && known.address().bus() == 0).count() >= 4;
        boolean unusual = !ORDINARY.contains(device.device()) && device.device() != 0;
        if (!enumerated && device.function() == 0 && !unusual || Dma.integratedGraphics(symptoms, group)) {
            return Optional.empty();
        }
        FindingBuilder finding = Dma.begin("hidden-function", enumerated || unusual && device.function() != 0 ? Confidence.LIKELY : Confidence.POSSIBLE,
                symptoms, group)
                .evidence(Seen.faults("No table was made for this id of the root bus.", group));
        if (enumerated) {
            finding.evidence(Evidence.that("The log lists the functions of bus 00, and " + device + " is not one of them."));
        } else if (unusual) {
            finding.evidence(Evidence.that("Function " + device.function() + " of device " + Integer.toHexString(device.device())
                    + "h is none of those that chipsets show to the operating system there."));
        }
        return Optional.of(finding);
    }

    /** A device that the kernel knows and that is no bridge has an entry, or lost it. */
    private static Optional<FindingBuilder> known(Symptoms symptoms, FaultGroup group) {
        Optional<SeenDevice> known = group.device().flatMap(symptoms::device);
        Optional<String> bridge = known.flatMap(SeenDevice::ids).map(BRIDGES::get);
        if (bridge.isPresent()) {
            return Optional.of(Dma.begin("bridge-signs-dma", Confidence.LIKELY, symptoms, group, Map.of("what", bridge.get()))
                    .evidence(Seen.faults("The bridge's id has no tables.", group)));
        }
        boolean firstMoments = Trail.near(symptoms, group, Clue.IDENTITY_LEFT).isPresent();
        if (known.isEmpty() || known.get().bridge() || firstMoments || Dma.integratedGraphics(symptoms, group)) {
            return Optional.empty();
        }
        return Optional.of(Dma.begin("known-device-without-context", Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.faults("The look-up ended before the tables.", group)));
    }
}
