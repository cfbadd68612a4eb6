package dev.dmarshal.host.boot;

import dev.dmarshal.host.params.CommandLine;
import java.util.List;
import java.util.Optional;

/**
 * How a machine comes by its command line.
 *
 * @param loader      what hands it over, if that can be told
 * @param evidence    by what it was told, in words
 * @param inForce     what the running kernel was given
 * @param configured  what people wrote into the file that this loader's tools read
 * @param others      what stands in files that this loader does not read
 * @param afterReboot what the entry that is booted by default hands over
 * @param unmeasured  what could not be read, in words
 * @param conflicts   menus that differ from the one that was taken: paths
 */
public record BootSetup(Optional<BootLoader> loader, List<String> evidence, Optional<CommandLine> inForce, Optional<BootLine> configured, List<BootLine> others,
        Optional<BootLine> afterReboot, List<String> unmeasured, List<String> conflicts) {

    /** Keeps own copies. */
    public BootSetup {
        evidence = List.copyOf(evidence);
        others = List.copyOf(others);
        unmeasured = List.copyOf(unmeasured);
        conflicts = List.copyOf(conflicts);
    }
}
