package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings about the DMAR table and the units in it. Prefixes: none or {@code dmar: } before 4.2, {@code DMAR: } since. */
final class DmarWordings {

    private static final String DMAR_C = "linux drivers/iommu/intel/dmar.c (drivers/pci/dmar.c, drivers/iommu/dmar.c)";
    private static final String IOMMU_C = "linux drivers/iommu/intel/iommu.c (drivers/pci/intel-iommu.c)";
    private static final String P = "<DMAR: |dmar: |DMAR:|>";
    private static final String BUG = "<DMAR: |dmar: |DMAR-IR: |>[Firmware <Bug|Warn>]: ";

    private DmarWordings() {
    }

    static void declare(Wordings all) {
        structures(all);
        units(all);
        bugs(all);
    }

    private static void structures(Wordings all) {
        all.add(HOST_ADDRESS_WIDTH, DMAR_C, P + "Host address width {width:dec}");
        all.add(DRHD, DMAR_C, P + "DRHD base: 0x{base:hex} flags: 0x{flags:hex}", P + "DRHD base: 0x{base:hex}");
        all.add(RMRR, DMAR_C, P + "RMRR base: 0x{base:hex} end: 0x{end:hex}");
        all.add(ATSR, DMAR_C, P + "ATSR flags: 0x{flags:hex}");
        all.add(SATC, DMAR_C, P + "SATC flags: 0x{flags:hex}");
        all.add(RHSA, DMAR_C, P + "RHSA base: 0x{base:hex} proximity domain: 0x{proximity:hex}",
                P + "RHSA base: 0x{base:hex} proximity domain: {proximity:hex}");
        all.add(ANDD, DMAR_C, P + "ANDD device: {number:hex} name: {name}");
        all.add(ACPI_DEVICE_SCOPE, DMAR_C, P + "ACPI device \"{name}\" under DMAR at {base:hex} as {source}",
                P + "ACPI device \"{name}\" under DMAR at 0x{base:hex} as {source}");
        all.add(DMAR_NONE_FOUND, DMAR_C, P + "No {structure:word} found");
        all.add(DMAR_PARSE_FAILED, DMAR_C, P + "<Parse|parse> DMAR table failure.{text}", P + "Invalid DMAR table{text}",
                P + "Unknown DMAR structure type {text}", P + "Invalid 0-length structure{text}", P + "Record passes table end{text}",
                P + "No DMAR devices found{text}");
        all.add(DMAR_NOT_FOUND, DMAR_C, P + "No DMAR devices found{text}", P + "Unable to map DMAR{text}", "DMAR table not found{text}");
        all.add(UNIT_MALFUNCTION, IOMMU_C, "DMAR hardware is malfunctioning{text}", P + "Queued invalidation hardware {text}");
    }

    private static void units(Wordings all) {
        all.add(UNIT_REGISTERS, DMAR_C + ", since 3.2",
                P + "{unit:word}: reg_base_addr {base:hex} ver {major:hex}:{minor:hex} cap {cap:hex} ecap {ecap:hex}");
        all.add(UNIT_REGISTERS, DMAR_C, P + "IOMMU {unit:dec}: reg_base_addr {base:hex} ver {major:hex}:{minor:hex} cap {cap:hex} ecap {ecap:hex}",
                "IOMMU {base:hex}: ver {major:hex}:{minor:hex} cap {cap:hex} ecap {ecap:hex}");
        all.add(UNIT_FEATURE_INCONSISTENT, "linux drivers/iommu/intel/cap_audit.c, since 5.12", P + "IOMMU feature {feature:word} inconsistent");
        all.add(UNIT_UNMAPPABLE, DMAR_C, P + "Can't reserve memory{text}", P + "Failed to map {text}", P + "can't map the region{text}",
                P + "Cannot get a valid agaw {text}", P + "Cannot calculate agaw{text}");
    }

    private static void bugs(Wordings all) {
        all.add(DMAR_ADDRESS_ZERO, DMAR_C, BUG + "Your BIOS is broken; DMAR reported at address <0|zero>!{text}",
                "Your BIOS is broken; DMAR reported at address <0|zero>!{text}");
        all.add(DMAR_ALL_ONES, DMAR_C, BUG + "Your BIOS is broken; DMAR reported at address {base:word} returns all ones!{text}",
                "Your BIOS is broken; DMAR reported at address {base:word} returns all ones!{text}");
        all.add(RMRR_NOT_RESERVED, IOMMU_C,
                BUG + "No firmware reserved region can cover this RMRR [0x{base:hex}-0x{end:hex}], contact BIOS vendor for fixes{text}",
                BUG + "No firmware reserved region can cover this RMRR [{base:hex}], contact BIOS vendor for fixes{text}");
        all.add(RMRR_BAD, IOMMU_C, BUG + "Your BIOS is broken; bad RMRR [0x{base:hex}-0x{end:hex}]{text}",
                "Your BIOS is broken; bad RMRR [0x{base:hex}-0x{end:hex}]{text}", BUG + "Your BIOS is broken; RMRR ends before it starts!{text}",
                "Your BIOS is broken; RMRR ends before it starts!{text}");
        all.add(IR_NOT_IN_SCOPE, "linux drivers/iommu/intel/irq_remapping.c ir_parse_ioapic_hpet_scope, intel_prepare_irq_remapping",
                BUG + "ioapic {id:dec} has no mapping iommu, interrupt remapping will be disabled");
        all.add(BIOS_IDENTITY, "linux lib/warn, kernel/panic.c WARN_TAINT of the lines above",
                "BIOS vendor: {vendor}; Ver: {version}; Product Version: {product}");
        all.add(DMAR_SCOPE_MISSING, DMAR_C, P + "Device scope device [{text}] not found", P + "Unsupported device scope{text}",
                P + "Failed to find handle for ACPI object {text}", P + "Device scope type does not match for {text}");
        all.add(DMAR_FIRMWARE_BUG, DMAR_C, BUG + "Your BIOS is broken; {text}", "DMAR: [Firmware Bug]: {text}", "dmar: [Firmware Bug]: {text}",
                "DMAR-IR: [Firmware Bug]: {text}", "DMAR: [Firmware Warn]: {text}", "Your BIOS is broken; {text}", "BIOS bug: {text}");
    }
}
