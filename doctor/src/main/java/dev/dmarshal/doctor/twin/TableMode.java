package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.vtd.FaultReason;
import java.util.Optional;

/** The form of a unit's tables. */
public enum TableMode {
    /** Root and context entries of 16 bytes. */
    LEGACY,
    /** Scalable mode, requests without PASID through a second stage. */
    SCALABLE_SECOND_STAGE,
    /** Scalable mode through a first stage, as Linux prefers where the unit has one (drivers/iommu/intel/iommu.c, since 5.13). */
    SCALABLE_FIRST_STAGE;

    /** The mode in which a unit gives this reason; empty if every mode can. */
    public static Optional<TableMode> of(FaultReason reason) {
        String label = reason.label();
        if (reason.code() < 0x20) {
            return Optional.of(LEGACY);
        }
        if (label.startsWith("SFS") || reason == FaultReason.SGN_1 || reason == FaultReason.SGN_2 || reason == FaultReason.SGN_3) {
            return Optional.of(SCALABLE_FIRST_STAGE);
        }
        return reason.code() >= 0x38 ? Optional.of(SCALABLE_SECOND_STAGE) : Optional.empty();
    }
}
