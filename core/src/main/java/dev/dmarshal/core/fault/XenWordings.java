package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings of Xen's hypervisor, of dom0's pciback and of the tool stack. */
final class XenWordings {

    private static final String VTD = "xen xen/drivers/passthrough/vtd";
    private static final String X = "(XEN) ";
    private static final String V = "(XEN) [VT-D]";

    private XenWordings() {
    }

    static void declare(Wordings all) {
        boot(all);
        vtd(all);
        walk(all);
        amd(all);
        dom0(all);
        tools(all);
    }

    private static void boot(Wordings all) {
        all.add(XEN_VERSION, "xen xen/drivers/char/console.c", X + "Xen version {version:word} {rest}", X + "Xen version {version:word}");
        all.add(XEN_VERSION, "linux arch/x86/xen/enlighten_pv.c", "Xen version: {version:word}{rest}");
        all.add(XEN_COMMAND_LINE, "xen xen/arch/x86/setup.c", X + "Command line: {arguments}", X + "Command line:{arguments}");
        all.add(XEN_IOMMU_ENABLED, "xen xen/drivers/passthrough/iommu.c", X + "I/O virtuali<s|z>ation enabled{text}");
        all.add(XEN_IOMMU_DISABLED, "xen xen/drivers/passthrough/iommu.c", X + "I/O virtuali<s|z>ation disabled{text}");
        all.add(XEN_DOM0_MODE, "xen xen/drivers/passthrough/iommu.c", X + "- Dom0 mode: {mode}", X + "Dom0 mode: {mode}");
        all.add(XEN_IR, "xen xen/drivers/passthrough/iommu.c", X + "Interrupt remapping {state}");
        all.add(XEN_VTD_FEATURE, VTD + "/iommu.c", X + "Intel VT-d {feature} {state:word}.", X + "Intel VT-d {feature} {state:word}",
                X + "Intel VT-d {feature} {state} page sizes: {text}", X + "Intel VT-d supported page sizes: {state}");
    }

    private static void vtd(Wordings all) {
        all.add(RMRR_INELIGIBLE, VTD + "/iommu.c intel_iommu_assign_device", V + "< |>It's disallowed to assign {device} with shared RMRR {text}");
        all.add(XEN_DMAR, VTD + "/dmar.c acpi_parse_dmar", X + "Failed to parse ACPI DMAR{text}");
        all.add(XEN_DMAR, VTD + "/dmar.c", V + "found ACPI_DMAR_{text}", V + "{text}", V + "dmar.c:{text}", V + "Host address width {text}",
                V + "<Failed|failed> to parse {text}", V + "RMRR{text}", V + "DMAR: {text}", V + "RMRR{text}");
        all.add(XEN_IOMMU_DISABLED, VTD + "/iommu.c", V + "iommu.c:{text}iommu_enable = 0{rest}");
        all.add(XEN_VTD_OTHER, VTD + "/quirks.c, iommu.c", V + "{text}");
        all.add(XEN_PCI, "xen xen/arch/x86/mm/p2m.c", X + "d{domain:dec}: GFN {text} not permitted");
        all.add(XEN_PCI, "xen xen/drivers/passthrough/pci.c", X + "PCI add device {device}{text}", X + "PCI remove device {device}{text}",
                X + "PCI add virtual function {device}{text}", X + "{device}: {text}",
                X + "{device} already assigned, or non-existent{text}", X + "d{domain:dec}: {text} {device}{rest}",
                X + "deassign {device}{text}", X + "assign {text}", X + "XEN_DOMCTL_{text}");
    }

    private static void walk(Wordings all) {
        all.add(XEN_WALK, VTD + "/utils.c print_vtd_entries", X + "print_vtd_entries: iommu #{unit:dec} dev {device} gmfn {frame:hex}",
                X + "print_vtd_entries: iommu {unit:word} dev {device} gmfn {frame:hex}", X + "print_vtd_entries: iommu = {unit:word}{rest}",
                X + "print_vtd_entries: {text}");
        all.add(XEN_WALK_ENTRY, VTD + "/utils.c print_vtd_entries", X + "root_entry[{index:hex}] = {value:hex}{rest}",
                X + "context[{index:hex}] = {value:word}{rest}", X + "l{level:dec}[{index:hex}] = {value:hex}{rest}",
                X + "l{level:dec}_index = {index:hex}{rest}", X + "{level} not present", X + "root_entry[{index:hex}] = {value:hex}{rest}",
                X + "context[{index:hex}] = {value:word}{rest}", X + "l{level:dec}[{index:hex}] = {value:hex}{rest}",
                X + "root_entry = {value:hex}{rest}", X + "context = {value:word}{rest}", X + "l{level:dec} = {value:hex}{rest}",
                X + "{level} entry not present{rest}");
    }

    private static void amd(Wordings all) {
        all.add(XEN_AMD, "xen xen/drivers/passthrough/amd", X + "AMD-Vi: {text}", X + "AMD IOMMU: {text}");
    }

