package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A device signs its requests with an id that no function known to the kernel owns: a bridge's, or a phantom function's.
 *
 * <p>Linux writes context entries for the functions that it enumerates and for the aliases that it can derive from bridges and quirks
 * (drivers/pci/search.c, pci_for_each_dma_alias). A request under any other id finds no root entry (reason 01h, 39h) when nobody on its bus has an
 * entry, or no context
 * entry (02h, 41h) when a neighbour has. No driver can cause either: a driver's mistakes are made inside tables that are already there.
 */
public final class RequesterAlias implements Cause {

    static final String LABEL = "requester-alias";

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        for (FaultGroup group : symptoms.faults()) {
            boolean unlisted = group.reasonIs(FaultReason.LRT_2, FaultReason.SRT_2, FaultReason.LCT_2, FaultReason.SCT_2);
            if (group.kind() == FaultKind.DMA && unlisted && group.device().isPresent() && !handover(symptoms, group)) {
                Owner owner = owner(symptoms, group.device().get());
                if (owner != Owner.FUNCTION) {
                    claims.add(new Claim(finding(symptoms, group, owner), List.of(group)));
                }
            }
        }
        return claims;
    }

    /** Who owns the requester id, as far as the sources tell. */
    private enum Owner {
        /** An ordinary function that the kernel lists. */
        FUNCTION,
        /** A function of this slot is listed, but not this one. */
        PHANTOM,
        /** A bridge. */
        BRIDGE,
        /** The id that a PCIe-to-PCI bridge gives to requests from its secondary bus. */
        BRIDGED,
        /** Functions are listed, none of this slot. */
        NOBODY,
        /** Nothing is listed: cannot be told. */
        UNKNOWN
    }

    private static Owner owner(Symptoms symptoms, Sbdf address) {
        Optional<SeenDevice> known = symptoms.device(address).filter(SeenDevice::listed);
        if (known.isPresent()) {
            return known.get().bridge() ? Owner.BRIDGE : Owner.FUNCTION; // bridges that only their ids betray: HiddenFunction
        }
        for (int function = 0; function < 8; function++) {
            if (symptoms.device(address.withFunction(function)).filter(SeenDevice::listed).isPresent()) {
                return Owner.PHANTOM;
            }
        }
        if (address.device() == 0 && address.function() == 0 && symptoms.devices().keySet().stream()
                .anyMatch(other -> other.segment() == address.segment() && other.bus() == address.bus() && other.device() != 0)) {
            return Owner.BRIDGED;
        }
        boolean anyListed = symptoms.devices().values().stream().anyMatch(SeenDevice::listed);
        return anyListed ? Owner.NOBODY : Owner.UNKNOWN;
    }

    /** Tables come and go while firmware's or an older kernel's devices still run: those are other causes. */
    private static boolean handover(Symptoms symptoms, FaultGroup group) {
        boolean graphics = group.device().filter(device -> device.bus() == 0 && device.device() == 2).isPresent();
        // On the root bus no bridge signs for others: an id that nobody owns there is a hidden function's.
        boolean rootBus = group.device().filter(device -> device.bus() == 0 && symptoms.device(device).filter(SeenDevice::listed).isEmpty()).isPresent();
        return symptoms.host().crashKernel() || graphics || rootBus || symptoms.has(MessageKind.NOT_KDUMP_TRANSLATION);
    }

    private static Finding finding(Symptoms symptoms, FaultGroup group, Owner owner) {
        Sbdf device = group.device().orElseThrow();
        boolean bus = group.reasonIs(FaultReason.LRT_2, FaultReason.SRT_2);
        Map<String, String> words = Seen.words(symptoms, Optional.of(device));
        FindingBuilder finding = new FindingBuilder(LABEL, title(device, owner)).blame(Blame.DEVICE).device(Optional.of(device))
                .confidence(owner == Owner.UNKNOWN || owner == Owner.NOBODY && !symptoms.enumerated() ? bus || owner == Owner.NOBODY ? Confidence.LIKELY
                : Confidence.POSSIBLE
                        : Confidence.LIKELY)
                .why(why(device, owner, bus))
                .evidence(Seen.faults(bus ? "The look-up ended at the root entry of bus " + hex(device.bus())
                + ": no function of that bus was ever given a context table."
                        : "The look-up ended at the context entry: other functions of bus " + hex(device.bus()) + " have theirs, " + device
                        + " has none.", group))
                .evidence(listed(symptoms, device, owner));
        if (owner == Owner.UNKNOWN || owner == Owner.NOBODY) {
            finding.counter("If lspci shows an ordinary endpoint with a bound driver at " + device
                    + ", this is not it: then the kernel failed to set up a device that it knows.")
                    .next("lspci -tvnn and the whole boot log (dmesg from its first line), to see which card and bridges are at " + device);
        }
        Remedies remedies = Remedies.table();
        for (String label : List.of("find-requester", "alias-quirk", "other-slot", "group-identity-domain", "update-driver", "iommu-pt", "iommu-off")) {
            finding.fix(remedies.fix(label, words));
        }
        return finding.build();
    }

    private static String title(Sbdf device, Owner owner) {
        return switch (owner) {
            case PHANTOM -> device + " is no function that the kernel lists, but its slot has others: a phantom function signs the card's DMA";
            case BRIDGE, BRIDGED -> "DMA is signed by a bridge, " + device + ", which was given no tables of its own";
            default -> "DMA carries the requester id " + device + ", which no PCI function known to the kernel owns";
        };
    }

    private static String why(Sbdf device, Owner owner, boolean bus) {
        String stopped = bus ? "no device on bus " + hex(device.bus()) + " was ever given a context table, so the hardware found nothing to look in"
                : "the hardware found the context table of bus " + hex(device.bus()) + " but no entry for this id in it";
        String who = switch (owner) {
            case PHANTOM -> "The card has other functions at this slot; some controllers, Marvell SATA chips the best known, sign their DMA with a function"
                    + " number that they do not have.";
            case BRIDGE -> "The id belongs to a bridge. A PCIe-to-PCI bridge, and some switches, put their own id in place of the card's.";
            case BRIDGED -> "A PCIe-to-PCI bridge signs requests from its secondary bus as device 0 function 0 of that bus, which need not exist.";
            default -> "The id belongs to a bridge or a phantom function on the card, not to the function whose driver maps the buffers.";
        };
        return "The kernel builds tables for the functions that it lists and for the aliases that it can derive; " + stopped + ". " + who
                + " So the driver's mappings are made under one id and the DMA arrives under another. Neither the board's firmware nor the DMAR table is at"
                + " fault, and another board does the "
                + "same: the fix is to teach the kernel the alias, or to take the bridge out of the path.";
    }

    private static Optional<Evidence> listed(Symptoms symptoms, Sbdf device, Owner owner) {
        long functions = symptoms.devices().values().stream().filter(SeenDevice::listed).count();
        return switch (owner) {
            case UNKNOWN -> Optional.empty();
            case BRIDGE -> Optional.of(Evidence.that("The kernel lists " + device + " as a bridge."));
            case BRIDGED -> Optional.of(Evidence.that("Devices other than 0 are on bus " + hex(device.bus()) + ": it is a conventional bus behind a bridge."));
            case PHANTOM -> Optional.of(Evidence.that("The kernel lists another function of this slot, and not " + device + "."));
            default -> Optional.of(Evidence.that("The sources list " + functions + " functions and " + device + " is not one of them."));
        };
    }

    private static String hex(int bus) {
        return HexFormat.of().toHexDigits((byte) bus);
    }
}
