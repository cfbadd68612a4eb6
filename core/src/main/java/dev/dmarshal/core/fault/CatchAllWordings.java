package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Lines whose speaker is known and whose wording is not: kept, since the speaker is one of those that matter. */
final class CatchAllWordings {

    private CatchAllWordings() {
    }

    static void declare(Wordings all) {
        all.add(VTD_OTHER, "linux drivers/iommu/intel", "<DMAR|DMAR-IR|dmar|Intel-IOMMU|INTR-REMAP>: {text}", "DMAR:{text}",
                "{driver} {device}: DMAR: {text}");
        all.add(AMD_OTHER, "linux drivers/iommu/amd", "AMD-Vi: {text}", "{driver} {device}: AMD-Vi: {text}", "<AMD IOMMUv2|ivhd>{text}",
                "iommu ivhd{unit:dec}: {text}");
        all.add(IOMMU_OTHER, "linux drivers/iommu", "iommu: {text}", "Please enable the IOMMU option in the BIOS setup",
                "{driver} {device}: iommu: {text}", "PCI-DMA: {text}", "software IO TLB: {text}",
                "iommufd: {text}", "platform {name:word}: iommu{text}", "Kernel: IOMMU{text}", "** {text}IOMMU{rest}",
                "{driver} {device}: {text}iommu{rest}", "{driver} {device}: {text}IOMMU{rest}");
        all.add(QEMU_VFIO_FAILED, "qemu util/error-report.c: a line that no wording of hw/vfio takes", "<qemu-system-x86_64|qemu-kvm>: {text}");
        all.add(LIBVIRT_FAILED, "libvirt src/util/virerror.c", "<error: |libvirt: >internal error: {text}", "libvirt: {text}");
        all.add(VFIO_RESET, "linux drivers/vfio", "vfio_pci: {text}", "vfio-pci: {text}", "vfio: {text}");
    }
}
