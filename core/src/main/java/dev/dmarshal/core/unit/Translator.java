package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.Optional;

/** The order of things in a translation (section 3.4): special address ranges, look-up, checks, IOTLB, walk, output check, cache, fault. */
final class Translator {
    private static final long INTERRUPT_RANGE = 0xFEE;
    private static final int TYPE_FIRST_STAGE = 1;
    private static final int TYPE_SECOND_STAGE = 2;
    private static final int TYPE_PASS_THROUGH = 4;
    private static final long ALL = Mapping.READ | Mapping.WRITE | Mapping.EXECUTE;
    private static final int NOT_PLAIN = SecondStageWalk.ACCESSED_DIRTY | SecondStageWalk.SNOOP_PAGES | SecondStageWalk.MEMORY_TYPES;
    private static final boolean[] QUALIFIED = new boolean[256];

    static {
        for (FaultReason reason : FaultReason.values()) {
            QUALIFIED[reason.code()] = reason.qualified();
        }
    }

    private final UnitCapabilities unit;
    private final TableRules rules;
    private final TableMemory tables;
    private final TranslationCaches caches;
    private final EntryLookup legacy;
    private final ScalableLookup scalable;
    private final SecondStageWalk secondStage;
    private final FirstStageWalk firstStage;
    /** Null where there is no short way; look-ups of an Optional would stand in the hottest path. */
    private final PlainWalk plain;
    private final FaultSink faults;
    private final boolean cachingMode;
    private final boolean zeroLengthReads;

    Translator(UnitCapabilities unit, PhysicalMemory memory, TranslationCaches caches, FaultSink faults) {
        this.unit = unit;
        this.caches = caches;
        this.faults = faults;
        rules = new TableRules(unit);
        tables = new TableMemory(memory);
        legacy = new EntryLookup(tables, rules, caches.contexts());
        scalable = new ScalableLookup(tables, rules, caches, legacy);
        secondStage = new SecondStageWalk(tables, rules, caches);
        firstStage = new FirstStageWalk(tables, rules, secondStage);
        plain = tables.segment().map(segment -> new PlainWalk(segment, rules)).orElse(null);
        cachingMode = unit.has(Capability.CACHING_MODE);
        zeroLengthReads = unit.has(Capability.ZERO_LENGTH_READ);
    }

    /** The short way through the same tables, if there is one. */
    Optional<PlainWalk> plainWalk() {
        return Optional.ofNullable(plain);
    }

    /** Width of a second stage of so many levels on this unit: the smaller of AW and MGAW. */
    static int width(int levels, TableRules rules) {
        return Math.min(12 + 9 * levels, rules.unit.maximumGuestWidth());
    }

    boolean translate(UnitState state, int sourceId, long address, int request, int pasid, Translation t) {
        t.faultsDisabled = false;
        t.effective = (request & Request.PASID) != 0 ? request : request & ~(Request.PRIVILEGED | Request.EXECUTE);
        if (address >>> 20 == INTERRUPT_RANGE && (request & (Request.PASID | Request.TRANSLATED)) == 0) {
            return interrupt(address, request, t);
        }
        if (!state.translationEnabled()) {
            return disabled(state, address, request, t);
        }
        long mapping = switch (state.mode()) {
            case LEGACY -> legacy(state.rootTable(), sourceId, address, request, t);
            case SCALABLE -> scalable(state.rootTable(), sourceId, address, request, pasid, t);
            case ABORT -> aborts() ? -1 : Mapping.stop(FaultReason.RTA_1.code());
            case RESERVED -> Mapping.stop(FaultReason.RTA_1.code());
        };
        if (!Mapping.stopped(mapping)) {
            t.mapped(mapping, address, t.effective);
            return true;
        }
        return stopped(mapping, sourceId, address, request, pasid, t);
    }

    private boolean aborts() {
        return unit.hasExtended(ExtendedCapability.ABORT_MODE);
    }

    /** Writes to the interrupt range without PASID are interrupt requests (section 3.14); nothing else is defined there. */
    private static boolean interrupt(long address, int request, Translation t) {
        if ((request & (Request.WRITE | Request.TRANSLATION)) == 0) {
            t.blocked(0, false, Translation.Completion.UNSUPPORTED_REQUEST);
            return false;
        }
        t.interrupt(address, request);
        return true;
    }

    private boolean disabled(UnitState state, long address, int request, Translation t) {
        boolean refused = (request & (Request.TRANSLATION | Request.TRANSLATED)) != 0
                || state.protectedLow().overlaps(address, address) || state.protectedHigh().overlaps(address, address);
        if (refused) {
            t.blocked(0, false, Translation.Completion.UNSUPPORTED_REQUEST);
            return false;
        }
        t.mapped(through(address), address, request);
        return true;
    }

