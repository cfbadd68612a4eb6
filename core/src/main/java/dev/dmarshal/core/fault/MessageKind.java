package dev.dmarshal.core.fault;

import java.util.List;

/**
 * The lines, other than faults, that the scanner knows. What each says, in every wording, and where the wording stands, is in {@link #wordings()}.
 *
 * <p>Field names are the holes of the wordings. {@code device} and {@code driver} go to {@link LogMessage#device()} and {@link LogMessage#driver()}
 * where they are well-formed, and stay in the fields as they were said.
 */
public enum MessageKind {
    /** A line {@code driver device: text} of a PCI device whose wording is not known; kept because the device may matter. Field text. */
    DEVICE_OTHER(Subject.PCI),

    // Boot: what runs, on what, with which parameters.
    /** {@code Linux version …}: a boot begins. Fields version, rest. */
    LINUX_VERSION(Subject.BOOT),
    /** The kernel command line. Field arguments. */
    COMMAND_LINE(Subject.BOOT),
    /** Parameters that the kernel did not know and handed to user space. Field arguments. */
    UNKNOWN_PARAMETERS(Subject.BOOT),
    /** Machine and firmware by DMI. Field machine. */
    DMI(Subject.BOOT),
    /** A range of the firmware's memory map. Fields first, last, type. */
    MEMORY_RANGE(Subject.BOOT),
    /** A range as the kernel changed it. Fields first, last, type. */
    MEMORY_RANGE_CHANGED(Subject.BOOT),
    /** Memory set aside for a crash kernel. Fields size, base where given, text. */
    CRASHKERNEL_RESERVED(Subject.BOOT),
    /** Memory for a crash kernel was asked for and not found. Field text. */
    CRASHKERNEL_FAILED(Subject.BOOT),
    /** The hypervisor that this kernel runs on. Field name. */
    HYPERVISOR_DETECTED(Subject.BOOT),
    /** Secure boot or lockdown is on. Field text. */
    LOCKDOWN(Subject.BOOT),
    /** An ACPI table was found. Fields signature, address, length, text. */
    ACPI_TABLE(Subject.BOOT),
    /** The processor that boots. Field name. */
    CPU_NAME(Subject.BOOT),

    // The DMAR table as the kernel reads it.
    /** VT-d host address width. Field width in bits. */
    HOST_ADDRESS_WIDTH(Subject.DMAR),
    /** A remapping unit in the table. Fields base, flags. */
    DRHD(Subject.DMAR),
    /** A remapping unit's registers. Fields unit, base, major, minor, cap, ecap. */
    UNIT_REGISTERS(Subject.DMAR),
    /** A reserved region in the table. Fields base, end. */
    RMRR(Subject.DMAR),
    /** An ATSR entry. Field flags. */
    ATSR(Subject.DMAR),
    /** A SATC entry. Field flags. */
    SATC(Subject.DMAR),
    /** A RHSA entry. Fields base, proximity. */
    RHSA(Subject.DMAR),
    /** An ACPI name-space device. Fields number, name. */
    ANDD(Subject.DMAR),
    /** An ACPI device under a unit. Fields name, base, source. */
    ACPI_DEVICE_SCOPE(Subject.DMAR),
    /** The table has none of a structure. Field structure. */
    DMAR_NONE_FOUND(Subject.DMAR),
    /** The table cannot be parsed. Field text where given. */
    DMAR_PARSE_FAILED(Subject.DMAR),
    /** There is no DMAR table, or no usable unit in it. Field text. */
    DMAR_NOT_FOUND(Subject.DMAR),
    /** Firmware gives a unit the address 0. Field text. */
    DMAR_ADDRESS_ZERO(Subject.DMAR),
    /** A unit's registers read as all ones. Fields base, text. */
    DMAR_ALL_ONES(Subject.DMAR),
    /** No reserved memory covers an RMRR. Fields base, end. */
    RMRR_NOT_RESERVED(Subject.DMAR),
    /** An RMRR is malformed. Fields base, end. */
    RMRR_BAD(Subject.DMAR),
    /** Any other firmware-bug line of the table. Field text. */
    DMAR_FIRMWARE_BUG(Subject.DMAR),
    /** The vendor, version and product behind a firmware bug. Fields vendor, version, product. */
    BIOS_IDENTITY(Subject.DMAR),
    /** A device scope names a device that is not there. Field text. */
    DMAR_SCOPE_MISSING(Subject.DMAR),
    /** Units of one host differ in a feature. Field feature. */
    UNIT_FEATURE_INCONSISTENT(Subject.DMAR),
    /** Units cannot be mapped, or their memory cannot be reserved. Field text. */
    UNIT_UNMAPPABLE(Subject.DMAR),

