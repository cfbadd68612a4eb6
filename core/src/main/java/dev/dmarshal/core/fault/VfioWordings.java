package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings of VFIO in the kernel, of QEMU, libvirt and of tools that people run beside them. */
final class VfioWordings {

    private static final String KERNEL = "linux drivers/vfio";
    private static final String QEMU = "qemu hw/vfio (common.c, container.c, pci.c, helpers.c)";
    private static final String LIBVIRT = "libvirt src/util/virpci.c, src/hypervisor/virhostdev.c";
    private static final String DEV = "{driver} {device}: ";

    private VfioWordings() {
    }

    static void declare(Wordings all) {
        kernel(all);
        groups(all);
        mappings(all);
        qemu(all);
        hotPlug(all);
        libvirt(all);
        tools(all);
    }

    private static void kernel(Wordings all) {
        all.add(VFIO_LOADED, KERNEL, "VFIO - User Level meta-driver version: {version}");
        all.add(VFIO_IDS, KERNEL + "/pci/vfio_pci.c", "vfio_pci: add [{vendor:hex}:{product:hex}[{text}", "vfio_pci: failed to add {text}",
                "vfio_pci: invalid id string {text}");
        all.add(VFIO_UNSAFE_INTERRUPTS, KERNEL + "/vfio_iommu_type1.c, drivers/iommu/iommufd",
                "vfio_iommu_type1_attach_group: No interrupt remapping support. {text}",
                "vfio_iommu_type1_attach_group: No interrupt remapping for this platform.{text}", "{text}No interrupt remapping support.{rest}",
                "{text}No interrupt remapping for this platform.{rest}", "Device {device}{text}no interrupt remapping{rest}",
                "{text}MSI is not isolated{rest}", "No interrupt remapping support{text}", "{text}allow_unsafe_interrupts{rest}");
        all.add(VFIO_RESET, KERNEL + "/pci", "vfio-pci {device}: resetting{text}", "vfio-pci {device}: reset done{text}",
                "vfio-pci {device}: vfio_ecap_init: {text}", "vfio-pci {device}: vfio_cap_init: {text}");
        all.add(VFIO_BAR_RESTORE, KERNEL + "/pci/vfio_pci_config.c",
                "<vfio-pci |vfio_bar_restore: >{device}: <vfio_bar_restore: |>reset recovery - restoring BARs{text}",
                "vfio_bar_restore: {device} reset recovery - restoring bars{text}", "vfio-pci {device}: {text}restoring BARs{rest}");
        all.add(VFIO_RELEASE, KERNEL + "/pci/vfio_pci_core.c", "vfio-pci {device}: Relaying device request to user (#{text}",
                "vfio-pci {device}: No device request channel registered, blocked until released by user{text}",
                "vfio-pci {device}: Device is currently in use, task {text}");
        all.add(VFIO_ROM_FAILED, KERNEL + " and QEMU hw/vfio/pci.c", "vfio-pci {device}: {text}ROM{rest}", "{text}vfio_pci_load_rom: {rest}",
                "{text}Device option ROM contents are probably invalid {rest}", "{text}Cannot read device rom at {rest}");
    }

    private static void groups(Wordings all) {
        all.add(VFIO_GROUP_NOT_VIABLE, QEMU, "{text}group {group:dec} is not viable{rest}", "{text}error: group {group:dec} is not viable{rest}",
                "{text}ensure all devices within the iommu_group are bound to their vfio bus driver.{rest}",
                "{text}please ensure all devices within the iommu group are bound to {rest}");
        all.add(VFIO_NO_GROUP, QEMU, "{text}vfio {device}: no iommu_group found: {rest}", "{text}no iommu_group found{rest}",
                "{text}no iommu_group for device{rest}", "{text}vfio: error no iommu_group for device{rest}",
                "{text}failed to read iommu_group{rest}");
        all.add(VFIO_GROUP_BUSY, QEMU, "{text}error opening /dev/vfio/{group:dec}: Device or resource busy{rest}",
                "{text}open /dev/vfio/{group:dec}: Device or resource busy{rest}", "{text}/dev/vfio/{group:dec}': Device or resource busy{rest}",
                "{text}Could not open '/dev/vfio/{group:dec}': Device or resource busy{rest}");
        all.add(VFIO_GROUP_OPEN_FAILED, QEMU, "{text}error opening /dev/vfio/{group:word}: {rest}",
                "{text}Could not open '/dev/vfio/{group}': {rest}", "{text}failed to open /dev/vfio/{group:word}: {rest}",
                "{text}failed to get group {group:dec}{rest}");
        all.add(VFIO_CONTAINER_FAILED, QEMU, "{text}failed to setup container for group {group:dec}: {rest}",
                "{text}failed to set iommu for container: {rest}", "{text}Failed to set iommu for container: {rest}",
                "{text}No available IOMMU models{rest}", "{text}failed to set group container{rest}");
    }

