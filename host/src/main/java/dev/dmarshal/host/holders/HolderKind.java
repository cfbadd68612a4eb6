package dev.dmarshal.host.holders;

/** The ways in which a host holds a device. */
public enum HolderKind {
    /** The root file system lies on it. */
    ROOT(HolderArea.STORAGE, Stake.VITAL),
    /** {@code /boot} or the EFI system partition lies on it. */
    BOOT(HolderArea.STORAGE, Stake.VITAL),
    /** A file system without which the host does not run ({@code /usr}, {@code /var}). */
    SYSTEM_FILES(HolderArea.STORAGE, Stake.VITAL),
    /** Swap in use. */
    SWAP(HolderArea.STORAGE, Stake.VITAL),
    /** Any other mounted file system. */
    MOUNT(HolderArea.STORAGE, Stake.BUSY),
    /** Member of an md array that is assembled. */
    RAID(HolderArea.STORAGE, Stake.BUSY),
    /** Member of an active device-mapper device: LVM, LUKS, multipath. */
    MAPPER(HolderArea.STORAGE, Stake.BUSY),
    /** Part of a bcache. */
    BCACHE(HolderArea.STORAGE, Stake.BUSY),
    /** Member of an imported ZFS pool. */
    ZFS(HolderArea.STORAGE, Stake.BUSY),
    /** Data that nobody uses now. */
    SIGNATURE(HolderArea.STORAGE, Stake.NOTICE),
    /** A drive below it with nothing known on it. */
    DRIVE(HolderArea.STORAGE, Stake.NOTICE),
    /** The session that asks comes in through it. */
    SESSION(HolderArea.NETWORK, Stake.VITAL),
    /** The default route goes out through it. */
    DEFAULT_ROUTE(HolderArea.NETWORK, Stake.VITAL),
    /** It has an address or a route. */
    ROUTE(HolderArea.NETWORK, Stake.BUSY),
    /** Port of a bond, team, bridge, Open vSwitch or VLAN of the host. */
    NET_PORT(HolderArea.NETWORK, Stake.BUSY),
    /** A network interface that nobody is seen to use. */
    INTERFACE(HolderArea.NETWORK, Stake.NOTICE),
    /** Remote DMA verbs are registered on it. */
    RDMA(HolderArea.NETWORK, Stake.NOTICE),
    /** The only console that is left shows on it. */
    ONLY_CONSOLE(HolderArea.CONSOLE, Stake.VITAL),
    /** A frame-buffer console shows on it; another console is there. */
    FRAME_BUFFER(HolderArea.CONSOLE, Stake.BUSY),
    /** Firmware began on this screen. */
    BOOT_DISPLAY(HolderArea.CONSOLE, Stake.NOTICE),
    /** A screen is plugged in. */
    SCREEN(HolderArea.CONSOLE, Stake.NOTICE),
    /** A kernel console on a serial line of it. */
    SERIAL_CONSOLE(HolderArea.CONSOLE, Stake.BUSY),
    /** The only keyboard is plugged into it. */
    ONLY_KEYBOARD(HolderArea.INPUT, Stake.VITAL),
    /** A keyboard, with another elsewhere. */
    KEYBOARD(HolderArea.INPUT, Stake.NOTICE),
    /** A process has a device node of it open. */
    OPEN_FILE(HolderArea.PROCESSES, Stake.BUSY),
    /** A guest has it through VFIO. */
    GUEST(HolderArea.PROCESSES, Stake.BUSY),
    /** A sound stream runs. */
    SOUND(HolderArea.OTHER, Stake.BUSY),
    /** The host's watchdog. */
    WATCHDOG(HolderArea.OTHER, Stake.BUSY),
    /** The TPM. */
    TPM(HolderArea.OTHER, Stake.VITAL);

    private final HolderArea area;
    private final Stake stake;

    HolderKind(HolderArea area, Stake stake) {
        this.area = area;
        this.stake = stake;
    }

    /** Where it is looked for. */
    public HolderArea area() {
        return area;
    }

    /** What taking the device away costs. */
    public Stake stake() {
        return stake;
    }

    /** The name in JSON: lower case with hyphens. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