    // VT-d at work.
    /** {@code intel_iommu=on} was taken, or the build turns VT-d on. */
    IOMMU_ENABLED(Subject.VTD),
    /** VT-d was turned off on the command line. */
    IOMMU_DISABLED(Subject.VTD),
    /** VT-d is forced on because firmware asks for DMA protection. */
    IOMMU_PLATFORM_OPT_IN(Subject.VTD),
    /** VT-d is forced on. Field text. */
    IOMMU_FORCED(Subject.VTD),
    /** VT-d for I/O was initialised. */
    VTD_ACTIVE(Subject.VTD),
    /** A unit uses queued or register invalidation. Fields unit, method. */
    INVALIDATION_METHOD(Subject.VTD),
    /** Graphics are left out of remapping, or their unit is disabled. Field text. */
    GRAPHICS_UNMAPPED(Subject.VTD),
    /** The unit of graphics stays on. */
    GRAPHICS_KEPT(Subject.VTD),
    /** An identity map for an RMRR or ISA. Fields base, end. */
    IDENTITY_MAP(Subject.VTD),
    /** An identity map is asked for and skipped or ignored. Field text. */
    IDENTITY_MAP_SKIPPED(Subject.VTD),
    /** A device with a domain of its own, against the default. Field type. */
    PRIVATE_DOMAIN(Subject.VTD),
    /** A device with a narrow DMA mask left the identity map. Field text. */
    NON_IDENTITY_DMA(Subject.VTD),
    /** A device uses the IOMMU's DMA operations. */
    IOMMU_DMA_MAPPING(Subject.VTD),
    /** A device uses bounce pages. */
    BOUNCE_PAGES(Subject.VTD),
    /** Pass-through is what the hardware or the command line makes. Field text. */
    HARDWARE_PASSTHROUGH(Subject.VTD),
    /** A paging entry is already in use. Field text. */
    PTE_ALREADY_SET(Subject.VTD),
    /** Hardware does not do what it says; the kernel gave up waiting. Field text. */
    UNIT_MALFUNCTION(Subject.VTD),
    /** {@code handling fault status reg}: a burst of faults follows. Field status. */
    FAULT_STATUS(Subject.VTD),
    /** The invalidation queue stopped on a descriptor. Field reason. */
    QI_ERROR(Subject.VTD),
    /** A device did not answer an invalidation in time. Field source. */
    QI_TIMEOUT(Subject.VTD),
    /** A device completed an invalidation with an error. Field source. */
    QI_COMPLETION_ERROR(Subject.VTD),
    /** A descriptor at the error. Fields position, type, qw0, qw1. */
    QI_DESCRIPTOR(Subject.VTD),
    /** The error was cleared and the queue goes on. Field text. */
    QI_CLEARED(Subject.VTD),
    /** A table dump begins. Fields unit, address. */
    TABLE_DUMP(Subject.VTD),
    /** One entry of a table dump. Fields level, index where given, value, or low and high. */
    TABLE_ENTRY(Subject.VTD),
    /** The dump found a level missing. Field text. */
    TABLE_MISSING(Subject.VTD),
    /** Page requests of a device went wrong. Field text. */
    PAGE_REQUEST_ERROR(Subject.VTD),
    /** Any other line of VT-d's drivers. Fields prefix, text. */
    VTD_OTHER(Subject.VTD),