    static long through(long address) {
        return Mapping.of(address, ALL, Mapping.UNTRANSLATED);
    }

    private long legacy(long rootTable, int sourceId, long address, int request, Translation t) {
        if ((request & Request.PASID) != 0) {
            return stop(FaultReason.RTA_2);
        }
        long stop = legacy.context(rootTable, sourceId, t);
        if (stop != 0) {
            return stop;
        }
        int type = (int) ContextEntry.TRANSLATION_TYPE.get(t.context0);
        if ((request & (Request.TRANSLATION | Request.TRANSLATED)) != 0) {
            if (type != 1) {
                return stop(FaultReason.LCT_5);
            }
            if ((request & Request.TRANSLATED) != 0) {
                return translated(address, FaultReason.LGN_4, FaultReason.LGN_1);
            }
        }
        t.secondLevels = 2 + (int) ContextEntry.ADDRESS_WIDTH.get(t.context1);
        if (type == 2) {
            return passThrough(address, 12 + 9 * t.secondLevels, FaultReason.LGN_1);
        }
        if (address >>> width(t.secondLevels, rules) != 0) {
            return stop(FaultReason.LGN_1);
        }
        t.tag = TranslationCaches.tag((int) ContextEntry.DOMAIN.get(t.context1));
        t.secondTop = t.context0 & ContextEntry.SECOND_STAGE.mask();
        t.secondMode = unit.hasExtended(ExtendedCapability.SNOOP_CONTROL) ? SecondStageWalk.SNOOP_CONTROL : 0;
        caches.keepShortcut(sourceId, (int) t.tag, t.generation);
        return resolve(address, TYPE_SECOND_STAGE, t);
    }

    private long passThrough(long address, int width, FaultReason beyond) {
        return address >>> Math.min(width, unit.hostAddressWidth()) != 0 ? stop(beyond) : through(address);
    }

    /** A translated request bears a physical address; only the hardware's own limits are left to check. */
    private long translated(long address, FaultReason interrupt, FaultReason beyond) {
        if (address >>> 20 == INTERRUPT_RANGE) {
            return stop(interrupt);
        }
        return address >>> unit.hostAddressWidth() != 0 ? stop(beyond) : through(address);
    }

    private long scalable(long rootTable, int sourceId, long address, int request, int pasid, Translation t) {
        if (!unit.hasExtended(ExtendedCapability.SCALABLE_MODE)) {
            return stop(FaultReason.RTA_1);
        }
        long stop = scalable.context(rootTable, sourceId, t);
        stop = stop != 0 ? stop : scalable.admit(request, pasid, t);
        if (stop != 0) {
            return stop;
        }
        if ((request & Request.TRANSLATED) != 0) {
            return translated(address, FaultReason.SGN_9, FaultReason.SGN_10);
        }
        stop = scalable.pasid(sourceId, t);
        if (stop != 0) {
            return stop;
        }
        if ((t.effective & Request.EXECUTE) != 0 && !PasidEntry.EXECUTE.isSet(t.pasid2)) {
            return stop(FaultReason.SPT_5);
        }
        if ((t.effective & Request.PRIVILEGED) != 0 && !PasidEntry.SUPERVISOR.isSet(t.pasid2)) {
            return stop(FaultReason.SPT_6);
        }
        if ((request & Request.PASID) == 0 && PasidEntry.TRANSLATION_TYPE.get(t.pasid0) == TYPE_SECOND_STAGE) {
            caches.keepShortcut(sourceId, (int) PasidEntry.DOMAIN.get(t.pasid1), t.generation);
        }
        return byType(address, t);
    }

    private long byType(long address, Translation t) {
        int type = (int) PasidEntry.TRANSLATION_TYPE.get(t.pasid0);
        if (type == TYPE_PASS_THROUGH) {
            return address >>> 20 == INTERRUPT_RANGE ? stop(FaultReason.SGN_8) : passThrough(address, 64, FaultReason.SGN_4);
        }
        prepare(type, t);
        if (type == TYPE_SECOND_STAGE) {
            t.tag = TranslationCaches.tag((int) PasidEntry.DOMAIN.get(t.pasid1));
            return address >>> width(t.secondLevels, rules) != 0 ? stop(FaultReason.SGN_5) : resolve(address, type, t);
        }
        t.tag = TranslationCaches.tag((int) PasidEntry.DOMAIN.get(t.pasid1), t.pasid);
        int top = 11 + 9 * t.firstLevels;
        long sign = address >> top;
        return sign != 0 && sign != -1 ? stop(FaultReason.SGN_1) : resolve(address, type, t);
    }

