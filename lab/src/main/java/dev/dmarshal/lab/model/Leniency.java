package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.core.vtd.FirstStageEntry;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import java.util.List;
import java.util.Optional;

/**
 * A rule that stopped a walk and that QEMU does not check, as a change of one word after which the rule is kept: QEMU must do what the unit does to the tables
 * so changed. That predicts QEMU's answer exactly, instead of accepting any.
 *
 * @param row     id of the row of {@code qemu-differences.txt} that says so
 * @param address physical address of the word
 * @param value   what the word has to be
 */
record Leniency(String row, long address, long value) {

    private static final long PRESENT = 1;
    private static final long TYPE = PasidEntry.TRANSLATION_TYPE.mask();
    private static final int TYPE_SECOND_STAGE = 2;
    private static final int TYPE_PASS_THROUGH = 4;
    private static final long PASID_IGNORED_LOW = 0xe20;
    private static final long PASID_IGNORED_THIRD = 0xfc3;
    private static final long DIRECTORY_IGNORED = 0xffc;

    /** The rule that this walk broke, if QEMU does not check it. */
    static Optional<Leniency> of(WalkTrace trace) {
        return switch (trace.outcome().reasonCode()) {
            case 0x42 -> last(trace, ScalableContextEntry.LAYOUT.name()).flatMap(Leniency::features);
            case 0x48 -> last(trace, ScalableContextEntry.LAYOUT.name())
                    .map(step -> change("directory-size-not-checked", step, 0, word(step, 0) | ScalableContextEntry.DIRECTORY_SIZE.mask()));
            case 0x52 -> last(trace, PasidDirectoryEntry.LAYOUT.name()).filter(step -> (word(step, 0) & DIRECTORY_IGNORED) != 0)
                    .map(step -> change("directory-reserved-bits-ignored", step, 0, word(step, 0) & ~DIRECTORY_IGNORED));
            case 0x59 -> last(trace, PasidEntry.LAYOUT.name())
                    .map(step -> change("cached-context-skips-present", step, 0, walked(word(step, 0) | PRESENT)));
            case 0x5a -> last(trace, PasidEntry.LAYOUT.name()).flatMap(Leniency::reserved);
            case 0x5b -> last(trace, PasidEntry.LAYOUT.name()).filter(step -> (PasidEntry.TRANSLATION_TYPE.get(word(step, 0)) & 5) == 1)
                    .map(step -> change("type-taken-for-second-stage", step, 0, type(word(step, 0), TYPE_SECOND_STAGE)));
            case 0x72 -> last(trace).filter(step -> step.level() != 0 && word(step, 0) < 0)
                    .map(step -> change("execute-disable-not-reserved", step, 0, word(step, 0) & ~FirstStageEntry.EXECUTE_DISABLE.mask()));
            case 0x90 -> trace.steps().stream().filter(step -> step.structure().equals(PasidEntry.LAYOUT.name())).findFirst()
                    .map(step -> change("bits-set-without-snoop", step, 1, word(step, 1) | PasidEntry.WALK_SNOOP.mask()));
            default -> Optional.empty();
        };
    }

    /** DTE and RID_PRIV of a unit that has neither. */
    private static Optional<Leniency> features(WalkTrace.Step step) {
        long low = ScalableContextEntry.DEVICE_TLB.mask();
        long high = ScalableContextEntry.RID_PRIVILEGED.mask();
        return both("context-features-not-checked", step, new int[] {0, 1}, new long[] {low, high});
    }

    private static Optional<Leniency> reserved(WalkTrace.Step step) {
        return both("pasid-reserved-bits-ignored", step, new int[] {0, 2}, new long[] {PASID_IGNORED_LOW, PASID_IGNORED_THIRD});
    }

    /** Clears the bits of the first word that has any; the other word's turn comes when the changed tables are walked. */
    private static Optional<Leniency> both(String row, WalkTrace.Step step, int[] indices, long[] bits) {
        for (int i = 0; i < indices.length; i++) {
            long word = word(step, indices[i]);
            if ((word & bits[i]) != 0) {
                return Optional.of(change(row, step, indices[i], word & ~bits[i]));
            }
        }
        return Optional.empty();
    }

    /** QEMU does not find out about pass-through then, and walks ({@code vtd_dev_pt_enabled}). */
    private static long walked(long word) {
        return PasidEntry.TRANSLATION_TYPE.get(word) == TYPE_PASS_THROUGH ? type(word, TYPE_SECOND_STAGE) : word;
    }

    private static long type(long word, long type) {
        return word & ~TYPE | type << Long.numberOfTrailingZeros(TYPE);
    }

    private static Leniency change(String row, WalkTrace.Step step, int index, long value) {
        return new Leniency(row, step.address() + 8L * index, value);
    }

    private static Optional<WalkTrace.Step> last(WalkTrace trace) {
        List<WalkTrace.Step> steps = trace.steps();
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.getLast());
    }

    private static Optional<WalkTrace.Step> last(WalkTrace trace, String structure) {
        return last(trace).filter(step -> step.structure().equals(structure));
    }

    private static long word(WalkTrace.Step step, int index) {
        return Long.parseUnsignedLong(step.words().get(index).substring(2), 16);
    }
}
