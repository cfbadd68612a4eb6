package dev.dmarshal.core.tables;

import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import dev.dmarshal.core.vtd.QueueFields.Irta;
import java.util.OptionalLong;

/** A table that was found by searching. */
public sealed interface Candidate {

    /** Physical address of the table. */
    long address();

    /** How sure it is that it is one. */
    Confidence confidence();

    /** The evidence, for people. */
    String evidence();

    /**
     * A root table.
     *
     * @param scalable     scalable mode
     * @param buses        buses (half buses in scalable mode) with a context table
     * @param devices      devices with a present context entry
     * @param trees        of these, how many lead to page tables (or PASID directories) that are in order
     * @param lowestTable  lowest address of its context tables
     * @param highestTable highest address of its context tables
     */
    record RootTable(long address, boolean scalable, int buses, int devices, int trees, long lowestTable, long highestTable, Confidence confidence,
            String evidence) implements Candidate {

        /** The unit that would have this table. */
        public UnitTables tables() {
            long register = Rtaddr.TTM.set(address, scalable ? UnitTables.SCALABLE : 0);
            return new UnitTables("root@0x%x".formatted(address), OptionalLong.of(register), OptionalLong.empty(), UnitTables.anyUnit(), false,
                    "found by searching: " + evidence, confidence);
        }
    }

    /**
     * An interrupt-remapping table.
     *
     * @param entries   entries that the table is taken to have: a power of two from 256 to 65,536
     * @param present   entries that are present
     * @param validated of these, how many check the source-id
     */
    record InterruptTable(long address, int entries, int present, int validated, Confidence confidence, String evidence) implements Candidate {

        /** Value of IRTA that would point to it, without EIME. */
        public long register() {
            return Irta.S.set(address, Integer.numberOfTrailingZeros(entries) - 1);
        }
    }
}
