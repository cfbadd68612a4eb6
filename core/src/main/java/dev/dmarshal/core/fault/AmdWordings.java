package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings of AMD-Vi under Linux. */
final class AmdWordings {

    private static final String INIT = "linux drivers/iommu/amd/init.c (drivers/iommu/amd_iommu_init.c)";
    private static final String DEV = "{driver} {device}: ";

    private AmdWordings() {
    }

    static void declare(Wordings all) {
        all.add(AMD_FOUND, INIT, DEV + "AMD-Vi: Found IOMMU cap 0x{capability:hex}", "AMD-Vi: Found IOMMU at {device} cap 0x{capability:hex}",
                "AMD-Vi: Enabling IOMMU at {device} cap 0x{capability:hex}", "AMD-Vi: Enabling IOMMU at {device} cap 0x{capability:hex} {text}");
        all.add(AMD_FEATURES, INIT, "AMD-Vi: Extended features ({bits}): {text}", "AMD-Vi: Extended features ({bits}):{text}",
                DEV + "AMD-Vi: Extended features ({bits}):{text}", "AMD-Vi: Extended features: {text}",
                "AMD-Vi: Using global IVHD EFR:{bits}, EFR2:{text}", DEV + "AMD-Vi: IOMMU performance counters supported{text}",
                "perf/amd_iommu: Detected AMD IOMMU {text}", "perf: AMD IOMMU detected{text}", "perf: amd_iommu: Detected{text}");
        all.add(AMD_IR_ENABLED, INIT, "AMD-Vi: Interrupt remapping enabled{text}", "AMD-Vi: X2APIC enabled", "AMD-Vi: Virtual APIC enabled");
        all.add(AMD_IR_DISABLED, INIT, "AMD-Vi: Disabling interrupt remapping{text}", "AMD-Vi: Interrupt remapping disabled{text}",
                "AMD-Vi: Failed to enable interrupt remapping{text}");
        all.add(AMD_FIRMWARE_BUG, INIT, "<AMD-Vi: |>[Firmware <Bug|Warn>]: AMD-Vi: {text}", "AMD-Vi: [Firmware <Bug|Warn>]: {text}",
                "AMD-Vi: No southbridge IOAPIC found{text}", "AMD-Vi: IVRS {text}");
        all.add(AMD_COMPLETION_TIMEOUT, "linux drivers/iommu/amd/iommu.c", "AMD-Vi: Completion-Wait loop timed out{text}",
                "<iommu |>ivhd{unit:dec}: AMD-Vi: Completion-Wait {text}", "AMD-Vi: Command buffer timeout{text}",
                DEV + "AMD-Vi: Completion-Wait loop timed out{text}");
        all.add(AMD_EVENT_LOG, "linux drivers/iommu/amd/init.c", "AMD-Vi: IOMMU <Event|event|PPR|GA> log {text}", "AMD-Vi: IOMMU event log {text}",
                "AMD-Vi: Event logged [{text}", DEV + "AMD-Vi: IOMMU <Event|event> log {text}", DEV + "AMD-Vi: Event logged [{text}");
        all.add(AMD_TABLE_DUMP, "linux drivers/iommu/amd/iommu.c dump_dte_entry", "AMD-Vi: DTE[{index:dec}]: {value:hex}",
                DEV + "AMD-Vi: DTE[{index:dec}]: {value:hex}", "AMD-Vi: CMD[{index:dec}]: {value:hex}");
        all.add(AMD_MODE, INIT, "AMD-Vi: Initialized for Passthrough Mode{text}", "AMD-Vi: device isolation {text}",
                "AMD-Vi: Lazy IO/TLB flushing {text}", "AMD-Vi: IO/TLB flush on unmap enabled{text}", "AMD-Vi: Unknown option{text}",
                "AMD-Vi: V<1|2> page table {text}", "AMD-Vi: AMD IOMMU disabled{text}");
    }
}
