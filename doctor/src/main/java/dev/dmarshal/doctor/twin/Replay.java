package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.fault.Access;
import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.symptom.FaultGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults of a log as requests that can be made again. */
public final class Replay {

    /** Faults of one group that are played: the first pages kept of it. */
    private static final int MOST_PAGES = 4;

    private final List<Hypothesis.Case> cases;

    private Replay(List<Hypothesis.Case> cases) {
        this.cases = cases;
    }

    /** The requests behind a group of faults. */
    public static Replay of(FaultGroup group) {
        return new Replay(cases(group));
    }

    /** Whether there is nothing to play: no requester, no address, or not VT-d's. */
    public boolean empty() {
        return cases.isEmpty();
    }

    /** Plays them on a unit. */
    public List<Played> on(Scene scene) {
        return Stage.play(scene, cases.stream().map(Hypothesis.Case::act).toList());
    }

    /** Whether what was played is all as the log has it: reason, requester, direction, page. */
    public boolean same(List<Played> played) {
        for (int i = 0; i < cases.size(); i++) {
            if (!cases.get(i).equalTo(played.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The faults of a group that can be played: VT-d's, with a requester and a reason that the specification defines. */
    static List<Hypothesis.Case> cases(FaultGroup group) {
        Optional<SourceId> source = group.source();
        Optional<FaultReason> reason = group.reason();
        List<Hypothesis.Case> cases = new ArrayList<>();
        if (source.isEmpty() || reason.isEmpty() || !group.dialect().vtd()) {
            return cases;
        }
        int id = source.get().value();
        if (group.kind() == FaultKind.INTERRUPT) {
            boolean old = reason.get() == FaultReason.IR_COMPATIBILITY;
            group.indexes().stream().limit(MOST_PAGES).forEach(index -> cases.add(new Hypothesis.Case(old ? new Act.OldInterrupt(id)
                    : new Act.Interrupt(id, index), group)));
        } else if (group.kind() == FaultKind.DMA && group.access() != Access.UNKNOWN) {
            boolean write = group.access() == Access.WRITE;
            boolean translated = reason.get() == FaultReason.LCT_5 || reason.get() == FaultReason.SCT_5;
            group.pages().stream().limit(MOST_PAGES).forEach(page -> cases.add(new Hypothesis.Case(translated ? new Act.TranslatedDma(id, page, write)
                    : new Act.Dma(id, page, write), group)));
        }
        return cases;
    }
}
