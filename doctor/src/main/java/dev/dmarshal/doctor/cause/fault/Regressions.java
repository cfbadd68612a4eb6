package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Rows;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Known regressions of Linux: the kernel's version lies in the broken range and the faults are of the kind that the defect makes ({@code regressions.tsv}). */
public final class Regressions implements Cause {

    /** What a defect's faults look like. */
    private enum Sign {
        /** Interrupt requests in compatibility format. */
        COMPATIBILITY_INTERRUPT,
        /** DMA of a function that shares its requester id with others behind a conventional bridge. */
        ALIASED_DMA,
        /** Integrated graphics refused at addresses that Linux gave out. */
        GRAPHICS_PAGE,
        /** A device refused in a region that firmware reserves. */
        RESERVED_REGION,
        /** A storm on pages of an assigned device. */
        ASSIGNED_STORM
    }

    /** A range of versions, first broken to first mended. */
    private record Row(Release from, Release fixed, Sign sign, String what, String why) {
    }

    private static final List<Row> ROWS = Rows.read("regressions.tsv", 6).stream()
            .map(row -> new Row(release(row.get(0)), release(row.get(1)), Sign.valueOf(row.get(2)), row.get(3),
            row.get(4) + " Source: " + row.get(5) + ".")).toList();
    private static final int STORM = 1000;

    private static Release release(String text) {
        return KernelVersion.parse(text).map(KernelVersion::release).orElseThrow(() -> new IllegalStateException("regressions.tsv: " + text));
    }

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        Optional<Release> running = symptoms.kernel().map(KernelVersion::release);
        List<Claim> claims = new ArrayList<>();
        if (running.isEmpty() || symptoms.host().crashKernel()) {
            return claims;
        }
        for (FaultGroup group : symptoms.faults()) {
            ROWS.stream().filter(row -> running.get().atLeast(row.from) && !running.get().atLeast(row.fixed) && shows(row.sign, symptoms, group)).findFirst()
                    .ifPresent(row -> claims.add(new Claim(Dma.begin("known-regression", Confidence.LIKELY, symptoms, group, Map.of("what", row.what, "why",
                    row.why))
                            .evidence(Evidence.that("This is Linux " + symptoms.kernel().orElseThrow().text() + "."))
                            .evidence(Seen.faults("The faults are of that kind.", group)).build(),
                            List.of(group))));
        }
        return claims;
    }

    private static boolean shows(Sign sign, Symptoms symptoms, FaultGroup group) {
        return switch (sign) {
            case COMPATIBILITY_INTERRUPT -> group.kind() == FaultKind.INTERRUPT && group.reasonIs(FaultReason.IR_COMPATIBILITY);
            case ALIASED_DMA -> group.kind() == FaultKind.DMA && group.dialect().vtd() && group.device()
                    .filter(device -> conventional(symptoms, device.segment(), device.bus())).isPresent();
            case GRAPHICS_PAGE -> Dma.integratedGraphics(symptoms, group) && Dma.pageMissing(group) && Dma.all(group, AddressOrigin.ALLOCATED);
            case RESERVED_REGION -> Dma.pageMissing(group)
                    && symptoms.reserved().rmrrs().stream().anyMatch(region -> group.touches(region.first(), region.last()));
            case ASSIGNED_STORM -> group.dialect().vtd() && Dma.pageMissing(group) && Dma.assigned(symptoms, group) && group.count() + symptoms.quality()
                    .suppressed() > STORM;
        };
    }

    /** A conventional bus below a bridge: it has devices with numbers other than 0, which no PCIe link has. */
    private static boolean conventional(Symptoms symptoms, int segment, int bus) {
        return bus != 0 && symptoms.devices().keySet().stream().anyMatch(other -> other.segment() == segment && other.bus() == bus && other.device() != 0);
    }
}
