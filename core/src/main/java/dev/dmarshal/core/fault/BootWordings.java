package dev.dmarshal.core.fault;

import static dev.dmarshal.core.fault.MessageKind.*;

/** Wordings about the kernel, its parameters, the machine and its memory. */
final class BootWordings {

    private BootWordings() {
    }

    static void declare(Wordings all) {
        kernel(all);
        memory(all);
        state(all);
    }

    private static void kernel(Wordings all) {
        all.add(LINUX_VERSION, "linux init/version.c linux_banner", "Linux version {version:word} {rest}", "Linux version {version:word}");
        all.add(COMMAND_LINE, "linux arch/x86/kernel/setup.c", "Command line: {arguments}");
        all.add(COMMAND_LINE, "linux init/main.c", "Kernel command line: {arguments}");
        all.add(UNKNOWN_PARAMETERS, "linux init/main.c print_unknown_bootoptions, since 5.14",
                "Unknown kernel command line parameters \"{arguments}\", will be passed to user space.",
                "Unknown command line parameters: {arguments}");
        all.add(DMI, "linux drivers/firmware/dmi_scan.c", "DMI: {machine}");
        all.add(HYPERVISOR_DETECTED, "linux arch/x86/kernel/cpu/hypervisor.c", "Hypervisor detected: {name}",
                "Booting paravirtualized kernel on {name}");
        all.add(CPU_NAME, "linux arch/x86/kernel/smpboot.c", "smpboot: CPU0: {name}", "CPU0: {name}");
        all.add(LOCKDOWN, "linux security/lockdown, arch/x86/kernel/setup.c", "Kernel is locked down from {text}", "secureboot: Secure boot {text}",
                "Lockdown: {text}");
        all.add(ACPI_TABLE, "linux drivers/acpi/acpica/tbprint.c acpi_tb_print_table_header",
                "ACPI: {signature:word} 0x{address:hex} {length:hex} ({text})", "ACPI: {signature:word} {address:hex}, {length:hex} ({text})",
                "ACPI: {signature:word} {address:hex} {length:hex} ({text})", "ACPI: {signature:word} 0x{address:hex} {length:hex}");
        all.add(ACPI_TABLE, "linux drivers/acpi/tables.c, since 5.11", "ACPI: Reserving {signature:word} table memory at [mem {text}]");
    }

    private static void memory(Wordings all) {
        all.add(MEMORY_RANGE, "linux arch/x86/kernel/e820.c, drivers/xen", "BIOS-e820: [mem 0x{first:hex}-0x{last:hex}] {type}",
                "BIOS-e820: [gap 0x{first:hex}-0x{last:hex}]{type}", "BIOS-e820: {first:hex} - {last:hex} ({type})",
                "Xen: [mem 0x{first:hex}-0x{last:hex}] {type}");
        all.add(MEMORY_RANGE, "xen xen/arch/x86/e820.c", "(XEN) [{first:hex}, {last:hex}] ({type})", "(XEN) {first:hex} - {last:hex} ({type})");
        all.add(MEMORY_RANGE_CHANGED, "linux arch/x86/kernel/e820.c", "e820: update [mem 0x{first:hex}-0x{last:hex}] {type}",
                "e820: remove [mem 0x{first:hex}-0x{last:hex}] {type}", "e820: reserve RAM buffer [mem 0x{first:hex}-0x{last:hex}]{type}",
                "reserve setup_data: [mem 0x{first:hex}-0x{last:hex}] {type}",
                "PM: hibernation: Registered nosave memory: [mem 0x{first:hex}-0x{last:hex}]{type}", "extended physical RAM map: {type}",
                "user: [mem 0x{first:hex}-0x{last:hex}] {type}", "modified: [mem 0x{first:hex}-0x{last:hex}] {type}");
        all.add(CRASHKERNEL_RESERVED, "linux arch/x86/kernel/setup.c reserve_crashkernel, to 6.7",
                "Reserving {size}MB of memory at {base}MB for crashkernel (System RAM: {text}MB)",
                "Reserving {size}MB of low memory at {base}MB for crashkernel ({text})", "crashkernel reserved: {base:word} - {text} ({size} MB)",
                "crashkernel low memory reserved: {base:word} - {text} ({size} MB)");
        all.add(CRASHKERNEL_FAILED, "linux kernel/crash_reserve.c, arch/x86/kernel/setup.c", "crashkernel reservation failed{text}",
                "crashkernel: {text}", "cannot allocate crashkernel{text}", "Cannot reserve {text} for crashkernel");
    }

