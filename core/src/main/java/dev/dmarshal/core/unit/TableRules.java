package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FirstStageEntry;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;

/** The bits that must be zero in each structure on a unit with given capabilities: fixed reserved bits and those of features it lacks. */
final class TableRules {
    /** Index distance of the scalable-mode masks in {@link #secondStage}. */
    static final int SCALABLE = 12;

    final UnitCapabilities unit;
    final long beyondHost;
    final long rootLow;
    final long scalableRoot;
    final long contextLow;
    final long contextHigh;
    final long scalableContext0;
    final long scalableContext1;
    final long pasidDirectory;
    final long pasid0;
    final long pasid1;
    final long pasid2;
    /** Second-stage masks by level * 2 + (1 if a page), legacy, then scalable. */
    final long[] secondStage = new long[24];
    /** First-stage masks by level * 2 + (1 if a page), without XD. */
    final long[] firstStage = new long[12];

    TableRules(UnitCapabilities unit) {
        this.unit = unit;
        beyondHost = -1L << unit.hostAddressWidth();
        rootLow = RootEntry.LAYOUT.reservedMask(0) | beyondHost;
        scalableRoot = rootLow;
        contextLow = ContextEntry.LAYOUT.reservedMask(0) | beyondHost;
        long domainBits = (-1L << unit.domainBits()) & 0xFFFF;
        contextHigh = ContextEntry.LAYOUT.reservedMask(1) | ContextEntry.DOMAIN.set(0, domainBits);
        scalableContext0 = ScalableContextEntry.LAYOUT.reservedMask(0) | beyondHost
                | unless(ExtendedCapability.DEVICE_TLB, ScalableContextEntry.DEVICE_TLB)
                | unless(ExtendedCapability.PASID, ScalableContextEntry.PASID_ENABLE)
                | unless(ExtendedCapability.PAGE_REQUESTS, ScalableContextEntry.PAGE_REQUESTS);
        scalableContext1 = ScalableContextEntry.LAYOUT.reservedMask(1)
                | unless(ExtendedCapability.RID_PASID, ScalableContextEntry.RID_PASID)
                | unless(ExtendedCapability.RID_PRIVILEGED, ScalableContextEntry.RID_PRIVILEGED);
        pasidDirectory = PasidDirectoryEntry.LAYOUT.reservedMask(0) | beyondHost;
        pasid0 = PasidEntry.LAYOUT.reservedMask(0)
                | unless(ExtendedCapability.SECOND_STAGE_ACCESSED_DIRTY, PasidEntry.SECOND_STAGE_ACCESSED_DIRTY);
        pasid1 = PasidEntry.LAYOUT.reservedMask(1) | PasidEntry.DOMAIN.set(0, domainBits)
                | unless(ExtendedCapability.SCALABLE_COHERENT, PasidEntry.WALK_SNOOP)
                | unless(ExtendedCapability.SNOOP_CONTROL, PasidEntry.PAGE_SNOOP) | memoryTypeFields();
        pasid2 = PasidEntry.LAYOUT.reservedMask(2) | unless(ExtendedCapability.SUPERVISOR_REQUESTS, PasidEntry.SUPERVISOR)
                | unless(ExtendedCapability.EXECUTE_REQUESTS, PasidEntry.EXECUTE)
                | unless(ExtendedCapability.EXTENDED_ACCESSED, PasidEntry.EXTENDED_ACCESSED);
        fillSecondStage();
        fillFirstStage();
    }

    private long memoryTypeFields() {
        return unless(ExtendedCapability.MEMORY_TYPES, PasidEntry.CACHE_DISABLE) | unless(ExtendedCapability.MEMORY_TYPES, PasidEntry.MEMORY_TYPE_ENABLE)
                | unless(ExtendedCapability.MEMORY_TYPES, PasidEntry.MEMORY_TYPE) | unless(ExtendedCapability.MEMORY_TYPES, PasidEntry.WRITE_THROUGH)
                | unless(ExtendedCapability.MEMORY_TYPES, PasidEntry.PAGE_CACHE_DISABLE)
                | unless(ExtendedCapability.MEMORY_TYPES, PasidEntry.ATTRIBUTES);
    }

    private void fillSecondStage() {
        long beyond = beyondHost & SecondStageEntry.ADDRESS.mask();
        long large = Capability.LARGE_PAGES.get(unit.cap());
        long noTransient = unless(ExtendedCapability.DEVICE_TLB, SecondStageEntry.TRANSIENT);
        for (int mode = 0; mode <= SCALABLE; mode += SCALABLE) {
            long page = beyond | noTransient | (mode == 0 ? unless(ExtendedCapability.SNOOP_CONTROL, SecondStageEntry.SNOOP) : 0);
            for (int level = 1; level <= 5; level++) {
                secondStage[mode + level * 2] = SecondStageEntry.layout(level, 0).reservedMask(0) | beyond;
                secondStage[mode + level * 2 + 1] = SecondStageEntry.layout(level, SecondStageEntry.PAGE_SIZE.mask()).reservedMask(0) | page;
            }
            secondStage[mode + 5] |= (large & 1) != 0 ? 0 : SecondStageEntry.PAGE_SIZE.mask();
            secondStage[mode + 7] |= (large & 2) != 0 ? 0 : SecondStageEntry.PAGE_SIZE.mask();
        }
    }

    private void fillFirstStage() {
        long beyond = beyondHost & FirstStageEntry.ADDRESS.mask();
        for (int level = 1; level <= 5; level++) {
            firstStage[level * 2] = FirstStageEntry.layout(level, 0).reservedMask(0) | beyond;
            firstStage[level * 2 + 1] = FirstStageEntry.layout(level, FirstStageEntry.PAGE_SIZE.mask()).reservedMask(0) | beyond;
        }
        firstStage[7] |= unit.has(Capability.FIRST_STAGE_1G) ? 0 : FirstStageEntry.PAGE_SIZE.mask();
    }

    private long unless(BitField capability, BitField field) {
        return unit.hasExtended(capability) ? 0 : field.mask();
    }
}
