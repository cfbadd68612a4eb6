package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.version.XenVersion;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What dom0 tells of Xen.
 *
 * @param version     the hypervisor's; empty if not told
 * @param iommu       whether Xen says that device assignment through an IOMMU works ({@code hvm_directio} in {@code virt_caps}); empty if not told
 * @param interrupts  whether Xen says that interrupts are remapped; empty if not told
 * @param assignable  what {@code xl pci-assignable-list} gives; empty if not told
 * @param why         why something is empty
 */
public record XenFacts(Optional<XenVersion> version, Optional<Boolean> iommu, Optional<Boolean> interrupts, Optional<Set<Sbdf>> assignable, String why) {

    /** Reads what the tools print, or what was recorded of it. */
    public static XenFacts of(HostRoot host) {
        Reading<String> info = text(host, HostCommand.XL_INFO);
        Reading<String> log = text(host, HostCommand.XL_DMESG);
        Reading<String> list = text(host, HostCommand.XL_PCI_ASSIGNABLE_LIST);
        Optional<Boolean> iommu = info.present().flatMap(text -> text.lines().filter(line -> line.startsWith("virt_caps")).findFirst())
                .map(line -> line.contains("hvm_directio"));
        Optional<Boolean> interrupts = log.present().flatMap(XenFacts::interrupts);
        String why = info.trouble().or(log::trouble).or(list::trouble).orElse("xl does not say");
        return new XenFacts(version(info), iommu, interrupts, list.present().map(XenFacts::addresses), why);
    }

    private static Reading<String> text(HostRoot host, HostCommand command) {
        return host.output(command).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private static Optional<XenVersion> version(Reading<String> info) {
        return info.present().flatMap(text -> text.lines().filter(line -> line.startsWith("xen_version")).findFirst())
                .flatMap(line -> XenVersion.parse("Xen version " + line.substring(line.indexOf(':') + 1).strip()));
    }

    /** {@code Intel VT-d Interrupt Remapping enabled.} (xen drivers/passthrough/vtd/iommu.c) and AMD's and the newer wording. */
    private static Optional<Boolean> interrupts(String log) {
        for (String line : log.split("\n")) {
            String lower = line.toLowerCase(java.util.Locale.ROOT);
            if (lower.contains("interrupt remapping")) {
                return Optional.of(!lower.contains("not ") && !lower.contains("disabled"));
            }
        }
        return Optional.empty();
    }

    /** One address a line; with {@code -n} a name follows it (tools/xl/xl_pci.c). */
    private static Set<Sbdf> addresses(String text) {
        Set<Sbdf> found = new HashSet<>();
        for (String word : text.split("\\s+")) {
            Sbdf.parse(word).ifPresent(found::add);
        }
        return Set.copyOf(found);
    }
}