    // Interrupt remapping.
    /** Interrupt remapping is on. Field mode. */
    IR_ENABLED(Subject.INTERRUPT),
    /** Interrupt remapping is not on. Field text. */
    IR_NOT_ENABLED(Subject.INTERRUPT),
    /** An IO-APIC and its unit. Fields id, base, unit. */
    IR_IOAPIC(Subject.INTERRUPT),
    /** A HPET and its unit. Fields id, base. */
    IR_HPET(Subject.INTERRUPT),
    /** An IO-APIC or HPET that no unit serves. Fields what, id. */
    IR_NOT_IN_SCOPE(Subject.INTERRUPT),
    /** Firmware asks not to use x2APIC. */
    X2APIC_OPT_OUT(Subject.INTERRUPT),
    /** How x2APIC stands. Field text. */
    X2APIC_STATE(Subject.INTERRUPT),
    /** A chipset erratum turns interrupt remapping off. Field text. */
    IR_ERRATUM(Subject.INTERRUPT),
    /** Queued invalidation is needed for interrupt remapping. Field text. */
    IR_NEEDS_QI(Subject.INTERRUPT),
    /** Posted interrupts. Field text. */
    IR_POSTED(Subject.INTERRUPT),
    /** An interrupt that nobody asked for. Field vector or irq. */
    NO_IRQ_HANDLER(Subject.INTERRUPT),
    /** An interrupt line was shut off. Field irq. */
    IRQ_NOBODY_CARED(Subject.INTERRUPT),

    // A crash kernel takes the hardware over.
    /** Translation was on when the kernel started. Field unit where given. */
    KDUMP_TRANSLATION_ENABLED(Subject.KDUMP),
    /** Translation was on, this is no crash kernel: it is turned off. Field unit where given. */
    NOT_KDUMP_TRANSLATION(Subject.KDUMP),
    /** Interrupt remapping was on, this is no crash kernel. Field unit. */
    NOT_KDUMP_IR(Subject.KDUMP),
    /** The old kernel's tables were copied. Field unit. */
    KDUMP_TABLES_COPIED(Subject.KDUMP),
    /** The old kernel's tables could not be copied. Fields unit, text. */
    KDUMP_COPY_FAILED(Subject.KDUMP),
    /** The old kernel's interrupt table was copied. Field unit. */
    KDUMP_IR_COPIED(Subject.KDUMP),
    /** The old kernel's interrupt table could not be copied. Fields unit, text. */
    KDUMP_IR_COPY_FAILED(Subject.KDUMP),
    /** AMD: translation was on, tables are copied. Field text. */
    KDUMP_AMD(Subject.KDUMP),

    // Domains and groups.
    /** The type of default domains. Fields type, reason where given. */
    DEFAULT_DOMAIN(Subject.GROUP),
    /** When the IOTLB is flushed. Fields policy, reason where given. */
    INVALIDATION_POLICY(Subject.GROUP),
    /** A device joins a group. Field group. */
    GROUP_ADD(Subject.GROUP),
    /** A device leaves a group. Field group. */
    GROUP_REMOVE(Subject.GROUP),
    /** A device could not be put in a group. Fields group, text. */
    GROUP_FAILED(Subject.GROUP),
    /** A missing ACS capability is made up for, or its absence overridden. Field text. */
    ACS_QUIRK(Subject.GROUP),
    /** A device is refused because firmware reserves memory for it (RMRR). */
    RMRR_INELIGIBLE(Subject.GROUP),
    /** A device is refused because firmware wants a 1:1 map. */
    DIRECT_MAPPING_REQUIRED(Subject.GROUP),
    /** The IOMMU core refused something else. Field text. */
    IOMMU_OTHER(Subject.GROUP),

