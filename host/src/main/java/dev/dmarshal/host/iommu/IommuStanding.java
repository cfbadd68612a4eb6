package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostRoot;
import java.util.List;
import java.util.Optional;

/**
 * Whether the IOMMU of a machine is in force.
 *
 * @param remapping  DMA remapping
 * @param interrupts interrupt remapping
 * @param causes     what has to hold for remapping to be on, from where it is looked from down to the command line: each may be why it is not
 */
public record IommuStanding(HostCheck remapping, HostCheck interrupts, List<HostCheck> causes) {

    /** Keeps an own copy of the list. */
    public IommuStanding {
        causes = List.copyOf(causes);
    }

    /** Looks at a machine. */
    public static IommuStanding of(HostRoot host) {
        return new IommuExaminer(host).standing();
    }

    /** Why remapping is not on: the first cause that fails. Empty if it is on, or if none of them is known to fail. */
    public Optional<HostCheck> reason() {
        return remapping.answer() == Answer.PASS ? Optional.empty() : causes.stream().filter(check -> check.answer() == Answer.FAIL).findFirst();
    }
}