    /** Spreads the PASID entry into what the walks take. */
    private void prepare(int type, Translation t) {
        boolean snoopedWalk = PasidEntry.WALK_SNOOP.isSet(t.pasid1);
        boolean snoopedPages = PasidEntry.PAGE_SNOOP.isSet(t.pasid1);
        boolean types = PasidEntry.MEMORY_TYPE_ENABLE.isSet(t.pasid1);
        if (type != TYPE_FIRST_STAGE) {
            t.secondTop = t.pasid0 & PasidEntry.SECOND_STAGE.mask();
            t.secondLevels = 2 + (int) PasidEntry.ADDRESS_WIDTH.get(t.pasid0);
            t.secondMode = SecondStageWalk.SCALABLE | bit(PasidEntry.SECOND_STAGE_ACCESSED_DIRTY.isSet(t.pasid0), SecondStageWalk.ACCESSED_DIRTY)
                    | bit(snoopedWalk, SecondStageWalk.SNOOPED) | bit(snoopedPages, SecondStageWalk.SNOOP_PAGES)
                    | bit(unit.hasExtended(ExtendedCapability.SNOOP_CONTROL), SecondStageWalk.SNOOP_CONTROL)
                    | bit(types, SecondStageWalk.MEMORY_TYPES);
        }
        if (type != TYPE_SECOND_STAGE) {
            t.firstTop = t.pasid2 & PasidEntry.FIRST_STAGE.mask();
            t.firstLevels = 4 + (int) PasidEntry.PAGING_MODE.get(t.pasid2);
            t.firstMode = bit(type != TYPE_FIRST_STAGE, FirstStageWalk.NESTED)
                    | bit(PasidEntry.WRITE_PROTECT.isSet(t.pasid2), FirstStageWalk.WRITE_PROTECT)
                    | bit(PasidEntry.NO_EXECUTE.isSet(t.pasid2), FirstStageWalk.NO_EXECUTE)
                    | bit(PasidEntry.EXTENDED_ACCESSED.isSet(t.pasid2), FirstStageWalk.EXTENDED_ACCESSED)
                    | bit(snoopedWalk, FirstStageWalk.SNOOPED) | bit(snoopedPages, FirstStageWalk.SNOOP_PAGES)
                    | bit(types, FirstStageWalk.MEMORY_TYPES);
        }
    }

    private static int bit(boolean condition, int bit) {
        return condition ? bit : 0;
    }

    /** IOTLB, or walk and IOTLB fill. A cached mapping that lacks a right is not believed: the tables are asked again. */
    private long resolve(long address, int type, Translation t) {
        long need = need(t.effective);
        long cached = t.trace == null ? cached(address, need, t) : 0;
        if (cached != 0) {
            return cached;
        }
        if (plain != null && t.trace == null && type == TYPE_SECOND_STAGE && (t.secondMode & NOT_PLAIN) == 0 && !caches.hasStructures()) {
            long mapping = plain.pages(t.secondTop, t.secondLevels, address, (t.secondMode & SecondStageWalk.SCALABLE) != 0);
            long needed = need & (Mapping.READ | Mapping.WRITE);
            if (needed != 0 && (~mapping & (Mapping.VALID | needed)) == 0) {
                keep(address, mapping, t);
                return mapping;
            }
        }
        boolean dirties = (need & Mapping.WRITE) != 0 || (t.effective & (Request.TRANSLATION | Request.NO_WRITE)) == Request.TRANSLATION;
        long mapping = type == TYPE_SECOND_STAGE ? secondStage.walk(t, address, need & ~Mapping.EXECUTE, dirties, true)
                : firstStage(address, type, need, dirties, t);
        if (!Mapping.stopped(mapping) && Mapping.address(mapping, address) >>> 20 == INTERRUPT_RANGE) {
            return stop(type == TYPE_SECOND_STAGE && (t.secondMode & SecondStageWalk.SCALABLE) == 0 ? FaultReason.LGN_4 : FaultReason.SGN_8);
        }
        keep(address, mapping, t);
        return mapping;
    }

    private long cached(long address, long need, Translation t) {
        long cached = caches.translation(t.tag, address);
        if (Mapping.stopped(cached)) {
            return cached >>> 8 == (Mapping.STOP >>> 8 | t.effective & 0x7FF) ? cached & ~(0x7FFL << 8) : 0;
        }
        boolean enough = (t.effective & Request.TRANSLATION) == 0 && (need & ~Mapping.rights(cached, t.effective)) == 0;
        return enough ? cached : 0;
    }

    private long firstStage(long address, int type, long need, boolean dirties, Translation t) {
        long mapping = firstStage.walk(t, address, need, dirties);
        return Mapping.stopped(mapping) || type == TYPE_FIRST_STAGE ? mapping : nested(mapping, address, need, dirties, t);
    }

