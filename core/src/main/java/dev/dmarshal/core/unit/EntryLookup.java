package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;

/**
 * Legacy-mode look-up of the context entry of a requester (section 3.4.2), through the context-cache. FPD is taken from the entry as soon as it can be read,
 * present or not.
 */
final class EntryLookup {
    private static final long ROOT_PRESENT = RootEntry.PRESENT.mask();
    private static final long ROOT_TABLE = RootEntry.CONTEXT_TABLE.mask();
    private static final long PRESENT = ContextEntry.PRESENT.mask();
    private static final long FAULT_DISABLE = ContextEntry.FAULT_DISABLE.mask();

    private final TableMemory memory;
    private final TableRules rules;
    private final BindingCache cache;
    private final boolean cachingMode;
    private final boolean deviceTlb;
    private final boolean passThrough;
    private final int widths;

    EntryLookup(TableMemory memory, TableRules rules, BindingCache cache) {
        UnitCapabilities unit = rules.unit;
        this.memory = memory;
        this.rules = rules;
        this.cache = cache;
        cachingMode = unit.has(Capability.CACHING_MODE);
        deviceTlb = unit.hasExtended(ExtendedCapability.DEVICE_TLB);
        passThrough = unit.hasExtended(ExtendedCapability.PASS_THROUGH);
        int supported = 0;
        for (AddressWidth width : AddressWidth.values()) {
            supported |= unit.supports(width) ? 1 << width.code() : 0;
        }
        widths = supported;
    }

    /** Whether AW {@code code} may be used. */
    boolean supportsWidth(int code) {
        return (widths >>> code & 1) != 0;
    }

    /** Puts the context entry of a requester into {@code t}: 0, or a stop. */
    long context(long rootTable, int sourceId, Translation t) {
        if (t.trace == null) {
            long state = cache.find(sourceId, 0, t);
            if (state != 0) {
                return Math.min(state, 0);
            }
        }
        long stop = read(rootTable, sourceId, t);
        if (stop == 0) {
            cache.put(sourceId, 0, (int) ContextEntry.DOMAIN.get(t.context1), BindingCache.HIT, t);
        } else if (cachingMode) {
            cache.put(sourceId, 0, 0, stop, t);
        }
        return stop;
    }

    private long read(long rootTable, int sourceId, Translation t) {
        long at = rootTable + (sourceId >>> 8) * 16L;
        if (!memory.contains(at, 16)) {
            return stop(FaultReason.LRT_1);
        }
        long low = memory.read(at);
        long high = memory.read(at + 8);
        if (t.trace != null) {
            t.trace.read(RootEntry.LAYOUT, 0, at, low, high);
        }
        if ((low & ROOT_PRESENT) == 0) {
            return stop(FaultReason.LRT_2);
        }
        if ((low & rules.rootLow) != 0 || high != 0) {
            return stop(FaultReason.LRT_3);
        }
        at = (low & ROOT_TABLE) + (sourceId & 0xFF) * 16L;
        if (!memory.contains(at, 16)) {
            return stop(FaultReason.LCT_1);
        }
        t.context0 = memory.read(at);
        t.context1 = memory.read(at + 8);
        t.faultsDisabled = (t.context0 & FAULT_DISABLE) != 0;
        if (t.trace != null) {
            t.trace.read(ContextEntry.LAYOUT, 0, at, t.context0, t.context1);
        }
        return check(t.context0, t.context1);
    }

    private long check(long low, long high) {
        if ((low & PRESENT) == 0) {
            return stop(FaultReason.LCT_2);
        }
        if ((low & rules.contextLow) != 0 || (high & rules.contextHigh) != 0) {
            return stop(FaultReason.LCT_3);
        }
        boolean type = switch ((int) ContextEntry.TRANSLATION_TYPE.get(low)) {
            case 0 -> true;
            case 1 -> deviceTlb;
            case 2 -> passThrough;
            default -> false;
        };
        return type && supportsWidth((int) ContextEntry.ADDRESS_WIDTH.get(high)) ? 0 : stop(FaultReason.LCT_4);
    }

    private static long stop(FaultReason reason) {
        return Mapping.stop(reason.code());
    }
}
