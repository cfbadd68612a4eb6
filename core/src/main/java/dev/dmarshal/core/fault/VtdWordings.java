package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings of VT-d at work: DMA remapping, interrupt remapping, the hand-over to a crash kernel, domains and groups. */
final class VtdWordings {

    private static final String IOMMU_C = "linux drivers/iommu/intel/iommu.c (drivers/pci/intel-iommu.c, drivers/iommu/intel-iommu.c)";
    private static final String DMAR_C = "linux drivers/iommu/intel/dmar.c";
    private static final String IR_C = "linux drivers/iommu/intel/irq_remapping.c (intel_irq_remapping.c, intr_remapping.c)";
    private static final String CORE_C = "linux drivers/iommu/iommu.c";
    private static final String P = "<DMAR: |dmar: |Intel-IOMMU: |>";
    private static final String IR = "<DMAR-IR: |dmar: |INTR-REMAP: |>";
    private static final String DEV = "{driver} {device}: ";

    private VtdWordings() {
    }

    static void declare(Wordings all) {
        state(all);
        mappings(all);
        // Before the errors: "DMAR: Failed to copy ..." also has the form of a unit's failure, with DMAR for the unit's name.
        kdump(all);
        errors(all);
        dumps(all);
        interrupts(all);
        groups(all);
    }

    private static void state(Wordings all) {
        all.add(IOMMU_ENABLED, IOMMU_C, "<DMAR: |dmar: |Intel-IOMMU: >IOMMU enabled", "Intel-IOMMU: enabled", "<DMAR: |dmar: >IOMMU enabled{text}");
        all.add(IOMMU_DISABLED, IOMMU_C, "<DMAR: |dmar: |Intel-IOMMU: >IOMMU disabled", "Intel-IOMMU: disabled");
        all.add(IOMMU_PLATFORM_OPT_IN, IOMMU_C + ", since 5.0", P + "Intel-IOMMU force enabled due to platform opt in");
        all.add(IOMMU_FORCED, IOMMU_C, P + "Forcing DAC for PCI devices", P + "IOMMU forced{text}",
                P + "Forcing write-buffer flush capability{text}");
        all.add(VTD_ACTIVE, IOMMU_C, "<DMAR: |PCI-DMA: |>Intel(R) Virtualization Technology for Directed I/O");
        all.add(INVALIDATION_METHOD, IOMMU_C, P + "{unit:word}: Using {method} invalidation", P + "IOMMU {unit:word} using {method} invalidation",
                "IOMMU {unit:word} 0x{base:hex}: using {method} invalidation", "IOMMU 0x{base:hex}: using {method} invalidation");
        all.add(GRAPHICS_UNMAPPED, IOMMU_C, P + "Disable GFX device mapping", DEV + "DMAR: Disabling IOMMU for graphics{text}",
                DEV + "DMAR: BIOS has allocated no shadow GTT; disabling IOMMU for graphics", DEV + "Disabling IOMMU for graphics{text}",
                DEV + "DMAR: Disabling batched IOTLB flush{text}");
        all.add(GRAPHICS_KEPT, IOMMU_C, DEV + "DMAR: Skip IOMMU disabling for graphics");
        all.add(HARDWARE_PASSTHROUGH, IOMMU_C, P + "Hardware identity mapping {text}", P + "Hardware does not support passthrough{text}",
                P + "Enable the identity map for{text}", P + "Using software{text}");
    }

    private static void mappings(Wordings all) {
        all.add(IDENTITY_MAP, IOMMU_C, "<DMAR|IOMMU|Intel-IOMMU>: Setting identity map for device {device} [0x{base:hex} - 0x{end:hex}]",
                DEV + "DMAR: Setting identity map [0x{base:hex} - 0x{end:hex}]", "<DMAR|IOMMU>: Setting identity map for device {device}{text}",
                "IOMMU: identity mapping for device {device}", P + "Setting RMRR:{text}", P + "Prepare 0-16MiB unity mapping for LPC");
        all.add(IDENTITY_MAP_SKIPPED, IOMMU_C, "DMAR: Ignoring identity map for HW passthrough device {device} [0x{base:hex} - 0x{end:hex}]",
                P + "Ignoring identity map for HW passthrough{text}", DEV + "DMAR: Ignoring identity map{text}");
        all.add(PRIVATE_DOMAIN, IOMMU_C + " 5.3 to 5.6", DEV + "DMAR: Device uses a private {type:word} domain.",
                "DMAR: Device uses a private {type:word} domain.");
        all.add(NON_IDENTITY_DMA, IOMMU_C, DEV + "DMAR: {text} DMA uses non-identity mapping",
                DEV + "DMAR: {text}bit DMA uses a non-identity mapping", P + "{text} uses non-identity mapping",
                DEV + "device switched to DMA domain{text}", "DMAR: {text}bit DMA uses non-identity mapping");
        all.add(IOMMU_DMA_MAPPING, IOMMU_C + " 5.3 to 5.9", DEV + "Using iommu <dma|direct> mapping", DEV + "DMAR: Using iommu <dma|direct> mapping");
        all.add(BOUNCE_PAGES, IOMMU_C + ", since 5.4", DEV + "DMAR: Use Intel IOMMU bounce page dma_ops", P + "No ATS or bounce {text}");
        all.add(PTE_ALREADY_SET, IOMMU_C, P + "ERROR: DMA PTE for vPFN 0x{address:hex} already set ({text})", P + "ERROR: DMA PTE for vPFN {text}");
    }

