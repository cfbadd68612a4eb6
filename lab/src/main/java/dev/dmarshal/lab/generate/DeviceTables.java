package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Feature;
import dev.dmarshal.lab.scenario.Variant;
import java.util.HashMap;
import java.util.Map;

/**
 * Root, context and PASID tables of one root pointer, legacy or scalable, encoded word by word here (VT-d specification chapter 9),
 * on purpose without the builders of the unit under test.
 */
final class DeviceTables {

    private static final long PRESENT = 1;
    /** PWSNP, without which hardware may not set accessed and dirty bits. */
    private static final long WALK_SNOOP = 1 << 23;
    /** Translation type of legacy context entries: translation and translated requests are allowed too. */
    private static final int CONTEXT_TRANSLATES_ALL = 1;
    private static final int CONTEXT_PASSES = 2;
    /** DTE of a scalable-mode context entry. */
    private static final int DEVICE_TLB = 1 << 2;
    private static final int PASID_FIRST_STAGE = 1;
    private static final int PASID_SECOND_STAGE = 2;
    private static final int PASID_PASSES = 4;

    private final Draft draft;
    private final Variant variant;
    private final long root;
    private final Map<Integer, Long> pasidEntries = new HashMap<>();

    DeviceTables(Draft draft, Variant variant) {
        this.draft = draft;
        this.variant = variant;
        this.root = draft.page();
    }

    /** The value of RTADDR for these tables: address and translation table mode. */
    long rootPointer() {
        return variant.scalable() ? root | 1L << 10 : root;
    }

    /** Address of the word of the root entry that leads to this function's context entry. */
    long rootWord(int sourceId) {
        long entry = root + 16L * (sourceId >>> 8);
        return variant.scalable() && (sourceId & 0x80) != 0 ? entry + 8 : entry;
    }

    /** Address of the function's context entry; makes its table if need be. */
    long contextEntry(int sourceId) {
        long rootWord = rootWord(sourceId);
        if (draft.word(rootWord) == 0) {
            draft.store(rootWord, draft.page() | PRESENT);
        }
        long table = draft.word(rootWord) & 0x000f_ffff_ffff_f000L;
        return variant.scalable() ? table + 32L * (sourceId & 0x7f) : table + 16L * (sourceId & 0xff);
    }

    /** The function uses the domain. */
    void attach(int sourceId, Domain domain) {
        long pages = domain.levels() - 2L;
        if (variant.scalable()) {
            long entry = pasidEntry(sourceId);
            if (domain.firstStage()) {
                draft.store(entry + 16, domain.top());
                draft.store(entry + 8, domain.id() | (draft.oneIn(12) ? 0 : WALK_SNOOP));
                draft.store(entry, PRESENT | 2 << 2 | PASID_FIRST_STAGE << 6);
            } else {
                draft.store(entry + 8, domain.id());
                draft.store(entry, PRESENT | pages << 2 | PASID_SECOND_STAGE << 6 | domain.top());
            }
        } else {
            long entry = contextEntry(sourceId);
            draft.store(entry + 8, (long) domain.id() << 8 | pages);
            boolean askedFor = variant.has(Feature.DEVICE_TLB) && draft.oneIn(2);
            draft.store(entry, PRESENT | (askedFor ? CONTEXT_TRANSLATES_ALL << 2 : 0) | domain.top());
        }
    }

    /** The function's requests pass untranslated. */
    void pass(int sourceId, int domainId) {
        long width = variant.addressWidth() == 39 ? 1 : 2;
        if (variant.scalable()) {
            long entry = pasidEntry(sourceId);
            draft.store(entry + 8, domainId);
            draft.store(entry, PRESENT | width << 2 | PASID_PASSES << 6);
        } else {
            long entry = contextEntry(sourceId);
            draft.store(entry + 8, (long) domainId << 8 | width);
            draft.store(entry, PRESENT | CONTEXT_PASSES << 2);
        }
    }

    /** Address of the PASID directory entry of a function's RID_PASID; scalable mode only. */
    long directoryEntry(int sourceId) {
        long context = contextEntry(sourceId);
        return (draft.word(context) & 0x000f_ffff_ffff_f000L) + 8 * ((draft.word(context + 8) & 0xfffff) >>> 6);
    }

    /** Address of the PASID entry of a function's RID_PASID; made if need be, with directory and context entry; scalable mode only. */
    long pasidEntry(int sourceId) {
        return pasidEntries.computeIfAbsent(sourceId, this::makePasidEntry);
    }

    private long makePasidEntry(int sourceId) {
        long context = contextEntry(sourceId);
        int ridPasid = draft.oneIn(3) ? 1 + draft.below(1023) : 0;
        long directory = draft.page();
        long table = draft.page();
        draft.store(directory + 8L * (ridPasid >>> 6), table | PRESENT);
        draft.store(context + 8, ridPasid);
        draft.store(context, directory | 3 << 9 | (variant.has(Feature.DEVICE_TLB) && draft.oneIn(2) ? DEVICE_TLB : 0) | PRESENT);
        return table + 64L * (ridPasid & 63);
    }

    /** Address of the word that names the function's domain and whether it is present: of the context entry, or the PASID entry. */
    long lastEntry(int sourceId) {
        return variant.scalable() ? pasidEntry(sourceId) : contextEntry(sourceId);
    }
}
