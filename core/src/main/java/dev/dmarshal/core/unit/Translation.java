package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.FaultReason;
import java.util.Optional;

/**
 * The outcome of one translation: a flyweight that its owner reuses, so that translating allocates nothing. Not thread-safe: one per thread.
 * It also carries what the walk needs on its way, so it must not be passed to two calls at once.
 */
public final class Translation {

    /** What becomes of the request. */
    public enum Outcome {
        /** It goes on with {@link #address}; for a translation request, the completion carries it, if {@link #readable} or {@link #writable}. */
        TRANSLATED,
        /** It is an interrupt request and belongs to interrupt remapping. */
        INTERRUPT,
        /** It is refused; {@link #reason} says why unless the architecture has no fault for it. */
        BLOCKED
    }

    /** How a translation request is completed. */
    public enum Completion {
        /** Successful, with the rights and address of this outcome; without rights if there is no mapping. */
        SUCCESS,
        /** Unsupported Request. */
        UNSUPPORTED_REQUEST,
        /** Completer Abort. */
        COMPLETER_ABORT
    }

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final Completion[] COMPLETIONS = Completion.values();
    private static final int OUTCOME_SHIFT = 16;
    private static final int COMPLETION_SHIFT = 18;
    private static final int RECORDED = 1 << 20;
    /** What the ending keeps of a request: the flags that the outcome is read by. They lie above the reason. */
    private static final int KEPT = (Request.PRIVILEGED | Request.TRANSLATION | Request.EXECUTE) << 8;
    private static final int INTERRUPT = Outcome.INTERRUPT.ordinal() << OUTCOME_SHIFT;
    private static final int BLOCKED = Outcome.BLOCKED.ordinal() << OUTCOME_SHIFT;

    /**
     * How it ended, in one word that is 0 for the usual end (translated, a plain request): reason 7:0, flags of the request 15:8, outcome 17:16,
     * completion 19:18, recorded 20. Ordinals instead of references: storing a reference costs a garbage-collection barrier.
     */
    private int ending = BLOCKED;
    private long word;
    private long input;
    private long output;

    /** Whether FPD of a structure on the way is set. */
    boolean faultsDisabled;
    /** Value of the caches' generation before the first table was read. */
    int generation;
    /** Context entry: legacy words 0 and 1, or scalable words 0 and 1. */
    long context0;
    long context1;
    /** PASID entry words 0 to 2. */
    long pasid0;
    long pasid1;
    long pasid2;
    /** PASID in force: the request's own, or RID_PASID. */
    int pasid;
    /** The request as the tables see it: privileged if RID_PRIV says so. */
    int effective;
    /** Tag of the translations under way: domain, and PASID if the first stage takes part. */
    long tag;
    /** Second-stage entries of the last descent by level, and where they lie. */
    final long[] entries = new long[6];
    final long[] addresses = new long[6];
    long secondTop;
    int secondLevels;
    int secondMode;
    long firstTop;
    int firstLevels;
    int firstMode;
    /** Where people want to see the steps; null on the hot path. */
    WalkTrace trace;

    /** An outcome to be filled by a unit. */
    public Translation() {
        // Every field is set by the first translation.
    }

    void mapped(long mapping, long from, int what) {
        word = mapping;
        input = from;
        output = Mapping.address(mapping, from);
        ending = what << 8 & KEPT;
    }

    /** As {@link #mapped} for a page of 4 KiB, without finding out its size, and a plain request. */
    void mappedPage(long mapping, long from) {
        word = mapping;
        input = from;
        output = mapping & Mapping.FRAME | from & 0xFFF;
        ending = 0;
    }

    void interrupt(long from, int what) {
        word = 0;
        output = from;
        ending = INTERRUPT | what << 8 & KEPT;
    }

    void blocked(int why, boolean wasRecorded, Completion how) {
        word = 0;
        output = 0;
        ending = BLOCKED | how.ordinal() << COMPLETION_SHIFT | (wasRecorded ? RECORDED : 0) | why;
    }

    void withoutRights(long from, int what, int why) {
        mapped(Mapping.VALID, from, what);
        ending |= why;
    }

    private int request() {
        return ending >>> 8;
    }

    /** What becomes of the request. */
    public Outcome outcome() {
        return OUTCOMES[ending >>> OUTCOME_SHIFT & 3];
    }

    /** Whether the outcome is {@link Outcome#TRANSLATED}. */
    public boolean translated() {
        return (ending >>> OUTCOME_SHIFT & 3) == 0;
    }

    /** Physical address, if translated. */
    public long address() {
        return output;
    }

    /** Whether reads are allowed (at the request's privilege), if translated. */
    public boolean readable() {
        return (Mapping.rights(word, request()) & Mapping.READ) != 0;
    }

    /** Whether writes are allowed, if translated. A page whose dirty bit is still clear counts as not writable until a write sets it. */
    public boolean writable() {
        return (Mapping.rights(word, request()) & Mapping.WRITE) != 0;
    }

    /** Whether execution is allowed, if translated. A translation request is given that right only if it asks for it, which takes a PASID. */
    public boolean executable() {
        boolean withheld = (request() & (Request.TRANSLATION | Request.EXECUTE)) == Request.TRANSLATION;
        return !withheld && (Mapping.rights(word, request()) & Mapping.EXECUTE) != 0;
    }

    /** Whether the access snoops processor caches whatever the device asks for, if translated. */
    public boolean snooped() {
        return (word & Mapping.SNOOP) != 0;
    }

    /** Memory type of the access, if translated: 0 UC, 1 WC, 4 WT, 5 WP, 6 WB, 7 UC-; WB where the unit has no memory types. */
    public int memoryType() {
        return (int) (word >>> Mapping.TYPE_SHIFT) & 7;
    }

    /** Size of the page that the translation came from, as a power of two; 52 if nothing was translated (pass-through, translation off). */
    public int pageBits() {
        int level = Mapping.level(word);
        return level == Mapping.UNTRANSLATED ? 52 : 12 + 9 * level;
    }

    /** Whether this completion of a translation request says that only untranslated requests may be used (U). */
    public boolean untranslatedOnly() {
        return outcome() == Outcome.INTERRUPT && (request() & Request.TRANSLATION) != 0;
    }

    /** How a translation request is completed. */
    public Completion completion() {
        return COMPLETIONS[ending >>> COMPLETION_SHIFT & 3];
    }

    /** Code of the fault, 0 if there is none; see {@link #reason}. */
    public int reasonCode() {
        return ending & 0xFF;
    }

    /** Why the request was blocked or got no rights, if the architecture has a fault for it. */
    public Optional<FaultReason> reason() {
        return FaultReason.of(reasonCode());
    }

    /** Whether the fault went to the fault-recording registers: there is one, and FPD did not keep it back. */
    public boolean recorded() {
        return reasonCode() != 0 && (ending & RECORDED) != 0;
    }

    /** One line for people. */
    @Override
    public String toString() {
        return switch (outcome()) {
            case TRANSLATED -> "0x%x -> 0x%x %s%s%s%s".formatted(input, address(), readable() ? "R" : "-", writable() ? "W" : "-",
                    executable() ? "X" : "-", snooped() ? " snooped" : "");
            case INTERRUPT -> "interrupt request at 0x%x".formatted(output);
            case BLOCKED -> reason().map(r -> "blocked: %02Xh %s, %s".formatted(r.code(), r.label(), r.meaning())).orElse("blocked");
        };
    }
}
