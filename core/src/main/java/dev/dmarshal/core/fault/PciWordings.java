package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings of the PCI core: what was found, resets, power, AER, hot plug. */
final class PciWordings {

    private static final String PROBE = "linux drivers/pci/probe.c";
    private static final String PCI_C = "linux drivers/pci/pci.c";
    private static final String DEV = "{driver} {device}: ";

    private PciWordings() {
    }

    static void declare(Wordings all) {
        found(all);
        resources(all);
        resets(all);
        errors(all);
    }

    private static void found(Wordings all) {
        all.add(PCI_DEVICE, PROBE + " pci_setup_device", DEV + "[{vendor:hex}:{product:hex}] type {type:hex} class 0x{class:hex} {rest}",
                DEV + "[{vendor:hex}:{product:hex}] type {type:hex} class 0x{class:hex}",
                DEV + "found [{vendor:hex}:{product:hex}] class {class:hex} header type {type:hex}");
        all.add(PCI_BRIDGE, PROBE, DEV + "PCI bridge to [bus {buses}]{rest}", DEV + "<bridge|PCI bridge>, secondary bus {buses}");
        all.add(PCI_BRIDGE_WINDOW, PROBE, DEV + "  bridge window [{range}]{rest}", DEV + "bridge window [{range}]{rest}",
                DEV + "  bridge window {range}");
        all.add(PCI_HOST_BRIDGE, "linux drivers/acpi/pci_root.c", "ACPI: PCI Root Bridge [{name}] (domain {segment:hex} [bus {buses}])",
                "ACPI: PCI Root Bridge [{name}] ({segment:hex}:{buses:hex})", "PCI host bridge to bus {segment:hex}:{buses:hex}");
        all.add(PCI_ROOT, PROBE, "pci_bus {text}");
        all.add(PCI_MMCONFIG, "linux arch/x86/pci/mmconfig-shared.c", "PCI: MMCONFIG {text}", "PCI: ECAM {text}", "PCI: not using MMCONFIG{text}",
                "PCI: Using {text} for {rest}", "[Firmware <Bug|Info>]: PCI: <MMCONFIG|ECAM> {text}");
    }

    private static void resources(Wordings all) {
        all.add(PCI_BAR, PROBE + " and setup-res.c", DEV + "reg 0x{bar:hex}: [{range}]{rest}", DEV + "reg {bar:hex}: [{range}]{rest}",
                DEV + "BAR {bar:word} [{range}]{rest}", DEV + "ROM [{range}]{rest}");
        all.add(BAR_RESERVE_FAILED, PCI_C + " __pci_request_region", DEV + "BAR {bar:word}: can't reserve [{range}]{rest}",
                DEV + "BAR {bar:word} [{range}]: can't reserve{rest}", DEV + "BAR {bar:word}: can't reserve {range}");
        all.add(BAR_FAILED, "linux drivers/pci/setup-res.c, setup-bus.c", DEV + "BAR {bar:word}: no space for [{text}",
                DEV + "BAR {bar:word}: failed to assign [{text}", DEV + "BAR {bar:word} [{range}]: can't assign; {text}",
                DEV + "BAR {bar:word} [{range}]: failed to {text}", DEV + "can't claim BAR {bar:word} {text}",
                DEV + "BAR {bar:word}: error updating {text}", DEV + "bridge window [{range}]: can't {text}",
                DEV + "BAR {bar:word} [{range}]: can't claim; {text}");
        all.add(DEVICE_ENABLED, "linux drivers/pci/setup-res.c pci_enable_resources", DEV + "enabling device ({from:hex} -> {to:hex})");
        all.add(PCI_PME, PCI_C, DEV + "PME# supported from {text}", DEV + "PME# disabled{text}", DEV + "supports D1 D2{text}",
                DEV + "supports D1{text}");
        all.add(ROM_INVALID, "linux drivers/pci/rom.c, drivers/vfio/pci", DEV + "Invalid PCI ROM header signature: {text}",
                DEV + "Invalid ROM contents{text}", DEV + "Invalid PCI ROM data signature: {text}", DEV + "No more image in the PCI ROM{text}",
                DEV + "option ROM {text}");
        all.add(VGA_ARBITER, "linux drivers/pci/vgaarb.c", DEV + "vgaarb: {text}", "vgaarb: {text}");
        all.add(PCI_ATS, "linux drivers/pci/ats.c", DEV + "ATS {text}", DEV + "PASID {text}", DEV + "PRI {text}");
        all.add(MSI_FAILED, "linux drivers/pci/msi, drivers", DEV + "not enough MSI-X vectors{text}", DEV + "Failed to enable MSI{text}",
                DEV + "can't <enable|allocate> MSI{text}", "{device}: not enough MSI-X vectors{text}", DEV + "MSI-X {text}",
                DEV + "Unable to allocate MSI{text}", DEV + "failed to allocate MSI{text}", DEV + "MSI: failed{text}");
    }

