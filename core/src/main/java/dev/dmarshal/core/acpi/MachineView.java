package dev.dmarshal.core.acpi;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of the machine that a table describes. What is not known is not judged.
 *
 * @param memoryMap firmware's memory map
 * @param functions all functions of the machine
 */
public record MachineView(Optional<List<MemoryRange>> memoryMap, Optional<List<PciFunction>> functions) {

    /** Nothing is known: the table alone is judged. */
    public static final MachineView UNKNOWN = new MachineView(Optional.empty(), Optional.empty());

    /** Copies the lists. */
    public MachineView {
        memoryMap = memoryMap.map(List::copyOf);
        functions = functions.map(List::copyOf);
    }

    /** The function at an address; empty if it is not there or the functions are not known. */
    public Optional<PciFunction> function(Sbdf address) {
        return functions.flatMap(all -> all.stream().filter(function -> function.address().equals(address)).findFirst());
    }

    /** Follows scope paths through this machine's bridges. */
    public ScopeResolver resolver() {
        return new ScopeResolver(bridge -> function(bridge).map(PciFunction::secondaryBus).orElse(OptionalInt.empty()));
    }
}
