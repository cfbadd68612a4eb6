package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings of drivers whose trouble goes with remapping faults, or is taken for it. */
final class DriverWordings {

    private static final String DEV = "{driver} {device}: ";

    private DriverWordings() {
    }

    static void declare(Wordings all) {
        gpu(all);
        storage(all);
        network(all);
        general(all);
    }

    private static void gpu(Wordings all) {
        all.add(GPU_HANG, "linux drivers/gpu/drm", DEV + "[drm] GPU HANG: {text}", "[drm] GPU HANG: {text}",
                DEV + "[drm] *ERROR* ring {text} timeout{rest}", "[drm:amdgpu_job_timedout {text}", DEV + "amdgpu: ring {text} timeout{rest}",
                DEV + "amdgpu: GPU reset begin!{text}", DEV + "GPU reset begin!{text}", DEV + "GPU reset({text}", DEV + "amdgpu: GPU reset({text}",
                "NVRM: Xid {text}", DEV + "[drm] *ERROR* {text} timed out{rest}", DEV + "[drm] *ERROR* {text}", DEV + "[drm] Resetting {text}",
                DEV + "i915 pipe {text}");
    }

    private static void storage(Wordings all) {
        all.add(DEVICE_TIMEOUT, "linux drivers/nvme/host/pci.c", "nvme {name:word}: I/O {text} timeout, {rest}",
                "nvme nvme{name:dec}: I/O tag {text} timeout, {rest}", "nvme nvme{name:dec}: {text} timeout{rest}",
                "nvme nvme{name:dec}: {text} QID {rest}");
        all.add(DEVICE_RESET, "linux drivers/nvme/host", "nvme nvme{name:dec}: controller is down; will reset: {text}",
                "nvme nvme{name:dec}: Abort status: {text}", "nvme nvme{name:dec}: Device not ready; {text}",
                "nvme nvme{name:dec}: Removing after probe failure status: {text}", "nvme nvme{name:dec}: resetting controller{text}");
        all.add(STORAGE_ERROR, "linux drivers/ata/libata-eh.c", "ata{port:word}: exception Emask {text}", "ata{port:word}: failed command: {text}",
                "ata{port:word}: qc timeout {text}", "ata{port:word}: SError: {text}", "ata{port:word}: hard resetting link{text}",
                "ata{port:word}: COMRESET failed{text}", "ata{port:word}: softreset failed{text}", "ata{port:word}: disabled{text}",
                "ata{port:word}: failed to IDENTIFY{text}", "ata{port:word}: link is slow to respond{text}");
        all.add(STORAGE_ERROR, "linux drivers/scsi", "mpt{generation:word}_cm{name:dec}: {text}fault{rest}",
                "mpt{generation:word}_cm{name:dec}: {text}diag reset{rest}", "mpt{generation:word}_cm{name:dec}: {text}failed{rest}",
                "mpt{generation:word}_cm{name:dec}: {text}FAILED{rest}", "mpt{generation:word}_cm{name:dec}: {text}timeout{rest}",
                "sd {address:word} [{disk}] tag#{text}FAILED Result: {rest}", "blk_update_request: I/O error{text}", "I/O error, dev {text}",
                "Buffer I/O error on {text}", "scsi host{name:dec}: {text} reset{rest}");
        all.add(STORAGE_OTHER, "linux drivers/scsi and out-of-tree drivers", "mpt{generation:word}_cm{name:dec}: {text}", "megasas: {text}",
                "aacraid: {text}", "arcmsr{text}", "rr26{text}", "hptmv{text}", "hpt{name:word}: {text}");
    }

    private static void network(Wordings all) {
        all.add(NET_TIMEOUT, "linux net/sched/sch_generic.c", "NETDEV WATCHDOG: {text}", DEV + "NETDEV WATCHDOG: {text}",
                "{driver} {device} {name}: NETDEV WATCHDOG: {text}", "{driver} {device} {name}: Detected Tx Unit Hang{text}",
                "{driver} {device} {name}: Detected Hardware Unit Hang{text}", "{driver} {device} {name}: tx timeout{text}",
                "{driver} {device} {name}: transmit queue {text} timed out{rest}", "{driver} {device}: Detected {text} Unit Hang{rest}");
        all.add(LINK_DOWN, "linux drivers/net", "{driver} {device} {name:word}: NIC Link is Down{text}",
                "{driver} {device} {name:word}: Link is down{text}", "{driver}: {name:word} NIC Link is Down{text}", DEV + "Link is down{text}",
                DEV + "link is down{text}", "{driver} {device} {name:word}: link is down{text}", DEV + "Lost link{text}",
                "{driver} {device} {name:word}: Link down{text}");
        all.add(DEVICE_RESET, "linux drivers/net", "{driver} {device} {name:word}: Reset adapter{text}",
                "{driver} {device} {name:word}: initiating reset {text}", DEV + "Reset adapter{text}", DEV + "Adapter removed{text}",
                "{driver} {device} {name:word}: Adapter removed{text}");
        all.add(STORAGE_ERROR, "linux drivers/net/ethernet/mellanox", "mlx5_core {device}: {text} timeout{rest}");
    }

    private static void general(Wordings all) {
        all.add(HELD_OPEN, "NVIDIA nvidia.ko; kmod tools", "NVRM: Attempting to remove device {device} with non-zero usage count{text}",
                "NVRM: Attempting to remove {text} with non-zero usage count{rest}", "<rmmod: ERROR: |modprobe: FATAL: >Module {module:word} is in use{text}");
        all.add(PROBE_FAILED, "linux drivers/base/dd.c", DEV + "probe with driver {name:word} failed with error {text}",
                "{driver}: probe of {device} failed with error {text}", DEV + "probe failed{text}", DEV + "init failed{text}",
                DEV + "Fatal error during {text}", DEV + "Direct firmware load for {text}", DEV + "can't derive routing for PCI INT {text}");
        all.add(DEVICE_TIMEOUT, "linux drivers", DEV + "{text} timeout{rest}", DEV + "{text} timed out{rest}", DEV + "Timeout {text}",
                DEV + "Timed out {text}", DEV + "timeout {text}");
        all.add(DEVICE_RESET, "linux drivers/usb/host/xhci", DEV + "xHCI host not responding {text}",
                DEV + "xHCI host controller not responding, {text}", DEV + "HC died; {text}", DEV + "WARNING: Host System Error{text}",
                DEV + "Host halt failed, {text}", DEV + "host controller not {text}", DEV + "Abort failed to stop command ring{text}");
    }
}