    private static void resets(Wordings all) {
        all.add(RESET_NOT_READY, PCI_C + " pci_dev_wait", DEV + "not ready {millis:dec}ms after {reset}; giving up",
                DEV + "not ready {millis:dec}ms after {reset}; waiting", DEV + "Failed to return from <FLR|PCIe FLR|AF FLR>{reset}",
                DEV + "timed out waiting for pending transaction; performing {reset} anyway",
                DEV + "transaction is not cleared; proceeding with reset anyway{reset}", DEV + "device not ready, {reset}",
                DEV + "not ready after {reset}");
        all.add(RESET_READY, PCI_C + " pci_dev_wait", DEV + "ready {millis:dec}ms after {reset}");
        all.add(POWER_STATE_FAILED, PCI_C, DEV + "Unable to change power state from {from:word} to {to:word}, device inaccessible",
                DEV + "<can't|Unable to> change power state from {from:word} to {to:word} ({text})",
                DEV + "can't change power state from {from:word} to {to:word}{text}",
                DEV + "Refused to change power state<, currently in | from >{from:word} to {to:word}",
                DEV + "Refused to change power state, currently in {from:word}",
                DEV + "Unable to change power state from unknown to {to:word}, device inaccessible");
    }

    private static void errors(Wordings all) {
        all.add(AER_ERROR, "linux drivers/pci/pcie/aer.c", DEV + "<AER: |>PCIe Bus Error: severity={severity}, type={text}",
                DEV + "AER: {severity} error<s|> received: {text}", DEV + "AER: {severity} error message received from {text}",
                DEV + "AER: Multiple {severity} error{text}");
        all.add(AER_RECOVERY, "linux drivers/pci/pcie/err.c", DEV + "AER: {text} recovery {rest}", DEV + "AER: device recovery {text}",
                DEV + "device recovery {text}", DEV + "AER: Root Port link has been reset{text}", DEV + "AER: subordinate device reset {text}",
                DEV + "AER: can't recover{text}");
        all.add(AER_DETAIL, "linux drivers/pci/pcie/aer.c", DEV + "  device [{vendor:hex}:{product:hex}] error status/mask={text}",
                DEV + "  device [{text}", DEV + "device [{vendor:hex}:{product:hex}] error status/mask={text}",
                DEV + "<AER: |>  Error of this Agent is reported first", DEV + "<AER: |>  TLP Header: {text}", DEV + "<AER: |>TLP Header: {text}",
                DEV + "AER:   {text}", DEV + "   [{bit}] {text}", DEV + "  [{bit}] {text}", DEV + "AER: {text}");
        all.add(HOTPLUG, "linux drivers/pci/hotplug/pciehp", DEV + "pciehp: {text}", DEV + "Slot({text}", "pciehp {text}", DEV + "Slot #{text}");
    }
}