    // PCI.
    /** A function was found. Fields vendor, product, type, class. */
    PCI_DEVICE(Subject.PCI),
    /** A BAR. Fields bar, range. */
    PCI_BAR(Subject.PCI),
    /** A bridge and the buses behind it. Field buses. */
    PCI_BRIDGE(Subject.PCI),
    /** A bridge's window. Field range. */
    PCI_BRIDGE_WINDOW(Subject.PCI),
    /** A root bus, or a range that it takes. Field text. */
    PCI_ROOT(Subject.PCI),
    /** A host bridge. Fields name, buses. */
    PCI_HOST_BRIDGE(Subject.PCI),
    /** Configuration space by memory. Field text. */
    PCI_MMCONFIG(Subject.PCI),
    /** A function's decoding was switched on: a driver takes it. Fields from, to: the command register. */
    DEVICE_ENABLED(Subject.PCI),
    /** A BAR has no room, or could not be claimed. Fields bar, text. */
    BAR_FAILED(Subject.PCI),
    /** A driver did not get a BAR. Fields bar, range. */
    BAR_RESERVE_FAILED(Subject.PCI),
    /** Power states of a function. Field text. */
    PCI_PME(Subject.PCI),
    /** A function did not come back from a reset. Fields millis, reset. */
    RESET_NOT_READY(Subject.PCI),
    /** A function came back late. Fields millis, reset. */
    RESET_READY(Subject.PCI),
    /** A function did not change its power state. Fields from, to where given, text. */
    POWER_STATE_FAILED(Subject.PCI),
    /** AER reported an error. Fields severity, text. */
    AER_ERROR(Subject.PCI),
    /** AER's detail: registers, first error, layer. Field text. */
    AER_DETAIL(Subject.PCI),
    /** AER recovery ended. Field text. */
    AER_RECOVERY(Subject.PCI),
    /** Hot plug of a slot. Field text. */
    HOTPLUG(Subject.PCI),
    /** ATS, PRI or PASID of a function. Field text. */
    PCI_ATS(Subject.PCI),
    /** MSI or MSI-X could not be had. Field text. */
    MSI_FAILED(Subject.PCI),
    /** The expansion ROM is not readable or not valid. Field text. */
    ROM_INVALID(Subject.PCI),
    /** The boot display. Field text. */
    VGA_ARBITER(Subject.PCI),

    // AMD-Vi.
    /** An AMD IOMMU was found. Field capability. */
    AMD_FOUND(Subject.AMD),
    /** An AMD IOMMU's features. Fields bits, text. */
    AMD_FEATURES(Subject.AMD),
    /** AMD interrupt remapping is on. */
    AMD_IR_ENABLED(Subject.AMD),
    /** AMD interrupt remapping is off. Field text. */
    AMD_IR_DISABLED(Subject.AMD),
    /** The IVRS table is wrong. Field text. */
    AMD_FIRMWARE_BUG(Subject.AMD),
    /** The command ring stands still. Field text. */
    AMD_COMPLETION_TIMEOUT(Subject.AMD),
    /** Event log restarted after an overflow. Field text. */
    AMD_EVENT_LOG(Subject.AMD),
    /** An entry of a table dump. Fields index, value. */
    AMD_TABLE_DUMP(Subject.AMD),
    /** AMD's flush mode or pass-through. Field text. */
    AMD_MODE(Subject.AMD),
    /** Any other AMD-Vi line. Field text. */
    AMD_OTHER(Subject.AMD),

