package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;

/**
 * First-stage entries without the user bit. A request without PASID, and every request that does not ask for privilege, is a user's (VT-d specification,
 * section 3.6.1); only the kernel writes the bit, and no driver can leave it out.
 */
public final class UserPages implements Cause {

    /** Below this the entries are the kernel's for I/O, or a process's own pages, which are a user's. */
    private static final int LOWER_HALF_BITS = 47;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        return Dma.groups(symptoms).filter(group -> group.reasonIs(FaultReason.SGN_2) && group.highest().isPresent()
                && group.highest().getAsLong() >>> LOWER_HALF_BITS == 0)
                .map(group -> new Claim(Dma.begin("user-bit-missing", Confidence.LIKELY, symptoms, group)
                        .evidence(Seen.faults("The page is there, and is the supervisor's.", group)).build(), List.of(group))).toList();
    }
}
