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
    /** The host's tables are as its system makes them at boot; the fault follows from that alone. */
    AS_BUILT {
        @Override
        Scene stage(Scene host, Case one) {
            return host;
        }
    },
    /** The requester had an entry and it was cleared; the context table of its bus is still there. */
    ENTRY_CLEARED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), new Attachment.Cleared());
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
    /** The root-table address register has a mode that does not exist. */
    ROOT_MODE_UNKNOWN {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.ROOT_MODE_UNKNOWN));
        }
    },
    /** The root table lies where no memory answers. */
    ROOT_TABLE_LOST {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.ROOT_TABLE_LOST));
        }
    },
    /** Reserved bits are set in the root entry of the bus. */
    ROOT_MALFORMED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.ROOT_RESERVED));
        }
    },
    /** The root entry leads where no memory answers. */
    CONTEXT_TABLE_LOST {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.CONTEXT_TABLE_LOST));
        }
    },
    /** Reserved bits are set in the requester's entry. */
    MALFORMED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.CONTEXT_RESERVED));
        }
    },
    /** The requester's entry says what the unit does not have. */
    ENTRY_INVALID {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.CONTEXT_INVALID));
        }
    },
    /** The PASID directory lies where no memory answers. */
    PASID_DIRECTORY_LOST {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PASID_DIRECTORY_LOST));
        }
    },
    /** Reserved bits are set in the entry of the PASID directory. */
    PASID_DIRECTORY_MALFORMED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PASID_DIRECTORY_RESERVED));
        }
    },
    /** The PASID table lies where no memory answers. */
    PASID_TABLE_LOST {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PASID_TABLE_LOST));
        }
    },
    /** Reserved bits are set in the PASID entry. */
    PASID_MALFORMED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PASID_RESERVED));
        }
    },
    /** The top of the page tables lies where no memory answers. */
    PAGES_LOST {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PAGES_LOST));
        }
    },
    /** A paging entry leads where no memory answers. */
    PAGE_TABLE_LOST {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PAGE_TABLE_LOST));
        }
    },
    /** The page is mapped for the supervisor alone. */
    PAGE_SUPERVISOR {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PAGE_SUPERVISOR));
        }
    },
    /** Reserved bits are set in the page's own entry. */
    PAGE_MALFORMED {
        @Override
        Scene stage(Scene host, Case one) {
            return host.with(one.sourceId(), one.malformed(Flaw.PAGE_RESERVED));
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

    /** Whether it is about the interrupt-remapping table, or about both tables; otherwise it is about memory requests alone. */
    boolean speaksOf(Act act) {
        boolean interrupt = act instanceof Act.Interrupt || act instanceof Act.OldInterrupt;
        return this == EMPTY_TABLES || interrupt == (this == NO_INTERRUPT_ENTRY || this == ANOTHERS_INTERRUPT);
    }

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

        /** The page of the fault, mapped, with a flaw on the way to it. */
        Attachment malformed(Flaw flaw) {
            return new Attachment.Malformed(List.of(mapping(3)), flaw);
        }

        /** Whether the hardware did just what the log says: reason, requester, direction, page. */
        boolean equalTo(Played played) {
            Optional<FaultReason> reason = from.reason();
            boolean same = played.faulted() && reason.equals(played.reason()) && played.sourceId() == sourceId();
            return from.kind() == FaultKind.INTERRUPT ? same : same && played.read() != write() && played.information() == page();
        }
    }
}