    // Xen.
    /** {@code Xen version …}: a hypervisor boot begins. Field version. */
    XEN_VERSION(Subject.XEN),
    /** Xen's command line. Field arguments. */
    XEN_COMMAND_LINE(Subject.XEN),
    /** Xen's remapping is on. */
    XEN_IOMMU_ENABLED(Subject.XEN),
    /** Xen's remapping is off. */
    XEN_IOMMU_DISABLED(Subject.XEN),
    /** A feature of Xen's VT-d and whether it is on. Fields feature, state. */
    XEN_VTD_FEATURE(Subject.XEN),
    /** How dom0 is mapped. Field mode. */
    XEN_DOM0_MODE(Subject.XEN),
    /** Xen's interrupt remapping. Field state. */
    XEN_IR(Subject.XEN),
    /** Xen on its DMAR table: units, RMRRs, errors. Field text. */
    XEN_DMAR(Subject.XEN),
    /** Xen's page walk begins. Fields unit, device, frame. */
    XEN_WALK(Subject.XEN),
    /** One entry of Xen's page walk. Fields level, index, value, rest. */
    XEN_WALK_ENTRY(Subject.XEN),
    /** Any other line of Xen's VT-d code. Field text. */
    XEN_VTD_OTHER(Subject.XEN),
    /** Xen on a PCI device: added, removed, assigned. Field text. */
    XEN_PCI(Subject.XEN),
    /** Xen on AMD-Vi. Field text. */
    XEN_AMD(Subject.XEN),
    /** dom0's pciback. Field text. */
    PCIBACK(Subject.XEN),
    /** dom0's pciback refuses or fails. Field text. */
    PCIBACK_FAILED(Subject.XEN),
    /** The device model did not say which slots it gave: it was built without passthrough. */
    DEVICE_MODEL_WITHOUT_PASSTHROUGH(Subject.XEN),
    /** xl or libxl fails on a device. Field text. */
    XL_PCI_FAILED(Subject.XEN),
    /** libxl cannot start or reach a guest's device model, or that model's code for passthrough fails. Field rest. */
    DEVICE_MODEL_FAILED(Subject.XEN),

    // VFIO, QEMU, libvirt.
    /** modprobe finds no module of this name. Field rest. */
    MODULE_MISSING(Subject.VFIO),
    /** VFIO is there. Field version. */
    VFIO_LOADED(Subject.VFIO),
    /** vfio-pci was given ids. Fields vendor, product. */
    VFIO_IDS(Subject.VFIO),
    /** The group has a member with another driver. Field group. */
    VFIO_GROUP_NOT_VIABLE(Subject.VFIO),
    /** The device has no group: no remapping. Field text. */
    VFIO_NO_GROUP(Subject.VFIO),
    /** Somebody else has the group's file. Field group. */
    VFIO_GROUP_BUSY(Subject.VFIO),
    /** The group's file cannot be opened. Fields group, text. */
    VFIO_GROUP_OPEN_FAILED(Subject.VFIO),
    /** The container or domain could not be set up. Fields group, text. */
    VFIO_CONTAINER_FAILED(Subject.VFIO),
    /** Guest memory could not be mapped. Fields size, address, text. */
    VFIO_DMA_MAP_FAILED(Subject.VFIO),
    /** More memory would be locked than is allowed. Field text. */
    VFIO_MEMLOCK(Subject.VFIO),
    /** The device cannot be reset. Field text. */
    VFIO_RESET_FAILED(Subject.VFIO),
    /** The guest would get interrupts that are not isolated. Field text. */
    VFIO_UNSAFE_INTERRUPTS(Subject.VFIO),
    /** VFIO resets a function. Field text. */
    VFIO_RESET(Subject.VFIO),
    /** vfio-pci puts back BARs that a reset lost. Field text. */
    VFIO_BAR_RESTORE(Subject.VFIO),
    /** The user was asked to give the device back. Field text. */
    VFIO_RELEASE(Subject.VFIO),
    /** The device's ROM cannot be read. Field text. */
    VFIO_ROM_FAILED(Subject.VFIO),
    /** QEMU could not take a device. Field text. */
    QEMU_VFIO_FAILED(Subject.VFIO),
    /** libvirt could not reset a device. Field text. */
    LIBVIRT_RESET_FAILED(Subject.VFIO),
    /** libvirt: the device is in use. Field text. */
    LIBVIRT_IN_USE(Subject.VFIO),
    /** A hot plug or unplug is refused or not answered. Field text. */
    HOT_PLUG_FAILED(Subject.VFIO),
    /** libvirt: the host does not offer VFIO. Field text. */
    LIBVIRT_NO_VFIO(Subject.VFIO),
    /** libvirt could not detach or attach a device. Field text. */
    LIBVIRT_FAILED(Subject.VFIO),
    /** A check of virt-host-validate. Fields check, result, text. */
    VIRT_HOST_VALIDATE(Subject.VFIO),
    /** A table or file under /sys cannot be opened. Field text. */
    CANNOT_OPEN(Subject.VFIO),
    /** KVM is not available, or nested or refuses. Field text. */
    KVM_STATE(Subject.VFIO),