    private static void mappings(Wordings all) {
        all.add(VFIO_MEMLOCK, KERNEL + "/vfio_iommu_type1.c", "vfio_pin_pages_remote: RLIMIT_MEMLOCK ({size:dec}) exceeded",
                "vfio_pin_page_external: RLIMIT_MEMLOCK {text}", "{text}RLIMIT_MEMLOCK{rest}", "{text}cannot limit locked memory{rest}");
        all.add(VFIO_DMA_MAP_FAILED, QEMU, "{text}VFIO_MAP_DMA failed: {rest}", "{text}VFIO_MAP_DMA: -{rest}", "{text}VFIO_MAP_DMA{rest}",
                "{text}vfio_dma_map({call}) = -{rest}", "{text}vfio_container_dma_map({call}) = -{rest}", "{text}VFIO_UNMAP_DMA{rest}",
                "{text}IOMMU_IOAS_MAP failed{rest}");
    }

    private static void qemu(Wordings all) {
        all.add(VFIO_RESET_FAILED, QEMU, "{text}Cannot reset device {device}, {rest}", "{text}Cannot reset device {name:word}, {rest}",
                "{text}vfio: Cannot reset device{rest}", "{text}depends on group {group:dec} which is not owned.{rest}",
                "{text}No available reset mechanism{rest}", "{text}no available reset mechanism{rest}");
        all.add(QEMU_VFIO_FAILED, QEMU, "{text}vfio {device}: failed {rest}", "{text}vfio {device}: error {rest}", "{text}vfio: error: {rest}",
                "{text}vfio: Error: {rest}", "{text}vfio error: {rest}", "{text}vfio-pci,host={rest}", "{text}vfio_listener_region_add{rest}",
                "{text}vfio_region_write({rest}", "{text}vfio_err_notifier_handler({rest}", "{text}vfio_intx_enable{rest}", "{text}hw/vfio/{rest}");
        all.add(KVM_STATE, "linux arch/x86/kvm, virt/kvm", "kvm: disabled by bios{text}", "kvm: no hardware support{text}",
                "kvm_intel: VMX not supported{text}", "<kvm_intel|kvm_amd|kvm>: {text}", "kvm [{text}", "Could not access KVM kernel module: {text}",
                "<x86/cpu|cpu>: VMX (outside TXT) disabled by BIOS{text}");
    }

    private static void hotPlug(Wordings all) {
        all.add(HOT_PLUG_FAILED, "libvirt src/conf/domain_addr.c; qemu hw/pci/pcie.c, hw/pci/pci.c", "{text}No more available PCI {what:word}",
                "{text}No more available PCI {what:word} {rest}", "{text}guest is busy (power indicator blinking){rest}",
                "{text}guest is busy (power indicator blinking)", "{text}Hot-unplug failed: {rest}", "{text}does not support hotplugging{rest}",
                "{text}is already in the process of unplug{rest}", "{text}Timed out waiting for device to be removed{rest}",
                "{text}device is not hotpluggable{rest}");
    }

    private static void libvirt(Wordings all) {
        all.add(LIBVIRT_RESET_FAILED, LIBVIRT, "{text}Unable to reset PCI device {device}: {rest}", "{text}Unable to reset PCI device {device}{rest}",
                "{text}no FLR, PM reset or bus reset available{rest}",
                "{text}Active {name:word} devices on bus with {device}, not doing bus reset{rest}", "{text}not doing bus reset{rest}");
        all.add(LIBVIRT_IN_USE, LIBVIRT, "{text}PCI device {device} is in use by {rest}", "{text}PCI device {device} is <already|still> {rest}",
                "{text}is in use by driver {rest}");
        all.add(LIBVIRT_NO_VFIO, LIBVIRT, "{text}host doesn't support passthrough of host PCI devices{rest}",
                "{text}host doesn't support VFIO PCI passthrough{rest}", "{text}does not support VFIO{rest}",
                "{text}device assignment requires {rest}", "{text}VFIO device assignment is currently not supported{rest}");
        all.add(LIBVIRT_FAILED, LIBVIRT, "{text}Failed to bind PCI device {rest}", "{text}Failed to add PCI device ID {rest}",
                "{text}Failed to unbind PCI device {rest}", "{text}is not assignable{rest}", "{text}PCI device {device} is not {rest}",
                "{text}Device {device} not found: {rest}", "{text}virPCIDevice{rest}", "{text}unable to find any master var store{rest}",
                "{text}Non-zero device index on bus{rest}", "{text}must be endpoint devices{rest}",
                "{text}device is behind a switch lacking ACS{rest}", "{text}behind a switch lacking ACS and cannot be assigned{rest}");
    }

    private static void tools(Wordings all) {
        all.add(VIRT_HOST_VALIDATE, "libvirt tools/virt-host-validate-common.c", "<  |>QEMU: Checking {check}: {result:word} ({text})",
                "<  |>QEMU: Checking {check}: {result:word}", "<  |>LXC: Checking {check}: {result:word}{text}");
        all.add(CANNOT_OPEN, "coreutils and others", "{text}cannot open {name} for reading: {rest}", "cannot open /sys/{text}",
                "{text}cannot open /sys/firmware/acpi/tables/{rest}");
    }
}