    private static void errors(Wordings all) {
        all.add(FAULT_STATUS, DMAR_C, "<DMAR: |dmar: |>DRHD: handling fault status reg {status:hex}",
                "<DMAR: |dmar: |>DRHD: handling fault status reg 0x{status:hex}");
        all.add(QI_ERROR, DMAR_C, P + "VT-d detected Invalidation Queue Error: Reason {reason:hex}",
                P + "VT-d detected Invalidation Queue Error: Reason 0x{reason:hex}");
        all.add(QI_TIMEOUT, DMAR_C, P + "VT-d detected Invalidation Time-out Error: SID {source:hex}",
                P + "VT-d detected Invalidation Time-out Error: SID 0x{source:hex}");
        all.add(QI_COMPLETION_ERROR, DMAR_C, P + "VT-d detected Invalidation Completion Error: SID {source:hex}",
                P + "VT-d detected Invalidation Completion Error: SID 0x{source:hex}");
        all.add(QI_DESCRIPTOR, DMAR_C, P + "QI {position:word}: {type} qw0 = 0x{qw0:hex}, qw1 = 0x{qw1:hex}{rest}");
        all.add(QI_CLEARED, DMAR_C, P + "Invalidation Queue Error (IQE) cleared{text}", P + "Invalidation Time-out Error (ITE) cleared{text}",
                P + "Invalidation Completion Error (ICE) cleared{text}");
        all.add(PAGE_REQUEST_ERROR, "linux drivers/iommu/intel/prq.c, svm.c", P + "{unit:word}: Page request {text}", P + "{unit:word}: PRQ {text}",
                P + "Page request {text}", P + "Invalid page request: {text}", "{unit:word}: Page request without PASID: {text}");
        all.add(UNIT_MALFUNCTION, IOMMU_C, P + "{unit:word}: Failed to {text}", P + "Failed to enable irq remapping{text}");
    }

    private static void dumps(Wordings all) {
        all.add(TABLE_DUMP, DMAR_C + " dmar_fault_dump_ptes, CONFIG_DMAR_DEBUG, since 5.18",
                P + "Dump {unit:word} table entries for IOVA 0x{address:hex}");
        all.add(TABLE_ENTRY, DMAR_C + " dmar_fault_dump_ptes", P + "{level} entry: hi 0x{high:hex}, low 0x{low:hex}",
                P + "{level} entry: 0x{value:hex}", P + "{level} entry[{index:hex}]: 0x{value:hex}",
                P + "{level} table entry[{index:hex}]: 0x{value:hex}", P + "pte level: {level:dec}, pte value: 0x{value:hex}");
        all.add(TABLE_MISSING, DMAR_C + " dmar_fault_dump_ptes", P + "{text} table entry is not present", P + "{text} is not present{rest}",
                P + "context table is not present{text}", P + "page table not present at level {text}", P + "root table is not present{text}");
    }

    private static void interrupts(Wordings all) {
        all.add(IR_ENABLED, IR_C, IR + "Enabled IRQ remapping in {mode} mode", "Enabled IRQ remapping in {mode} mode",
                IR + "Enabled Interrupt-remapping{mode}", "Interrupt Remapping {mode}abled");
        all.add(IR_NOT_ENABLED, IR_C, IR + "Not enabl<ing|ed> interrupt remapping{text}", IR + "Failed to enable <irq|Interrupt> remapping.{text}",
                IR + "Not enable interrupt remapping{text}", IR + "Disabling IRQ remapping{text}", "<DMAR-IR: |>IRQ remapping is not supported{text}",
                "<DMAR-IR: |>Interrupt Remapping is not supported{text}", "Failed to enable Interrupt-remapping{text}",
                IR + "Interrupt remapping disabled{text}");
        all.add(IR_IOAPIC, IR_C, IR + "IOAPIC id {id:dec} under DRHD base  0x{base:hex} IOMMU {unit:dec}",
                IR + "IOAPIC id {id:dec} under DRHD base 0x{base:hex}{text}", "IOAPIC id {id:dec} under DRHD base 0x{base:hex} IOMMU {unit:dec}");
        all.add(IR_HPET, IR_C, IR + "HPET id {id:dec} under DRHD base 0x{base:hex}");
        all.add(X2APIC_OPT_OUT, IR_C, IR + "x2apic is disabled because BIOS sets x2apic opt out bit.",
                IR + "Your BIOS is broken and requested that x2apic be disabled.{text}",
                "Your BIOS is broken and requested that x2apic be disabled.{text}");
        all.add(X2APIC_STATE, "linux arch/x86/kernel/apic/apic.c, " + IR_C, IR + "Use 'intremap=no_x2apic_optout' to override {text}", "x2apic{text}",
                "Enabling x2apic{text}", "Enabled x2apic{text}", "Switched APIC routing to {text}", "APIC: Switched APIC routing to: {text}",
                "Setting APIC routing to {text}", "x2apic: IRQ remapping doesn't support X2APIC mode{text}",
                "APIC: ACPI MADT or MP tables are not detected{text}");
        all.add(IR_ERRATUM, "linux arch/x86/kernel/early-quirks.c, " + IR_C,
                "This system BIOS has enabled interrupt remapping on a chipset that contains an erratum making that feature unstable.{text}",
                "on a chipset that contains an erratum making that feature unstable.{text}", "on a chipset that contains an erratum making that",
                IR + "{text} interrupt remapping is being disabled.{rest}");
        all.add(IR_NEEDS_QI, IR_C, IR + "Queued invalidation will be enabled to support {text}");
        all.add(IR_POSTED, IR_C, IR + "{text}posted interrupt{rest}", IR + "Posted MSI{text}");
    }