    private void keep(long address, long mapping, Translation t) {
        boolean stopped = Mapping.stopped(mapping);
        if (stopped ? cachingMode && !topTable(Mapping.reason(mapping)) : !coversInterrupts(mapping) && address >>> 20 != INTERRUPT_RANGE) {
            caches.keepTranslation(t, address, stopped ? mapping | (long) (t.effective & 0x7FF) << 8 : mapping);
        }
    }

    /** Such a fault is one of the binding's pointer: it says nothing about pages of the domain, which other bindings may share. */
    private static boolean topTable(int reason) {
        return reason == FaultReason.LCT_4.code() || reason == FaultReason.SSS_4.code() || reason == FaultReason.SFS_4.code();
    }

    /** Whether a large page has output in the interrupt address range; one of 4 KiB there has been a fault. */
    private static boolean coversInterrupts(long mapping) {
        return (mapping & Mapping.FRAME) == (INTERRUPT_RANGE << 20 & ~Mapping.offsets(Mapping.level(mapping)));
    }

    private long need(int request) {
        return zeroLengthReads && (request & Request.ZERO_LENGTH) != 0 ? 0 : Mapping.need(request);
    }

    /** Takes the first stage's result through the second stage. */
    private long nested(long first, long address, long need, boolean dirties, Translation t) {
        long guest = Mapping.address(first, address);
        if (guest >>> width(t.secondLevels, rules) != 0) {
            return stop(FaultReason.SGN_5);
        }
        boolean writes = dirties && (Mapping.rights(first, t.effective) & Mapping.WRITE) != 0;
        long second = secondStage.walk(t, guest, need & ~Mapping.EXECUTE, writes, false);
        if (Mapping.stopped(second)) {
            return second;
        }
        int level = Math.min(Mapping.level(first), Mapping.level(second));
        long rights = first & second & 0x3F;
        long mapping = Mapping.of(Mapping.address(second, guest), 0, level) | rights | (first | second) & Mapping.SNOOP;
        return MemoryTypes.nested(mapping, first, second);
    }

    /** Page requests exist in scalable mode only, and only for devices whose context entry has PRE; legacy mode blocks them with 32h. */
    boolean admits(UnitState state, PageRequestDescriptor request, Translation t) {
        t.faultsDisabled = false;
        if (state.translationEnabled() && state.mode() == UnitState.TableMode.LEGACY) {
            record(FaultReason.RTA_3.code(), request);
            return false;
        }
        if (!state.translationEnabled() || state.mode() != UnitState.TableMode.SCALABLE || !unit.hasExtended(ExtendedCapability.SCALABLE_MODE)) {
            return false;
        }
        long stop = scalable.context(state.rootTable(), request.requester(), t);
        if (stop == 0 && !ScalableContextEntry.PAGE_REQUESTS.isSet(t.context0)) {
            stop = stop(FaultReason.SCT_8);
        }
        if (stop == 0 && request.pasid().isPresent() && !ScalableContextEntry.PASID_ENABLE.isSet(t.context0)) {
            stop = stop(FaultReason.SCT_6);
        }
        if (stop != 0 && !(t.faultsDisabled && QUALIFIED[Mapping.reason(stop)])) {
            record(Mapping.reason(stop), request);
        }
        return stop == 0;
    }

    private void record(int reason, PageRequestDescriptor request) {
        int flags = FaultSink.PAGE_REQUEST | bit(request.pasid().isPresent(), FaultSink.PASID) | bit(request.execute(), FaultSink.EXECUTE)
                | bit(request.privileged(), FaultSink.PRIVILEGED);
        faults.record(reason, request.requester(), request.address() & -0x1000L, flags, request.pasid().orElse(0));
    }

    private boolean stopped(long stop, int sourceId, long address, int request, int pasid, Translation t) {
        if (stop == -1) {
            t.blocked(FaultReason.RTA_4.code(), false, Translation.Completion.COMPLETER_ABORT);
            return false;
        }
        int reason = Mapping.reason(stop);
        boolean translation = (request & Request.TRANSLATION) != 0;
        if (translation && Completions.withoutRights(reason)) {
            t.withoutRights(address, t.effective, reason);
            return true;
        }
        boolean record = !(t.faultsDisabled && QUALIFIED[reason]);
        if (record && t.trace == null) {
            faults.record(reason, sourceId, address & -0x1000L, request & Request.RECORDED, pasid);
        }
        t.blocked(reason, record, Completions.of(reason));
        return false;
    }

    private static long stop(FaultReason reason) {
        return Mapping.stop(reason.code());
    }
}
