package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.symptom.FaultGroup;
import java.util.List;
import java.util.Optional;

/** What a cause says about the state of the tables at the moment of the fault. The reason is not put in: the hardware finds it. */
public enum Hypothesis {

    /** The requester's id has no context entry. Whether its bus has others follows from the functions that are known. */
    NO_ENTRY {
        @Override
        Scene stage(Scene host, Case one) {
            return host.without(one.sourceId());
        }
    },
    /** The requester has a domain, in which the address is not mapped. */
    UNMAPPED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), new Attachment.Translated(List.of()));
        }
    },
    /** The page is mapped for the other direction only. */
    WRONG_RIGHTS {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), new Attachment.Translated(List.of(one.mapping(!one.write() ? 0 : 1))));
        }
    },
    /** The kernel began with empty tables while devices went on. */
    EMPTY_TABLES {
        @Override
        Scene stage(Scene host, Case one) {
            return host.emptied();
        }
    },
    /** The requester's entry is malformed. */
    MALFORMED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), new Attachment.Malformed());
        }
    },
    /** The entry of the interrupt is not there. */
    NO_INTERRUPT_ENTRY {
        @Override
        Scene stage(Scene host, Case one) {
            return host;
        }
    },
    /** The entry of the interrupt was made for another requester. */
    ANOTHERS_INTERRUPT {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.index(), new InterruptSlot(one.sourceId() ^ 1));
        }
    };

    /** The scene at the moment of the fault. */
    abstract Scene stage(Scene host, Case one);

    /**
     * One observed fault, as far as it can be played.
     *
     * @param act  what the device did
     * @param from the group that it stands for
     */
    record Case(Act act, FaultGroup from) {

        int sourceId() {
            return act.sourceId();
        }

        boolean write() {
            return act instanceof Act.Dma dma && dma.write() || act instanceof Act.TranslatedDma translated && translated.write();
        }

        long page() {
            return switch (act) {
                case Act.Dma dma -> dma.address() & ~0xfffL;
                case Act.TranslatedDma dma -> dma.address() & ~0xfffL;
                default -> 0;
            };
        }

        int index() {
            return act instanceof Act.Interrupt interrupt ? interrupt.index() : 0;
        }

        /** The page of the fault, mapped to some memory. @param rights bit 0 read, bit 1 write */
        Attachment.Mapping mapping(int rights) {
            return new Attachment.Mapping(page(), 0x1000_0000L, 0x1000, (rights & 1) != 0, (rights & 2) != 0);
        }

        /** Whether the hardware did just what the log says: reason, requester, direction, page. */
        boolean equalTo(Played played) {
            Optional<FaultReason> reason = from.reason();
            boolean same = played.faulted() && reason.equals(played.reason()) && played.sourceId() == sourceId();
            return from.kind() == FaultKind.INTERRUPT ? same : same && played.read() != write() && played.information() == page();
        }
    }
}
