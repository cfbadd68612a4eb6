package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The kernel for which groups are computed: the one that runs, or one that is planned. Remapping is taken to be on.
 *
 * @param kernel       its version; empty for the newest one that {@code quirks.txt} knows
 * @param commandLine  its command line, of which {@code pci=config_acs=}, {@code pci=disable_acs_redir=} and {@code pcie_acs_override=} count here
 * @param ivrs         whether the host has an ACPI IVRS table (an AMD IOMMU)
 * @param tableAliases further device and function numbers that a function signs with, from an IVRS table
 * @param untranslated functions that no remapping unit in use covers: they get no group
 */
public record KernelPlan(Optional<KernelVersion> kernel, CommandLine commandLine, boolean ivrs, Map<Sbdf, BitSet> tableAliases, Set<Sbdf> untranslated) {

    /** The newest release in the tables. */
    public static final String NEWEST = "7.1";

    /** The newest kernel, no parameters, VT-d. */
    public static final KernelPlan STANDARD = new KernelPlan(Optional.empty(), CommandLine.parse(Platform.LINUX, ""), false, Map.of(), Set.of());

    /** Keeps own copies. */
    public KernelPlan {
        tableAliases = Map.copyOf(tableAliases);
        untranslated = Set.copyOf(untranslated);
    }

    /** The same plan for another kernel. */
    public KernelPlan with(KernelVersion version) {
        return new KernelPlan(Optional.of(version), commandLine, ivrs, tableAliases, untranslated);
    }

    /** The same plan with another command line. */
    public KernelPlan withCommandLine(String text) {
        return new KernelPlan(kernel, CommandLine.parse(Platform.LINUX, text), ivrs, tableAliases, untranslated);
    }

    /** The same plan for a host with an IVRS table. */
    public KernelPlan withIvrs(boolean present) {
        return new KernelPlan(kernel, commandLine, present, tableAliases, untranslated);
    }

    /** The same plan with functions that no remapping unit covers. */
    public KernelPlan withUntranslated(Set<Sbdf> functions) {
        return new KernelPlan(kernel, commandLine, ivrs, tableAliases, functions);
    }

    /** The kernel in words. */
    public String kernelText() {
        return kernel.map(version -> "Linux " + version.text()).orElse("Linux " + NEWEST);
    }
}
