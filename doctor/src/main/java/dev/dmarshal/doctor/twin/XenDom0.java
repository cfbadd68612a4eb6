package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.symptom.MemoryOutline;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.XenVersion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Xen maps for the devices of a PV dom0, 1:1, by version and parameters (xen/drivers/passthrough/x86/iommu.c, arch_iommu_hwdom_init, 4.12 and later;
 * xen/drivers/passthrough/vtd/x86/vtd.c before): all memory unless strict, reserved memory and what RMRRs name, everything else below 4 GiB where it is
 * inclusive. Of all that only the page that is asked for is put into the tables.
 */
final class XenDom0 {

    private static final Release INCLUSIVE_BY_DEFAULT = new Release(4, 0, 0);
    private static final Release OWN_MEMORY_ONLY = new Release(4, 1, 0);
    private static final long FOUR_GIB = 1L << 32;

    private XenDom0() {
    }

    /** How a device of dom0 is treated, as far as one page tells. */
    static Attachment usual(Symptoms symptoms, long page) {
        String mode = symptoms.first(MessageKind.XEN_DOM0_MODE).flatMap(line -> line.field("mode")).orElse("").toLowerCase(Locale.ROOT);
        if (mode.contains("passthrough") || given(symptoms, "passthrough") || given(symptoms, "dom0-passthrough")) {
            return new Attachment.Identity();
        }
        boolean strict = mode.contains("strict") || mode.isEmpty() && (given(symptoms, "dom0-strict") || given(symptoms, "strict"));
        return new Attachment.Translated(mapped(symptoms, page, strict) ? List.of(new Attachment.Mapping(page, page, 0x1000, true, true)) : List.of());
    }

    private static boolean mapped(Symptoms symptoms, long page, boolean strict) {
        if (symptoms.reserved().rmrr(page).isPresent()) {
            return true;
        }
        Optional<MemoryOutline.Region> region = symptoms.reserved().mapped(page);
        boolean memory = region.filter(found -> found.type().contains("usable")).isPresent();
        if (memory) {
            return !strict;
        }
        boolean reserved = region.filter(found -> found.type().contains("reserved")).isPresent();
        return page < FOUR_GIB && inclusive(symptoms) || reserved && since(symptoms, new Release(4, 12, 0));
    }

    /** iommu_inclusive_mapping, or dom0-iommu=map-inclusive: off before 4.0, on by default since. */
    private static boolean inclusive(Symptoms symptoms) {
        boolean off = given(symptoms, "no-map-inclusive") || value(symptoms, "iommu_inclusive_mapping").filter(value -> value.matches("0|no|off|false")).isPresent();
        boolean on = given(symptoms, "map-inclusive") || tokens(symptoms).stream().anyMatch(token -> token.name().equals("iommu_inclusive_mapping"));
        return !off && (on || since(symptoms, INCLUSIVE_BY_DEFAULT));
    }

    private static boolean since(Symptoms symptoms, Release release) {
        return symptoms.xenVersion().map(XenVersion::release).filter(known -> known.atLeast(release)).isPresent();
    }

    private static boolean given(Symptoms symptoms, String word) {
        boolean old = word.startsWith("dom0-") && !since(symptoms, OWN_MEMORY_ONLY);
        return !old && tokens(symptoms).stream().filter(token -> token.name().equals("iommu") || token.name().equals("dom0-iommu"))
                .flatMap(token -> token.value().stream()).anyMatch(value -> List.of(value.split(",")).contains(word));
    }

    private static Optional<String> value(Symptoms symptoms, String name) {
        return tokens(symptoms).stream().filter(token -> token.name().equals(name)).flatMap(token -> token.value().stream()).findFirst();
    }

    private static List<Token> tokens(Symptoms symptoms) {
        return symptoms.host().xenCommandLine().map(CommandLine::tokens).orElse(List.of());
    }
}
