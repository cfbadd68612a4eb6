package dev.dmarshal.doctor.twin;

import java.util.ArrayList;
import java.util.List;

/** What a requester id may do: how its context entry is filled in. An id without an attachment has no entry. */
public sealed interface Attachment {

    /** A domain of its own, in which just these ranges are mapped. */
    record Translated(List<Mapping> mappings) implements Attachment {

        /** Keeps its own copy. */
        public Translated {
            mappings = List.copyOf(mappings);
        }

        /** The same with one range more. */
        public Translated with(Mapping mapping) {
            List<Mapping> all = new ArrayList<>(mappings);
            all.add(mapping);
            return new Translated(all);
        }
    }

    /** Pass-through: every address is the physical one. */
    record Identity() implements Attachment {
    }

    /**
     * A domain in which the ranges are mapped, with one structure on the way to the first of them spoilt.
     *
     * @param mappings at least one
     * @param flaw     what is wrong
     */
    record Malformed(List<Mapping> mappings, Flaw flaw) implements Attachment {

        /** Keeps its own copy. */
        public Malformed {
            mappings = List.copyOf(mappings);
        }
    }

    /**
     * An entry that was there and was cleared. The context table of its bus stays, as Linux leaves it (drivers/iommu/intel/iommu.c frees them with
     * the unit only).
     */
    record Cleared() implements Attachment {
    }

    /**
     * A mapped range.
     *
     * @param iova     first address as the device says it, a multiple of 4 KiB
     * @param physical where it leads, a multiple of 4 KiB
     * @param bytes    a multiple of 4 KiB
     * @param read     whether the device may read
     * @param write    whether it may write
     */
    record Mapping(long iova, long physical, long bytes, boolean read, boolean write) {
    }
}
