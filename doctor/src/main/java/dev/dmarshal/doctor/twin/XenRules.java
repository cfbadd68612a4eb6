package dev.dmarshal.doctor.twin;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.Release;
import java.util.Optional;

/**
 * What a version of Xen with a command line puts into its remapping tables (xen/drivers/passthrough/iommu.c, vtd/iommu.c, x86/iommu.c and
 * vtd/x86/vtd.c, read at 3.4.0-rc3, RELEASE-4.0.0 to RELEASE-4.22.0 and the stable releases that are named). What an unknown version decides is empty, or,
 * where most versions agree, as they have it.
 *
 * @param release          its release; empty if not known
 * @param translating      whether DMA is translated, as far as Xen was asked; empty if the version decides it and is not known
 * @param dom0             what dom0's devices reach
 * @param inclusive        whether all below 4 GiB is mapped for dom0, but for what is unusable or Xen's own
 * @param reserved         whether memory that the firmware reserves is mapped for dom0
 * @param quarantine       where a device goes that no guest has any more; empty if the version is not known
 * @param quarantineAlways whether every device that a guest had goes there; otherwise only those that {@code xl pci-assignable-add} took
 * @param regionsKept      whether a device's RMRRs stay mapped in quarantine
 */
public record XenRules(Optional<Release> release, Optional<Boolean> translating, Dom0 dom0, boolean inclusive, boolean reserved,
        Optional<Quarantine> quarantine,
        boolean quarantineAlways, boolean regionsKept) {

    /** Where a device goes that no guest has any more. */
    public enum Quarantine {
        /** There is none: it is dom0's again, with the DMA that is still under way (before commit 319f9a0ba9, XSA-302). */
        NONE,
        /** No entry for it, so that every request faults (319f9a0ba9, and by default since 980d6acf15). */
        REFUSED,
        /** Every address reads as a page of zeros, writes fault (ea38867831). */
        READS_SERVED,
        /** Every address leads to one page of the device's own, for reads and writes (14dd241aad, XSA-400). */
        ALL_SERVED
    }

    /** What dom0's devices reach. */
    public enum Dom0 {
        /** All memory, without page tables. */
        PASSTHROUGH,
        /** All memory that is not Xen's own. */
        RELAXED,
        /** dom0's own memory. */
        STRICT
    }

    private static final Release ON_BY_DEFAULT = new Release(4, 0, 0);
    /** dom0-strict and dom0-passthrough, before which it was iommu=passthrough (commit ecac002b16). */
    private static final Release DOM0_WORDS = new Release(4, 1, 0);
    /** dom0-iommu= (66a9274cc3), map-reserved (0426787629), map-inclusive off by default (b7e8dee07c). */
    private static final Release DOM0_IOMMU = new Release(4, 12, 0);
    private static final Release QUARANTINE = new Release(4, 13, 0);
    /** A page to lead to is only asked for by quarantine=scratch-page (980d6acf15). */
    private static final Release ON_REQUEST = new Release(4, 16, 0);
    private static final Release OWN_PAGES = new Release(4, 17, 0);

    /** The rules of a release with a command line; either may be unknown. */
    public static XenRules of(Optional<Release> release, Optional<CommandLine> line) {
        XenWords words = XenWords.of(release, line);
        boolean modern = words.atLeast(DOM0_IOMMU) || release.isEmpty();
        boolean pvh = words.item("dom0", "pvh").orElse(false) || words.flag("dom0pvh").orElse(false);
        // check_hwdom_reqs: a translated (PVH) dom0 is always strict and never passed through.
        Dom0 dom0 = pvh ? Dom0.STRICT : dom0(words, modern);
        boolean inclusive = words.flag("iommu_inclusive_mapping").orElse(words.atLeast(ON_BY_DEFAULT) && !modern);
        // Before 4.12 a strict dom0 never came to the mapping of anything but its own memory (vtd_set_hwdom_mapping was not called).
        inclusive = modern ? words.item("dom0-iommu", "map-inclusive").orElse(inclusive) && !pvh : inclusive && dom0 == Dom0.RELAXED;
        boolean reserved = modern && words.item("dom0-iommu", "map-reserved").orElse(true);
        boolean always = words.item("iommu", "quarantine").orElse(true);
        return new XenRules(release, words.translating(), dom0, inclusive, reserved, release.map(known -> quarantine(known, words, always)), always,
                release.filter(known -> ownPages(known)).isPresent());
    }

    private static Dom0 dom0(XenWords words, boolean modern) {
        boolean named = words.atLeast(DOM0_WORDS) || words.release().isEmpty();
        boolean through = words.item("iommu", named ? "dom0-passthrough" : "passthrough").orElse(false);
        boolean strict = named && words.item("iommu", "dom0-strict").orElse(false);
        if (modern) {
            through = words.item("dom0-iommu", "passthrough").orElse(through);
            strict = words.item("dom0-iommu", "strict").orElse(strict);
        }
        return through ? Dom0.PASSTHROUGH : strict ? Dom0.STRICT : Dom0.RELAXED;
    }

    /** By release; 4.11 and 4.12 got it in their third and second stable releases (7cb2f1dd73, 694fa9cac8), with the page in 4.11.4 and 4.12.2. */
    private static Quarantine quarantine(Release release, XenWords words, boolean always) {
        boolean first = release.minor() == 11 && release.patch() == 3 && release.major() == 4;
        boolean backported = first || stable(release, 11, 4) || stable(release, 12, 2);
        if (!release.atLeast(QUARANTINE) && !backported) {
            return Quarantine.NONE;
        }
        if (first) {
            return Quarantine.REFUSED;
        }
        if (release.atLeast(ON_REQUEST)) {
            return !words.has("iommu", "quarantine=scratch-page") ? Quarantine.REFUSED : ownPages(release) ? Quarantine.ALL_SERVED : Quarantine.READS_SERVED;
        }
        return !ownPages(release) ? Quarantine.READS_SERVED : always ? Quarantine.ALL_SERVED : Quarantine.REFUSED;
    }

    /** Page tables for each device, which hold its RMRRs (XSA-400): 4.17, and 169a2834ef, faed81ff39, aaa6102880 and 54e37f44a2 of the stable releases. */
    private static boolean ownPages(Release release) {
        return release.atLeast(OWN_PAGES) || stable(release, 13, 5) || stable(release, 14, 5) || stable(release, 15, 3) || stable(release, 16, 1);
    }

    private static boolean stable(Release release, int minor, int patch) {
        return release.major() == 4 && release.minor() == minor && release.patch() >= patch;
    }

    /** The same where Xen itself said how dom0 is treated. */
    XenRules said(Dom0 mode) {
        return new XenRules(release, translating, mode, inclusive && (mode == Dom0.RELAXED || atLeast(DOM0_IOMMU)), reserved, quarantine, quarantineAlways,
                regionsKept);
    }

    /** Whether the version is known to be this one or a later one. */
    boolean atLeast(Release other) {
        return release.filter(known -> known.atLeast(other)).isPresent();
    }
}
