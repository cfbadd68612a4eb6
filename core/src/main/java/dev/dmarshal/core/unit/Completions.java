package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.FaultReason;
import java.util.EnumSet;
import java.util.Set;

/** How a translation request ends for each fault (section 4.2.3): without rights, as Unsupported Request, or as Completer Abort. */
final class Completions {
    private static final Set<FaultReason> WITHOUT_RIGHTS = EnumSet.of(FaultReason.LGN_1, FaultReason.LGN_2, FaultReason.LGN_3, FaultReason.SFS_2,
            FaultReason.SSS_2, FaultReason.SFS_5, FaultReason.SFS_6, FaultReason.SFS_7, FaultReason.SFS_8, FaultReason.SGN_1, FaultReason.SGN_2,
            FaultReason.SGN_3, FaultReason.SGN_4, FaultReason.SGN_5, FaultReason.SGN_6, FaultReason.SGN_7);
    private static final Set<FaultReason> UNSUPPORTED = EnumSet.of(FaultReason.LRT_2, FaultReason.LCT_2, FaultReason.LCT_5, FaultReason.LGN_4,
            FaultReason.RTA_2, FaultReason.SRT_2, FaultReason.SCT_2, FaultReason.SCT_5, FaultReason.SCT_6, FaultReason.SCT_7, FaultReason.SCT_9,
            FaultReason.SPD_2, FaultReason.SPT_2, FaultReason.SPT_5, FaultReason.SPT_6, FaultReason.SGN_8, FaultReason.SGN_9, FaultReason.SGN_10);
    private static final byte[] BY_CODE = new byte[256];

    static {
        for (FaultReason reason : FaultReason.values()) {
            BY_CODE[reason.code()] = (byte) (WITHOUT_RIGHTS.contains(reason) ? 2 : UNSUPPORTED.contains(reason) ? 1 : 0);
        }
    }

    private Completions() {
    }

    /** Whether the completion is successful but gives no rights, and nothing is recorded. */
    static boolean withoutRights(int reason) {
        return BY_CODE[reason] == 2;
    }

    /** The completion status of a translation request that this fault ends. */
    static Translation.Completion of(int reason) {
        return BY_CODE[reason] == 0 ? Translation.Completion.COMPLETER_ABORT : Translation.Completion.UNSUPPORTED_REQUEST;
    }
}
