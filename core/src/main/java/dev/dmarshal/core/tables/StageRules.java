package dev.dmarshal.core.tables;

import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FirstStageEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;

/**
 * What must be zero in the paging entries of one tree on one unit, by level * 2 (+ 1 if the entry maps a page). {@code core.unit} has the same rules for
 * translation; a property test holds the two together.
 */
final class StageRules {
    final long[] reserved = new long[12];
    final boolean firstStage;

    private StageRules(boolean firstStage) {
        this.firstStage = firstStage;
    }

    static StageRules of(UnitCapabilities unit, boolean firstStage, boolean scalable) {
        StageRules rules = new StageRules(firstStage);
        long beyond = -1L << unit.hostAddressWidth() & SecondStageEntry.ADDRESS.mask();
        for (int level = 1; level <= 5; level++) {
            long table = firstStage ? FirstStageEntry.layout(level, 0).reservedMask(0) : SecondStageEntry.layout(level, 0).reservedMask(0);
            long page = firstStage ? FirstStageEntry.layout(level, FirstStageEntry.PAGE_SIZE.mask()).reservedMask(0)
                    : SecondStageEntry.layout(level, SecondStageEntry.PAGE_SIZE.mask()).reservedMask(0);
            rules.reserved[level * 2] = table | beyond;
            rules.reserved[level * 2 + 1] = page | beyond;
        }
        if (firstStage) {
            rules.reserved[7] |= unit.has(Capability.FIRST_STAGE_1G) ? 0 : FirstStageEntry.PAGE_SIZE.mask();
        } else {
            rules.restrictSecondStage(unit, scalable);
        }
        return rules;
    }

    private void restrictSecondStage(UnitCapabilities unit, boolean scalable) {
        long large = Capability.LARGE_PAGES.get(unit.cap());
        long features = (unit.hasExtended(ExtendedCapability.DEVICE_TLB) ? 0 : SecondStageEntry.TRANSIENT.mask())
                | (scalable || unit.hasExtended(ExtendedCapability.SNOOP_CONTROL) ? 0 : SecondStageEntry.SNOOP.mask());
        for (int level = 1; level <= 3; level++) {
            reserved[level * 2 + 1] |= features;
        }
        reserved[5] |= (large & 1) != 0 ? 0 : SecondStageEntry.PAGE_SIZE.mask();
        reserved[7] |= (large & 2) != 0 ? 0 : SecondStageEntry.PAGE_SIZE.mask();
    }
}
