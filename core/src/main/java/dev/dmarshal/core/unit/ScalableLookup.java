package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.ScalableRootEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;

/**
 * Scalable-mode look-up (section 3.4.3): root, context, PASID directory and PASID entry of a request, through the context- and PASID-caches. FPD counts from
 * whichever of context, directory and PASID entry has it, present or not.
 */
final class ScalableLookup {
    /** Keeps scalable-mode context entries apart from legacy ones in the context-cache. */
    private static final int SCALABLE = 1;
    private static final long PRESENT = 1;
    private static final long FAULT_DISABLE = ScalableContextEntry.FAULT_DISABLE.mask();
    private static final long POINTER = ScalableContextEntry.DIRECTORY.mask();

    private final TableMemory memory;
    private final TableRules rules;
    private final BindingCache contexts;
    private final BindingCache pasids;
    private final EntryLookup widths;
    private final boolean cachingMode;
    private final int pasidBits;

    ScalableLookup(TableMemory memory, TableRules rules, TranslationCaches caches, EntryLookup widths) {
        UnitCapabilities unit = rules.unit;
        this.memory = memory;
        this.rules = rules;
        this.contexts = caches.contexts();
        this.pasids = caches.pasids();
        this.widths = widths;
        cachingMode = unit.has(Capability.CACHING_MODE);
        pasidBits = unit.hasExtended(ExtendedCapability.PASID) ? unit.pasidBits() : 20;
    }

    /** Puts the context entry of a requester into {@code t}: 0, or a stop. */
    long context(long rootTable, int sourceId, Translation t) {
        if (t.trace == null) {
            long state = contexts.find(sourceId, SCALABLE, t);
            if (state != 0) {
                return Math.min(state, 0);
            }
        }
        long stop = readContext(rootTable, sourceId, t);
        if (stop == 0) {
            contexts.put(sourceId, SCALABLE, BindingCache.ANY_DOMAIN, BindingCache.HIT, t);
        } else if (cachingMode) {
            contexts.put(sourceId, SCALABLE, 0, stop, t);
        }
        return stop;
    }

    private long readContext(long rootTable, int sourceId, Translation t) {
        long at = rootTable + (sourceId >>> 8) * 16L;
        if (!memory.contains(at, 16)) {
            return stop(FaultReason.SRT_1);
        }
        long low = memory.read(at);
        long high = memory.read(at + 8);
        if (t.trace != null) {
            t.trace.read(ScalableRootEntry.LAYOUT, 0, at, low, high);
        }
        long half = (sourceId & 0x80) == 0 ? low : high;
        if ((half & PRESENT) == 0) {
            return stop(FaultReason.SRT_2);
        }
        if ((half & rules.scalableRoot) != 0) {
            return stop(FaultReason.SRT_3);
        }
        at = (half & POINTER) + (sourceId & 0x7F) * 32L;
        if (!memory.contains(at, 32)) {
            return stop(FaultReason.SCT_1);
        }
        t.context0 = memory.read(at);
        t.context1 = memory.read(at + 8);
        long word2 = memory.read(at + 16);
        long word3 = memory.read(at + 24);
        t.faultsDisabled = (t.context0 & FAULT_DISABLE) != 0;
        if (t.trace != null) {
            t.trace.read(ScalableContextEntry.LAYOUT, 0, at, t.context0, t.context1, word2, word3);
        }
        if ((t.context0 & PRESENT) == 0) {
            return stop(FaultReason.SCT_2);
        }
        boolean reserved = (t.context0 & rules.scalableContext0 | t.context1 & rules.scalableContext1 | word2 | word3) != 0;
        return reserved ? stop(FaultReason.SCT_3) : checkContext(t.context0);
    }

    /** Page requests come from device-TLBs, so PRE without DTE makes no sense (SCT.4). */
    private static long checkContext(long word) {
        return ScalableContextEntry.PAGE_REQUESTS.isSet(word) && !ScalableContextEntry.DEVICE_TLB.isSet(word) ? stop(FaultReason.SCT_4) : 0;
    }

    /** Checks what the context entry says of this request, and settles its PASID and privilege: 0, or a stop. */
    long admit(int request, int pasid, Translation t) {
        if ((request & (Request.TRANSLATION | Request.TRANSLATED)) != 0 && !ScalableContextEntry.DEVICE_TLB.isSet(t.context0)) {
            return stop(FaultReason.SCT_5);
        }
        boolean own = (request & Request.PASID) != 0;
        if (own && !ScalableContextEntry.PASID_ENABLE.isSet(t.context0)) {
            return stop(FaultReason.SCT_6);
        }
        int bits = Math.min(pasidBits, 13 + (int) ScalableContextEntry.DIRECTORY_SIZE.get(t.context0));
        t.pasid = own ? pasid : (int) ScalableContextEntry.RID_PASID.get(t.context1);
        if (t.pasid >>> bits != 0) {
            return stop(own ? FaultReason.SCT_7 : FaultReason.SCT_9);
        }
        if (!own && ScalableContextEntry.RID_PRIVILEGED.isSet(t.context1)) {
            t.effective |= Request.PRIVILEGED;
        }
        return 0;
    }

