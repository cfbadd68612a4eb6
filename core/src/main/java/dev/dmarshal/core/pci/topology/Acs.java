package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.config.AcsCapability;
import java.util.List;

/**
 * Access Control Services of a function, or why they are not known. Capability register and control register have the same bits, those of
 * {@link AcsCapability}.
 */
public sealed interface Acs {

    /**
     * The capability is there.
     *
     * @param capability what the function can do, 7 bits
     * @param control    what was switched on when it was read, 7 bits
     */
    record Present(int capability, int control) implements Acs {
    }

    /** The extended configuration space was read, and the capability is not in it. */
    record Absent() implements Acs {
    }

    /** The extended configuration space was not read. */
    record Unmeasured() implements Acs {
    }

    /** There is none. */
    Acs ABSENT = new Absent();

    /** Not known. */
    Acs UNMEASURED = new Unmeasured();

    /** The bits of a register in the words of lspci, such as {@code SrcValid ReqRedir}; {@code nothing} for none. */
    static String words(int bits) {
        StringBuilder words = new StringBuilder();
        for (BitField field : List.of(AcsCapability.SOURCE_VALIDATION, AcsCapability.TRANSLATION_BLOCKING, AcsCapability.REQUEST_REDIRECT,
                AcsCapability.COMPLETION_REDIRECT, AcsCapability.UPSTREAM_FORWARDING, AcsCapability.EGRESS_CONTROL, AcsCapability.DIRECT_TRANSLATED)) {
            if (field.isSet(bits)) {
                words.append(words.isEmpty() ? "" : " ").append(field.name());
            }
        }
        return words.isEmpty() ? "nothing" : words.toString();
    }
}
