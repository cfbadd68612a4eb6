package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.SeenUnit;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.params.CommandLine;
import java.util.List;
import java.util.Optional;

/** The host's tables as its kernel makes them at boot, as far as the sources tell: an entry for every function listed, in the domain that is the default. */
final class HostScene {

    private HostScene() {
    }

    static Scene of(Symptoms symptoms, Hypothesis.Case one) {
        TableMode mode = one.from().reason().flatMap(TableMode::of).orElse(TableMode.LEGACY);
        Scene scene = Scene.of(capabilities(symptoms, mode), mode);
        XenLog xen = new XenLog(symptoms);
        Attachment usual = symptoms.xen() ? xen.dom0(one.page()) : identityByDefault(symptoms) ? new Attachment.Identity()
                : new Attachment.Translated(List.of());
        int segment = one.from().first().segment().orElse(0);
        for (SeenDevice device : symptoms.devices().values()) {
            if (device.listed() && device.address().segment() == segment) {
                scene = scene.with(device.address().sourceId().value(), usual);
            }
        }
        return neighbours(symptoms.xen() ? scene.with(one.sourceId(), xen.of(one.sourceId(), one.page())) : scene, one.from(), usual);
    }

    /**
     * Where the sources list nothing of a bus, the reason tells whether its context table was there: a missing context entry in a table that is there means
     * that a neighbour has one. The neighbour is then taken to be some other function of the bus.
     */
    private static Scene neighbours(Scene scene, FaultGroup group, Attachment usual) {
        int id = group.source().orElseThrow().value();
        boolean tableThere = group.reasonIs(FaultReason.LCT_2, FaultReason.SCT_2);
        int neighbour = id ^ 0x08;
        return tableThere && !scene.without(id).hasBus(id >>> 8) ? scene.with(neighbour, usual) : scene;
    }

    private static UnitCapabilities capabilities(Symptoms symptoms, TableMode mode) {
        Optional<SeenUnit> seen = symptoms.host().units().stream().filter(unit -> unit.cap().isPresent() && unit.ecap().isPresent()).findFirst();
        UnitCapabilities.Builder unit = seen.isPresent() && mode == TableMode.LEGACY
                ? new UnitCapabilities(seen.get().cap().getAsLong(), seen.get().ecap().getAsLong(), 46).toBuilder() : UnitCapabilities.builder();
        unit.withExtended(ExtendedCapability.PASS_THROUGH, ExtendedCapability.INTERRUPT_REMAPPING, ExtendedCapability.QUEUED_INVALIDATION);
        if (mode != TableMode.LEGACY) {
            unit.withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.FIRST_STAGE);
        }
        UnitCapabilities built;
        try {
            built = unit.build();
        } catch (IllegalArgumentException e) {
            // Firmware and emulators report words that contradict themselves; the twin then uses a plain unit of the same widths.
            built = UnitCapabilities.builder().withExtended(ExtendedCapability.PASS_THROUGH, ExtendedCapability.INTERRUPT_REMAPPING)
                    .with(Capability.ADDRESS_WIDTHS, 0b00110).build();
        }
        return built;
    }

    private static boolean identityByDefault(Symptoms symptoms) {
        Optional<CommandLine> line = symptoms.host().commandLine();
        return line.isPresent() && line.get().tokens().stream().anyMatch(token -> token.name().equals("iommu") && token.value().filter("pt"::equals).isPresent()
                || token.name().equals("iommu.passthrough") && token.value().filter("1"::equals).isPresent());
    }
}
