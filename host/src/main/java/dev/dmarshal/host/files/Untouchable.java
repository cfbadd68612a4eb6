package dev.dmarshal.host.files;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files that are never read on a live machine, because reading them does something, waits for something, or gives what nobody asked for: device memory and
 * ports ({@code resource0}), a card's ROM (it is switched on by writing, and reading can hang a card), VPD (slow, and some devices hang: drivers/pci/vpd.c has
 * a list of them), kernel memory, debugfs, device nodes. Of debugfs three files of the Intel driver are read all the same: they load registers and the entries of
 * tables, and change nothing (drivers/iommu/intel/debugfs.c, {@code iommu_regset_show}, {@code root_tbl_walk}, {@code ir_translation_struct_show}).
 */
final class Untouchable {

    private static final Pattern SYSFS = Pattern.compile(
            "/sys/.*/(?:rom|vpd|resource[0-9]+(?:_wc)?|legacy_io|legacy_mem|remove|rescan|reset|reset_subordinate)");
    private static final Pattern ELSEWHERE = Pattern.compile(
            "/dev/.*|/sys/kernel/(?:debug|tracing)/(?!iommu/intel/(?:iommu_regset|dmar_translation_struct|ir_translation_struct)$).*"
                    + "|/proc/(?:kcore|kmsg|sysrq-trigger|[0-9]+/(?:mem|pagemap)|vmcore)");

    private Untouchable() {
    }

    /** Why a file of a live machine is not to be read, if so. */
    static Optional<String> reason(String path) {
        return SYSFS.matcher(path).matches() || ELSEWHERE.matcher(path).matches() ? Optional.of("never read: reading it can have effects") : Optional.empty();
    }
}
