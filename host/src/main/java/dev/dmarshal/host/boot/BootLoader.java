package dev.dmarshal.host.boot;

/** What hands the kernel its command line, with the file that people edit and the step that puts the edit where the loader reads it. */
public enum BootLoader {
    /** GRUB with entries in its own configuration. */
    GRUB("GRUB", "/etc/default/grub", "update-grub (Debian, Ubuntu), or grub2-mkconfig -o with the path of the grub.cfg that is in use"),
    /** GRUB that reads Boot Loader Specification entries: Fedora, RHEL 8 and later. */
    GRUB_ENTRIES("GRUB with boot loader entries", "/etc/default/grub", "grubby --update-kernel=ALL --args=…, which writes the entries themselves;"
            + " grub2-mkconfig leaves entries that exist as they are, unless --update-bls-cmdline is given"),
    /** systemd-boot with entries that kernel-install writes. */
    SYSTEMD_BOOT("systemd-boot", "/etc/kernel/cmdline", "kernel-install (or what the distribution calls it, such as reinstall-kernels) for each kernel"),
    /** systemd-boot as Pop!_OS fills it. */
    KERNELSTUB("systemd-boot by kernelstub", "/etc/kernelstub/configuration", "kernelstub -a \"…\", which writes both the configuration and the entry"),
    /** systemd-boot as Proxmox VE fills it: EFI system partitions that are not mounted. */
    PROXMOX_SYSTEMD_BOOT("systemd-boot by proxmox-boot-tool", "/etc/kernel/cmdline", "proxmox-boot-tool refresh"),
    /** GRUB as Proxmox VE fills it, on EFI system partitions that are not mounted. */
    PROXMOX_GRUB("GRUB by proxmox-boot-tool", "/etc/default/grub", "proxmox-boot-tool refresh");

    private final String words;
    private final String edited;
    private final String step;

    BootLoader(String words, String edited, String step) {
        this.words = words;
        this.edited = edited;
        this.step = step;
    }

    /** For a sentence. */
    public String words() {
        return words;
    }

    /** The file that people edit. */
    public String edited() {
        return edited;
    }

    /** What has to be run after an edit. */
    public String step() {
        return step;
    }

    /** Whether GRUB is at the bottom of it. */
    public boolean grub() {
        return this == GRUB || this == GRUB_ENTRIES || this == PROXMOX_GRUB;
    }

    /** Whether what it reads is on partitions that are not mounted, and so cannot be seen. */
    public boolean hidden() {
        return this == PROXMOX_SYSTEMD_BOOT || this == PROXMOX_GRUB;
    }
}
