package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.Dialect;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;

/**
 * AMD-Vi says more than VT-d: whether the page was there (PR) and only the permission lacked (PE), and in which direction (RW). With a domain in
 * force that is a buffer mapped in the wrong direction, or one that the device uses against its direction. AMD I/O Virtualization Technology Specification,
 * IO_PAGE_FAULT event. On VT-d a walk of the tables in the log says the same.
 */
public final class DmaPermissions implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Dma.groups(symptoms).filter(group -> group.dialect() == Dialect.LINUX_AMD_VI && Dma.permission(group) && !Dma.amdWithoutDomain(group))
                .forEach(group -> claims.add(claim(symptoms, group)));
        Dma.groups(symptoms).filter(group -> group.dialect().vtd()).forEach(group -> WalkedLeaf.of(symptoms, group)
                .filter(leaf -> !leaf.allows(Dma.writes(group)) && leaf.allows(!Dma.writes(group)))
                .ifPresent(leaf -> claims.add(claim(symptoms, group, leaf))));
        return claims;
    }

    private static Claim claim(Symptoms symptoms, FaultGroup group, WalkedLeaf leaf) {
        boolean writes = Dma.writes(group);
        return new Claim(Dma.begin(writes ? "read-only-buffer-written" : "write-only-buffer-read", Confidence.LIKELY, symptoms, group)
                .evidence(Seen.faults("The hardware refused.", group))
                .evidence(Seen.line(writes ? "The page's own entry is there, for reading alone."
                : "The page's own entry is there, for writing alone.", leaf.line()))
                .build(), List.of(group));
    }

    private static Claim claim(Symptoms symptoms, FaultGroup group) {
        boolean writes = Dma.writes(group);
        return new Claim(Dma.begin(writes ? "read-only-buffer-written" : "write-only-buffer-read", Confidence.LIKELY, symptoms, group)
                .evidence(Seen.faults(writes ? "PR, PE and RW are set: the page is there and may not be written."
                : "PR and PE are set and RW is not: the page is there and may not be read.",
                        group)).build(), List.of(group));
    }
}