    private static void dom0(Wordings all) {
        all.add(PCIBACK_FAILED, "linux drivers/xen/xen-pciback", "<xen_pciback: |xen-pciback: |pciback: |>Error parsing pci_devs_to_hide at {text}",
                "pciback {device}: <can't|cannot|failed|Could not|error|MSI-X preparation failed> {text}", "{text}****** removing device {rest}",
                "pciback {device}: Driver tried to write to a read-only configuration space field {text}",
                "<xen_pciback|xen-pciback|pciback>: <error|Error|could not|can't> {text}", "pciback {device}: FLR {text}",
                "pciback {device}: not ready {text}", "pciback {device}: guest with no AER driver {text}", "xen_pciback: {text} failed{rest}");
        all.add(PCIBACK, "linux drivers/xen/xen-pciback", "pciback {device}: {text}", "<xen_pciback|xen-pciback|pciback>: {text}",
                "xen_pciback {text}", "<pcifront|pciback> pci-{text}");
    }

    /** libxl says what it asked of QEMU and what QEMU answered; QEMU's own words are in its log ({@code xen_pt_log}). */
    private static void model(Wordings all) {
        all.add(DEVICE_MODEL_FAILED, "xen tools/libs/light/libxl_qmp.c, libxl_exec.c, libxl_dm.c (tools/libxl up to 4.14)",
                "{text}libxl: error: libxl_qmp.c:{line:dec}:{function:word} {rest}",
                "{text}libxl: error: libxl_exec.c:{line:dec}:{function:word} {domain}device model{rest}",
                "{text}libxl: error: libxl_dm.c:{line:dec}:{function:word} {rest}");
        all.add(DEVICE_MODEL_FAILED, "qemu hw/xen/xen_pt.c, xen_pt_msi.c, xen_pt.h XEN_PT_ERR", "{text}xen_pt_{function:word} Error: {rest}",
                "{text}msi_msix_{function:word} Error: {rest}", "{text}Need to enable igd-passthru{rest}",
                "{text}Write-back to unknown field {rest}");
    }

    private static void tools(Wordings all) {
        model(all);
        all.add(DEVICE_MODEL_WITHOUT_PASSTHROUGH, "xen tools/python/xen/xend/XendDomainInfo.py, to 4.4",
                "{text}Device model didn't tell the vslots for PCI device{rest}");
        all.add(XL_PCI_FAILED, "xen tools/libs/light/libxl_pci.c", "libxl: error: libxl_pci.c:{line:dec}:{function:word} {text}",
                "libxl: error: {text}PCI{rest}", "{text}libxl_pci.c:{rest}", "xl: {text} PCI {rest}",
                "PCI device {device} is not an assignable PCI device{text}", "{text} is not assignable to {rest}",
                "libxl: warning: libxl_pci.c:{text}", "{text}pci: improper device assignment specified: {rest}",
                "libxl: error: {text}/backend/pci/{rest}", "{text}'xen-pci-passthrough' is not a valid device model name{rest}",
                "{text}non-page-aligned MMIO BAR{rest}", "{text}pci: PCI Backend does not own device {rest}", "{text}is not owned by pciback{rest}");
        all.add(XL_PCI_FAILED, "xen tools/libs/light/libxl_create.c, tools/xl/xl_parse.c", "{text}passthrough not supported on this platform{rest}",
                "{text}passthrough disabled but devices are specified{rest}", "{text}not supported together with PoD{rest}",
                "{text}unable to parse PCI_SPEC_STRING {rest}", "{text}unable to parse PCI BDF {rest}");
        all.add(XL_PCI_FAILED, "xen tools/python/xen/xend, tools/python/xen/util/pci.py, to 4.4", "{text}doesn't support VT-d, or VT-d isn't enabled{rest}",
                "{text}PCI Backend and pci-stub don't own {rest}", "{text}must be co-assigned to the same guest with {rest}",
                "{text}failed to assign device since pod is enabled{rest}", "{text}already been assigned to other domain{rest}",
                "{text}Failed to assign device to IOMMU {rest}", "{text}Device model reported an error: {rest}");
        missing(all);
    }

    /** What stands in a log when a driver, a daemon or a door to the hypervisor is not there. */
    private static void missing(Wordings all) {
        all.add(XL_PCI_FAILED, "kmod tools/modprobe.c; module-init-tools modprobe.c", "modprobe: {text}pciback not found{rest}",
                "{text}FATAL: Module <xen-pciback|xen_pciback|pciback> not found{rest}",
                "{text}could not insert '<xen_pciback|xen-pciback|pciback>': {rest}", "{text}/sys/bus/pci/drivers/pciback{rest}");
        all.add(MODULE_MISSING, "kmod tools/modprobe.c; module-init-tools modprobe.c", "{text}FATAL: Module <pci-stub|pci_stub> not found{rest}");
        all.add(XL_PCI_FAILED, "xen tools/libs/call/core.c, tools/libxc/xc_private.c, tools/libs/light/libxl.c, tools/xl/xl.c; qemu hw/xen",
                "{text}Could not obtain handle on privileged command interface{rest}", "{text}cannot init xl context{rest}",
                "{text}failed to connect to xenstore{rest}", "{text}can't connect to xenstored{rest}", "{text}Is xenstore daemon running?{rest}",
                "{text}cannot open libxc handle{rest}", "{text}Unable to connect to xend{rest}", "<xenstore-ls|xenstore-read|xenstore>: xs_open: {rest}");
    }
}
