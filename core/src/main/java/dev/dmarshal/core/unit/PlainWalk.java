package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.RootEntry;

/**
 * A short way for the usual request of a unit without caches: legacy mode, an untranslated read or write, every entry in order. It only ever says yes;
 * whatever is not in order is left to {@link Translator}, which looks at everything again and names the fault.
 */
final class PlainWalk {
    private static final long PRESENT = 1;
    private static final long ROOT_TABLE = RootEntry.CONTEXT_TABLE.mask();
    private static final long SECOND_STAGE = ContextEntry.SECOND_STAGE.mask();

    private final TableMemory memory;
    private final SecondStageWalk secondStage;
    private final long rootMask;
    private final long contextMask;
    private final long contextHigh;
    private final int mode;
    /** Input width by AW code, a byte each; 0 where it is not supported. */
    private final long widths;

    PlainWalk(TableMemory memory, TableRules rules, SecondStageWalk secondStage) {
        this.memory = memory;
        this.secondStage = secondStage;
        rootMask = rules.rootLow | PRESENT;
        contextMask = rules.contextLow | PRESENT | ContextEntry.TRANSLATION_TYPE.mask();
        contextHigh = rules.contextHigh;
        mode = rules.unit.hasExtended(ExtendedCapability.SNOOP_CONTROL) ? SecondStageWalk.SNOOP_CONTROL : 0;
        long packed = 0;
        for (AddressWidth width : AddressWidth.values()) {
            packed |= rules.unit.supports(width) ? (long) Translator.width(width.code() + 2, rules) << width.code() * 8 : 0;
        }
        widths = packed;
    }

    /** The mapping of an untranslated request without PASID that needs READ, WRITE or both; 0 if it is not plain. */
    long find(UnitState state, int sourceId, long address, long need) {
        if (!state.translationEnabled() || state.mode() != UnitState.TableMode.LEGACY) {
            return 0;
        }
        long at = state.rootTable() + (sourceId >>> 8) * 16L;
        if (!memory.contains(at, 16)) {
            return 0;
        }
        long low = memory.read(at);
        if (((low ^ PRESENT) & rootMask) != 0 || memory.read(at + 8) != 0) {
            return 0;
        }
        at = (low & ROOT_TABLE) + (sourceId & 0xFF) * 16L;
        low = memory.readOrZero(at);
        long high = memory.readOrZero(at + 8);
        int code = (int) ContextEntry.ADDRESS_WIDTH.get(high);
        int width = (int) (widths >>> code * 8) & 0xFF;
        if (((low ^ PRESENT) & contextMask) != 0 || (high & contextHigh) != 0 || width == 0 || address >>> width != 0) {
            return 0;
        }
        long mapping = secondStage.plain(address, low & SECOND_STAGE, code + 2, need, mode);
        return Mapping.address(mapping, address) >>> 20 == 0xFEE ? 0 : mapping;
    }
}
