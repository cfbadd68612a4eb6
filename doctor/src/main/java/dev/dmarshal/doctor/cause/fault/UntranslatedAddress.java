package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;

/**
 * The device uses an address that the IOMMU's allocator would not have given it: it looks physical, so its driver passes it without the DMA API.
 *
 * <p>Linux hands out I/O addresses below 4 GiB first, and above only when those are used up (intel_alloc_iova until 5.x, iommu_dma_alloc_iova since;
 * the preference went
 * with 6.6 for devices that have once run out). So an address above 4 GiB under a requester that never had a mapping speaks for a physical address.
 */
public final class UntranslatedAddress implements Cause {

    static final String LABEL = "driver-bypasses-dma-api";
    private static final long FOUR_GIB = 1L << 32;
    private static final long MOST_MEMORY = 1L << 46;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        if (symptoms.host().crashKernel() || !symptoms.kernelBefore(6, 6)) {
            return List.of();
        }
        List<Claim> claims = new ArrayList<>();
        for (FaultGroup group : symptoms.faults()) {
            boolean noTables = group.reasonIs(FaultReason.LRT_2, FaultReason.LCT_2, FaultReason.LGN_2, FaultReason.LGN_3);
            boolean high = group.lowest().isPresent() && Long.compareUnsigned(group.lowest().getAsLong(), FOUR_GIB) >= 0
                    && Long.compareUnsigned(group.highest().getAsLong(), MOST_MEMORY) < 0;
            boolean assigned = group.device().flatMap(symptoms::device).flatMap(device -> device.driver()).filter(driver -> driver.contains("vfio")
                    || driver.contains("pciback")).isPresent();
            // Under Xen the drivers of dom0 hand out machine addresses, and no allocator of Linux has a part in it.
            if (group.kind() == FaultKind.DMA && !group.dialect().xen() && noTables && high && !assigned && !symptoms.has(MessageKind.VFIO_LOADED)) {
                claims.add(claim(symptoms, group));
            }
        }
        return claims;
    }

    private static Claim claim(Symptoms symptoms, FaultGroup group) {
        String address = "0x" + Long.toHexString(group.lowest().orElseThrow());
        return new Claim(new FindingBuilder(LABEL, "The driver may hand physical addresses to the device: " + address
                + " is not where VT-d's allocator begins").confidence(Confidence.POSSIBLE).blame(Blame.DEVICE)
                .device(group.device())
                .why("The kernel gives out I/O addresses below 4 GiB first. " + address + " lies above, as an ordinary page of memory does. A driver that"
                + " computes bus addresses itself, as some vendors' packages do,"
                        + " works only while nothing is translated. On kernels before 5.3 such a driver also leaves its device without any table, because"
                        + " tables were made at the first mapping: then the fault"
                        + " reads 01h or 02h just as with an unowned requester id.")
                .evidence(Seen.faults("The address looks physical.", group))
                .counter("Many gigabytes mapped at once: then the allocator does go above 4 GiB.")
                .counter("The kernel's own driver is bound (modinfo shows intree: Y): it uses the DMA API.")
                .fix(Remedies.table().fix("update-driver", Seen.words(symptoms, group.device())))
                .fix(Remedies.table().fix("group-identity-domain", Seen.words(symptoms, group.device())))
                .next("modinfo of the driver (intree?), and whether its source calls dma_map_* or pci_map_*").build(), List.of());
    }
}