    private static void state(Wordings all) {
        all.add(CALLBACKS_SUPPRESSED, "linux lib/ratelimit.c", "{function:word}: {count:dec} callbacks suppressed",
                "{function:word}: {count:dec} output lines suppressed due to ratelimiting");
        all.add(CALLBACKS_SUPPRESSED, "linux drivers", "net_ratelimit: {count:dec} callbacks suppressed");
        all.add(PRINTK_DROPPED, "linux kernel/printk/printk.c", "** {count:dec} printk messages dropped **{rest}");
        all.add(PRINTK_DROPPED, "systemd src/journal", "Missed {count:dec} kernel messages", "Suppressed {count:dec} messages from {rest}");
        all.add(PRINTK_DROPPED, "xen xen/common/ratelimit, drivers/char/console.c", "(XEN) printk: {count:dec} messages suppressed.",
                "printk: {count:dec} messages suppressed.", "imklog: lost {count:dec} messages{rest}", "imuxsock lost {count:dec} messages{rest}");
        all.add(OOPS, "linux kernel/panic.c, arch/x86/mm/fault.c, arch/x86/kernel/dumpstack.c", "BUG: unable to handle {text}", "Oops: {text}",
                "Kernel panic - not syncing: {text}", "kernel BUG at {text}", "general protection fault{text}", "BUG: kernel NULL pointer{text}",
                "Unable to handle kernel {text}", "UBSAN: {text}");
        all.add(LOCKUP, "linux kernel/watchdog.c", "<watchdog: |NMI watchdog: |>BUG: soft lockup - {text}",
                "<watchdog: |NMI watchdog: |>Watchdog detected hard LOCKUP{text}", "watchdog: CPU{text}");
        all.add(RCU_STALL, "linux kernel/rcu/tree_stall.h", "rcu: INFO: {text}", "INFO: rcu_{text}");
        all.add(UNBIND_TRACE, "linux drivers/base/bus.c, dd.c", "<{text}|>unbind_store+{rest}", "<{text}|>device_release_driver_internal+{rest}");
        all.add(HUNG_TASK, "linux kernel/hung_task.c", "INFO: task {text} blocked for more than {seconds:dec} seconds.{rest}");
        all.add(WARNING, "linux kernel/panic.c __warn", "WARNING: CPU: {cpu:dec} PID: {pid:dec} at {place}", "WARNING: at {place}",
                "WARNING: {place} at {rest}, CPU{text}");
        all.add(NMI, "linux arch/x86/kernel/nmi.c", "NMI: {text}", "Uhhuh. NMI received {text}", "perf: interrupt took too long {text}",
                "INFO: NMI handler {text}");
        all.add(MACHINE_CHECK, "linux arch/x86/kernel/cpu/mce", "mce: [Hardware Error]: {text}", "[Hardware Error]: {text}");
        all.add(OUT_OF_MEMORY, "linux mm/oom_kill.c", "Out of memory{text}", "oom-kill:{text}");
        all.add(NO_IRQ_HANDLER, "linux arch/x86/kernel/irq.c common_interrupt", "do_IRQ: {cpu:dec}.{vector:dec} No irq handler for vector{rest}",
                "__common_interrupt: {cpu:dec}.{vector:dec} No irq handler for vector{rest}",
                "common_interrupt: {cpu:dec}.{vector:dec} No irq handler for vector{rest}",
                "<__|>common_interrupt: {cpu:dec}.{vector:dec} Spurious {rest}");
        all.add(IRQ_NOBODY_CARED, "linux kernel/irq/spurious.c", "irq {irq:dec}: nobody cared{text}", "Disabling IRQ #{irq:dec}");
    }
}
