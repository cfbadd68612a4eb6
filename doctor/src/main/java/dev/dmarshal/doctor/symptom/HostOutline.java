package dev.dmarshal.doctor.symptom;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.XenVersion;
import java.util.List;
import java.util.Optional;

/**
 * What runs on which machine.
 *
 * @param kernel         Linux version
 * @param xen            Xen version
 * @param commandLine    the kernel's command line
 * @param xenCommandLine Xen's command line
 * @param machine        machine and firmware as DMI names them
 * @param units          remapping units
 * @param crashKernel    whether this is a crash (kdump) kernel: it says so by its command line or by copying tables
 */
public record HostOutline(Optional<KernelVersion> kernel, Optional<XenVersion> xen, Optional<CommandLine> commandLine,
        Optional<CommandLine> xenCommandLine, Optional<String> machine, List<SeenUnit> units, boolean crashKernel) {

    /** Number of address bits that every unit translates, 0 if not known. */
    public int addressWidth() {
        return units.stream().filter(unit -> unit.cap().isPresent()).mapToInt(SeenUnit::addressWidth).min().orElse(0);
    }
}
