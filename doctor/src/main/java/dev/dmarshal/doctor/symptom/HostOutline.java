package dev.dmarshal.doctor.symptom;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.RunningVersion;
import dev.dmarshal.host.version.XenVersion;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What runs on which machine.
 *
 * @param boots          boots of Linux and Xen that the sources show, each with the command line it was given; of each platform the last one is the
 * one that matters
 * @param machine        machine and firmware as DMI names them
 * @param units          remapping units
 * @param crashKernel    whether this is a crash (kdump) kernel: it says so by its command line or by copying tables
 */
public record HostOutline(List<Boot> boots, Optional<String> machine, List<SeenUnit> units, boolean crashKernel) {

    /**
     * A boot.
     *
     * @param version     what was booted
     * @param commandLine with which parameters
     */
    public record Boot(Optional<RunningVersion> version, Optional<CommandLine> commandLine) {
    }

    /** Linux version of the last boot. */
    public Optional<KernelVersion> kernel() {
        return last(boot -> boot.version().filter(KernelVersion.class::isInstance).map(KernelVersion.class::cast));
    }

    /** Xen version of the last boot. */
    public Optional<XenVersion> xen() {
        return last(boot -> boot.version().filter(XenVersion.class::isInstance).map(XenVersion.class::cast));
    }

    /** The kernel's command line at the last boot. */
    public Optional<CommandLine> commandLine() {
        return last(boot -> boot.commandLine().filter(line -> line.platform() == Platform.LINUX));
    }

    /** Xen's command line at the last boot. */
    public Optional<CommandLine> xenCommandLine() {
        return last(boot -> boot.commandLine().filter(line -> line.platform() == Platform.XEN));
    }

    /** Whether the kernel was given a parameter of this name at the last boot. */
    public boolean given(String name) {
        return commandLine().filter(line -> line.tokens().stream().anyMatch(token -> token.name().equals(name))).isPresent();
    }

    private <T> Optional<T> last(Function<Boot, Optional<T>> part) {
        return boots.reversed().stream().map(part).flatMap(Optional::stream).findFirst();
    }

    /** Number of address bits that every unit translates, 0 if not known. */
    public int addressWidth() {
        return units.stream().filter(unit -> unit.cap().isPresent()).mapToInt(SeenUnit::addressWidth).min().orElse(0);
    }
}