    private static void kdump(Wordings all) {
        all.add(NOT_KDUMP_IR, IR_C, IR + "IRQ remapping was enabled on {unit:word} but we are not in kdump mode");
        all.add(KDUMP_IR_COPIED, IR_C, IR + "Copied IR table for {unit:word} from previous kernel");
        all.add(KDUMP_IR_COPY_FAILED, IR_C, IR + "Failed to copy IR table for {unit:word} from previous kernel{text}");
        all.add(KDUMP_TRANSLATION_ENABLED, IOMMU_C + ", since 4.2", P + "Translation already enabled - trying to copy translation structures");
        all.add(NOT_KDUMP_TRANSLATION, IOMMU_C, P + "Translation was enabled for {unit:word} but we are not in kdump mode",
                P + "Translation was enabled{text}");
        all.add(KDUMP_TABLES_COPIED, IOMMU_C, P + "Copied translation tables from previous kernel for {unit:word}");
        all.add(KDUMP_COPY_FAILED, IOMMU_C, P + "Failed to copy translation tables from previous kernel for {unit:word}{text}",
                P + "Failed to copy context table{text}");
        all.add(KDUMP_AMD, "linux drivers/iommu/amd/init.c", "Translation is already enabled - trying to copy translation structures",
                "AMD-Vi: Translation is already enabled - trying to copy translation structures{text}",
                "AMD-Vi: Copied DEV table from previous kernel.{text}", "AMD-Vi: Failed to copy DEV table from previous kernel.{text}",
                "<AMD-Vi: |>Copied DEV table{text}");
    }

    private static void groups(Wordings all) {
        all.add(DEFAULT_DOMAIN, CORE_C + ", since 5.3", "iommu: Default domain type: {type:word} ({reason})",
                "iommu: Default domain type: {type:word}");
        all.add(INVALIDATION_POLICY, CORE_C, "iommu: DMA domain TLB invalidation policy: {policy} mode ({reason})",
                "iommu: DMA domain TLB invalidation policy: {policy} mode", "AMD-Vi: Lazy IO/TLB flushing {policy}");
        all.add(GROUP_ADD, CORE_C, DEV + "Adding to iommu group {group:dec}", "iommu: Adding device {device} to group {group:dec}",
                "platform {name:word}: Adding to iommu group {group:dec}", "<acpi|i2c|spi> {name:word}: Adding to iommu group {group:dec}");
        all.add(GROUP_REMOVE, CORE_C, DEV + "Removing from iommu group {group:dec}", "iommu: Removing device {device} from group {group:dec}",
                "Removing device {device} from group {group:dec}");
        all.add(GROUP_FAILED, CORE_C, DEV + "Failed to add to iommu group {group:dec}: {text}",
                "Failed to add device {device} to group {group:dec}: {text}", DEV + "Cannot attach to IOMMU domain{text}");
        all.add(RMRR_INELIGIBLE, IOMMU_C, DEV + "<DMAR: |>Device is ineligible for IOMMU domain attach due to platform RMRR requirement. {text}");
        all.add(DIRECT_MAPPING_REQUIRED, CORE_C + ", since 6.6",
                DEV + "Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device without a 1:1 mapping.{text}");
        all.add(ACS_QUIRK, "linux drivers/pci/quirks.c, pci.c; and an out-of-tree patch",
                DEV + "Intel <PCH|SPT PCH> root port ACS workaround enabled", DEV + "{text}ACS workaround{rest}",
                "Warning: PCIe ACS overrides enabled; {text}", DEV + "ACS mask {text}", "PCI: ACS mask {text}");
    }
}
