package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The hardware found the tables themselves wrong: unreadable, with reserved bits, or of a form that it does not take. Only the kernel (or broken memory)
 * writes tables; no device
 * and no driver can cause it. Reasons by the VT-d specification's list; AMD-Vi's hardware-error events and its RZ flag say the same.
 */
public final class MalformedTables implements Cause {

    private static final Set<FaultReason> MALFORMED = EnumSet.of(FaultReason.LCT_4, FaultReason.LSL_1, FaultReason.LRT_1, FaultReason.LCT_1,
            FaultReason.LRT_3, FaultReason.LCT_3,
            FaultReason.LSL_2, FaultReason.SRT_1, FaultReason.SRT_3, FaultReason.SCT_1, FaultReason.SCT_3, FaultReason.SCT_4, FaultReason.SPD_1,
                    FaultReason.SPD_3, FaultReason.SPT_1,
            FaultReason.SPT_3, FaultReason.SPT_4, FaultReason.SFS_1, FaultReason.SFS_3, FaultReason.SFS_4, FaultReason.SSS_1, FaultReason.SSS_3,
                    FaultReason.SSS_4, FaultReason.IR_UNREADABLE,
            FaultReason.RTA_1);
    private static final Set<FaultReason> TRANSLATED = EnumSet.of(FaultReason.LCT_5, FaultReason.SCT_5);
    private static final Set<String> EVENTS = Set.of("DEV_TAB_HARDWARE_ERROR", "PAGE_TAB_HARDWARE_ERROR", "ILLEGAL_COMMAND_ERROR", "COMMAND_HARDWARE_ERROR");
    private static final int AMD_RESERVED = 1 << 7;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        if (symptoms.host().crashKernel()) {
            return claims;
        }
        for (FaultGroup group : symptoms.faults()) {
            label(group).ifPresent(label -> claims.add(new Claim(Dma.begin(label, Confidence.LIKELY, symptoms, group)
                    .evidence(Seen.faults("The hardware says so.", group)).build(), List.of(group))));
        }
        symptoms.first(MessageKind.QI_ERROR).ifPresent(line -> claims.add(Claim.of(Narratives.begin("queue-error", Confidence.POSSIBLE, Map.of())
                .evidence(Seen.line("The unit stopped at a descriptor.", line)).build())));
        return claims;
    }

    private static Optional<String> label(FaultGroup group) {
        boolean reserved = group.first().amdEvent().filter("IO_PAGE_FAULT"::equals).isPresent() && group.commonFlags().isPresent()
                && (group.commonFlags().getAsInt() & AMD_RESERVED) != 0;
        if (reserved || group.first().amdEvent().filter(EVENTS::contains).isPresent() || group.reason().filter(MALFORMED::contains).isPresent()) {
            return Optional.of("tables-malformed");
        }
        return group.reason().filter(TRANSLATED::contains).map(reason -> "translated-request-blocked");
    }
}
