package dev.dmarshal.doctor.policy;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.iommu.BuildConfig;
import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.InForce;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The kernel that decides: which, how it was built, with which command line, and what it was seen to do.
 *
 * @param version its version; empty if not known
 * @param line    its command line
 * @param build   how it was built, as far as that is known
 * @param types   domain types that it shows, by group number
 */
public record KernelFacts(Optional<KernelVersion> version, CommandLine line, BuildOptions build, Map<Integer, DomainType> types) {

    private static final String GROUPS = "/sys/kernel/iommu_groups";

    /** Keeps its own copy. */
    public KernelFacts {
        types = Map.copyOf(types);
    }

    /** Reads them from a host. */
    public static KernelFacts of(HostRoot host) {
        Map<Integer, DomainType> types = new TreeMap<>();
        for (String name : host.list(GROUPS).present().orElse(java.util.List.of())) {
            if (name.matches("[0-9]{1,9}")) {
                host.text(GROUPS + "/" + name + "/type").present().flatMap(DomainType::of).ifPresent(type -> types.put(Integer.parseInt(name), type));
            }
        }
        return new KernelFacts(host.text("/proc/sys/kernel/osrelease").present().flatMap(text -> KernelVersion.parse(text.strip())),
                CommandLine.parse(Platform.LINUX, host.text("/proc/cmdline").present().map(String::strip).orElse("")), BuildConfig.of(host).options(), types);
    }

    /** The same kernel with another command line; what it was seen to do was under the old one, and is left out. */
    public KernelFacts with(CommandLine other) {
        return new KernelFacts(version, other, build, Map.of());
    }

    /** The same with what is known of the build. */
    KernelFacts with(BuildOptions other) {
        return new KernelFacts(version, line, other, types);
    }

    /** What follows from the command line. */
    InForce inForce() {
        return version.map(known -> ParameterReview.of(line, known, build)).orElseGet(() -> ParameterReview.ofUnknownVersion(line, build)).inForce();
    }

    /** Whether the kernel is known to be at least this mainline release. */
    boolean atLeast(int major, int minor) {
        return version.filter(known -> known.release().atLeast(new Release(major, minor, 0))).isPresent();
    }

    /** The last of several words given in a comma-separated parameter, such as sm_on and sm_off of intel_iommu=. */
    Optional<String> lastWord(String parameter, String... words) {
        java.util.List<String> wanted = java.util.List.of(words);
        return line.tokens().stream().filter(token -> token.name().equals(parameter)).flatMap(token -> token.value().stream())
                .flatMap(value -> java.util.Arrays.stream(value.split(","))).filter(wanted::contains).reduce((earlier, later) -> later);
    }
}