    /** Puts the PASID entry of an admitted request into {@code t}: 0, or a stop. */
    long pasid(int sourceId, Translation t) {
        if (t.trace == null) {
            long state = pasids.find(sourceId, t.pasid, t);
            if (state != 0) {
                return Math.min(state, 0);
            }
        }
        long stop = readPasid(t);
        if (stop == 0) {
            pasids.put(sourceId, t.pasid, (int) PasidEntry.DOMAIN.get(t.pasid1), BindingCache.HIT, t);
        } else if (cachingMode) {
            pasids.put(sourceId, t.pasid, 0, stop, t);
        }
        return stop;
    }

    private long readPasid(Translation t) {
        long at = (t.context0 & POINTER) + (t.pasid >>> 6) * 8L;
        if (!memory.contains(at, 8)) {
            return stop(FaultReason.SPD_1);
        }
        long directory = memory.read(at);
        t.faultsDisabled |= (directory & FAULT_DISABLE) != 0;
        if (t.trace != null) {
            t.trace.read(PasidDirectoryEntry.LAYOUT, 0, at, directory);
        }
        if ((directory & PRESENT) == 0) {
            return stop(FaultReason.SPD_2);
        }
        if ((directory & rules.pasidDirectory) != 0) {
            return stop(FaultReason.SPD_3);
        }
        at = (directory & POINTER) + (t.pasid & 63) * 64L;
        if (!memory.contains(at, 64)) {
            return stop(FaultReason.SPT_1);
        }
        t.pasid0 = memory.read(at);
        t.pasid1 = memory.read(at + 8);
        t.pasid2 = memory.read(at + 16);
        long rest = 0;
        for (int word = 3; word < 8; word++) {
            rest |= memory.read(at + 8 * word);
        }
        t.faultsDisabled |= (t.pasid0 & FAULT_DISABLE) != 0;
        if (t.trace != null) {
            PasidEntry entry = new PasidEntry(t.pasid0, t.pasid1, t.pasid2, memory.read(at + 24), memory.read(at + 32), memory.read(at + 40),
                    memory.read(at + 48), memory.read(at + 56));
            t.trace.read(PasidEntry.LAYOUT, 0, at, entry.words());
        }
        if ((t.pasid0 & PRESENT) == 0) {
            return stop(FaultReason.SPT_2);
        }
        return reserved(t) || rest != 0 ? stop(FaultReason.SPT_3) : checkType(t);
    }

    private boolean reserved(Translation t) {
        int type = (int) PasidEntry.TRANSLATION_TYPE.get(t.pasid0);
        long second = type == 2 || type == 3 ? t.pasid0 & rules.beyondHost : 0;
        long first = type == 1 ? t.pasid2 & rules.beyondHost : 0;
        return (t.pasid0 & rules.pasid0 | t.pasid1 & rules.pasid1 | t.pasid2 & rules.pasid2 | second | first) != 0;
    }

    private boolean supportsNested() {
        return rules.unit.hasExtended(ExtendedCapability.NESTED);
    }

    private long checkType(Translation t) {
        UnitCapabilities unit = rules.unit;
        boolean width = widths.supportsWidth((int) PasidEntry.ADDRESS_WIDTH.get(t.pasid0));
        int levels = (int) PasidEntry.PAGING_MODE.get(t.pasid2);
        boolean mode = levels == 0 || levels == 1 && unit.has(Capability.FIRST_STAGE_5_LEVELS);
        boolean valid = switch ((int) PasidEntry.TRANSLATION_TYPE.get(t.pasid0)) {
            case 1 -> unit.hasExtended(ExtendedCapability.FIRST_STAGE) && mode;
            case 2 -> unit.hasExtended(ExtendedCapability.SECOND_STAGE) && width;
            case 3 -> supportsNested() && mode && width;
            case 4 -> unit.hasExtended(ExtendedCapability.PASS_THROUGH);
            default -> false;
        };
        return valid ? 0 : stop(FaultReason.SPT_4);
    }

    private static long stop(FaultReason reason) {
        return Mapping.stop(reason.code());
    }
}
