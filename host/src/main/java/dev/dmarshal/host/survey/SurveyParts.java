package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.holders.HostHolders;
import dev.dmarshal.host.version.KernelVersion;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a {@link HostSurvey} is made of. */
record SurveyParts(String source, Optional<KernelVersion> kernel, Collection<FunctionFacts> functions, PciTree tree, Grouping grouping,
        RemappingFacts remapping, HostHolders holders, List<String> notes) {
}
