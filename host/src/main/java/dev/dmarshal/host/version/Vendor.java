package dev.dmarshal.host.version;

import java.util.regex.Pattern;

/**
 * Who built a kernel, as far as its suffix tells. The order of the constants is the order in which they are tried.
 * That RHEL, SUSE and Ubuntu carry features back is why version rules are uncertain there: Ubuntu's 4.15 has iommu.strict, which mainline has since 4.20.
 */
public enum Vendor {
    /** Oracle's own kernel for RHEL: {@code .el8uek}. */
    ORACLE("el\\d+uek", true, false),
    /** Red Hat Enterprise Linux and its rebuilds: {@code .el7}, {@code .el9_4}. */
    RHEL("\\.el\\d+", true, false),
    /** SUSE and openSUSE: {@code -150500.55-default}. */
    SUSE("-\\d[\\d.]*-(default|desktop|preempt|azure|pae|trace|xen)$", true, false),
    /** Proxmox: built from Ubuntu's kernel, with the ACS override patch. */
    PROXMOX("-pve$", true, true),
    /** Ubuntu: {@code -112-generic}. */
    UBUNTU("-\\d+-(generic|lowlatency|server|virtual|aws|gcp|oem)", true, false),
    /** Amazon Linux. */
    AMAZON("\\.amzn\\d", true, false),
    /** Desktop kernels that carry the ACS override patch: Zen, Liquorix, XanMod, CachyOS. */
    DESKTOP_PATCHED("-(zen|lqx)|liquorix|xanmod|cachyos", false, true),
    /** Debian: stable kernels with small changes. */
    DEBIAN("-\\d+-(amd64|686|rt-amd64|cloud-amd64)|\\.deb\\d+|[+-]deb\\d+", false, false),
    /** Fedora. */
    FEDORA("\\.fc\\d+", false, false),
    /** Arch Linux. */
    ARCH("[.-]arch\\d", false, false),
    /** Any other suffix, or none. */
    OTHER("", false, false);

    private final Pattern suffix;
    private final boolean backports;
    private final boolean acsOverride;

    Vendor(String suffix, boolean backports, boolean acsOverride) {
        this.suffix = Pattern.compile(suffix);
        this.backports = backports;
        this.acsOverride = acsOverride;
    }

    /** Whether it carries later changes back to its older release numbers. */
    public boolean backports() {
        return backports;
    }

    /** Whether it is known for the pcie_acs_override patch, which mainline never took. */
    public boolean patchesAcsOverride() {
        return acsOverride;
    }

    static Vendor of(String text) {
        for (Vendor vendor : values()) {
            if (vendor.suffix.matcher(text).find()) {
                return vendor;
            }
        }
        return OTHER;
    }
}