    // Drivers and kernel around it.
    /** A driver's link is down. Field text. */
    LINK_DOWN(Subject.DRIVER),
    /** A request to a device timed out. Field text. */
    DEVICE_TIMEOUT(Subject.DRIVER),
    /** A driver resets its device. Field text. */
    DEVICE_RESET(Subject.DRIVER),
    /** A driver could not start its device. Field text. */
    PROBE_FAILED(Subject.DRIVER),
    /** A GPU hangs or faults. Field text. */
    GPU_HANG(Subject.DRIVER),
    /** A disk or controller lost commands. Field text. */
    STORAGE_ERROR(Subject.DRIVER),
    /** A line of a storage driver that names its controller by number. Fields name where given, text. */
    STORAGE_OTHER(Subject.DRIVER),
    /** A network transmit queue stands still. Field text. */
    NET_TIMEOUT(Subject.DRIVER),
    /** A CPU does not come out of the kernel. Field text. */
    LOCKUP(Subject.KERNEL),
    /** A task hangs. Field text. */
    HUNG_TASK(Subject.KERNEL),
    /** A place in a trace: a device is being taken from its driver. */
    UNBIND_TRACE(Subject.KERNEL),
    /** A driver or module cannot go, since something still has it open. Fields device where given, text. */
    HELD_OPEN(Subject.DRIVER),
    /** RCU waits for a CPU. Field text. */
    RCU_STALL(Subject.KERNEL),
    /** A bug, oops or panic. Field text. */
    OOPS(Subject.KERNEL),
    /** A kernel warning at a place in the source. Field place. */
    WARNING(Subject.KERNEL),
    /** NMI for a reason such as PCI SERR. Field text. */
    NMI(Subject.KERNEL),
    /** A machine check. Field text. */
    MACHINE_CHECK(Subject.KERNEL),
    /** Memory ran out. Field text. */
    OUT_OF_MEMORY(Subject.KERNEL),
    /** Lines like the ones before were left out: counts are lower bounds. Fields function, count. */
    CALLBACKS_SUPPRESSED(Subject.KERNEL),
    /** The log lost lines: counts are lower bounds. Field count. */
    PRINTK_DROPPED(Subject.KERNEL);

    /** What a line is about. */
    public enum Subject {
        /** Kernel, machine, parameters, memory. */
        BOOT,
        /** The DMAR table. */
        DMAR,
        /** VT-d's DMA remapping. */
        VTD,
        /** Interrupts and their remapping. */
        INTERRUPT,
        /** Taking over from a crashed kernel. */
        KDUMP,
        /** Domains and groups. */
        GROUP,
        /** PCI functions, bridges, resets. */
        PCI,
        /** AMD-Vi. */
        AMD,
        /** Xen, xl and pciback. */
        XEN,
        /** VFIO, QEMU and libvirt. */
        VFIO,
        /** Drivers of devices. */
        DRIVER,
        /** The kernel itself. */
        KERNEL
    }

    private final Subject subject;

    MessageKind(Subject subject) {
        this.subject = subject;
    }

    /** What it is about. */
    public Subject subject() {
        return subject;
    }

    /** Every wording of it, the newest first. Empty only for {@link #DEVICE_OTHER}, which has no wording of its own. */
    public List<Wording> wordings() {
        return Wordings.of(this);
    }
}
