package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * SR-IOV of a function.
 *
 * @param parent its physical function, if it is a virtual one
 * @param live   how many virtual functions it has now; empty if it has no SR-IOV or that was not measured
 * @param most   how many it may have
 */
public record VirtualFunctions(Optional<Sbdf> parent, OptionalInt live, OptionalInt most) {

    /** Nothing known of any. */
    public static final VirtualFunctions NONE = new VirtualFunctions(Optional.empty(), OptionalInt.empty(), OptionalInt.empty());
}
