package dev.dmarshal.lab.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A machine's description as QEMU's command line. */
final class QemuArguments {

    /** Sockets in the machine's private folder on which the lab listens and to which QEMU connects. */
    static final List<String> SOCKETS = List.of("console", "agent", "qmp");

    /**
     * Before the machine's own parameters, which can override them. A busy host makes an emulated timer look broken to the kernel's check of it; a
     * panic ends QEMU at once instead
     * of leaving it to hang.
     */
    private static final String ALWAYS = "no_timer_check panic=-1";
    private static final String CONSOLE = "console=ttyS0,115200 " + ALWAYS;

    private QemuArguments() {
    }

    /** What follows the program's name. */
    static List<String> of(MachineSpec spec, Boot boot, Path folder) {
        List<String> arguments = new ArrayList<>(List.of("-nodefaults", "-display", "none", "-no-reboot", "-accel", "tcg", "-cpu", spec.cpuModel(),
                "-smp", Integer.toString(spec.cpus()), "-m", spec.memoryMib() + "M"));
        if (spec.counted()) {
            // Four nanoseconds an instruction is about what an emulated processor has on a quiet machine.
            arguments.addAll(List.of("-icount", "shift=2,sleep=off"));
        }
        String machine = "q35,kernel-irqchip=split";
        if (spec.memoryFile().isPresent()) {
            arguments.addAll(List.of("-object", "memory-backend-file,id=ram,share=on,size=" + spec.memoryMib() + "M,mem-path=" + escape(spec.memoryFile()
                    .get())));
            machine += ",memory-backend=ram";
        }
        arguments.addAll(List.of("-machine", machine));
        for (String socket : SOCKETS) {
            arguments.addAll(List.of("-chardev", "socket,id=" + socket + ",path=" + escape(folder.resolve(socket))));
        }
        arguments.addAll(List.of("-serial", "chardev:console", "-serial", "chardev:agent", "-mon", "chardev=qmp,mode=control"));
        // SeaBIOS runs no option ROMs but those of graphics cards: the network boot of each NIC costs a second, and nothing here boots from the network.
        arguments.addAll(List.of("-fw_cfg", "name=etc/pci-optionrom-exec,string=\u0001"));
        // intel-iommu comes first: devices that QEMU makes before it would not be behind it.
        spec.iommu().ifPresent(options -> arguments.addAll(List.of("-device", "intel-iommu" + properties(options))));
        devices(spec, arguments);
        boot(boot, arguments);
        return arguments;
    }

    private static void devices(MachineSpec spec, List<String> arguments) {
        List<Part> all = new ArrayList<>(spec.parts());
        for (Disk disk : spec.disks()) {
            arguments.addAll(List.of("-drive", "if=none,format=raw,snapshot=on,id=" + disk.id() + ",file=" + escape(disk.image())));
            all.add(disk.part().with("drive", disk.id()));
        }
        Map<String, Integer> functions = new HashMap<>();
        all.forEach(part -> part.slot().ifPresent(slot -> functions.merge(part.on() + "/" + slot, 1, Integer::sum)));
        int chassis = 1;
        Set<String> networks = new LinkedHashSet<>();
        all.forEach(part -> Optional.ofNullable(part.options().get("netdev")).ifPresent(networks::add));
        networks.forEach(network -> arguments.addAll(List.of("-netdev", "user,restrict=on,id=" + network)));
        for (Part part : all) {
            StringBuilder device = new StringBuilder(part.model()).append(",id=").append(part.id()).append(",bus=").append(part.on());
            part.address().ifPresent(address -> device.append(",addr=").append(address));
            if (part.isFirstFunction() && functions.get(part.on() + "/" + part.slot().orElseThrow()) > 1) {
                device.append(",multifunction=on");
            }
            if (part.isPort() && !part.options().containsKey("chassis")) {
                device.append(",chassis=").append(chassis++);
            }
            arguments.addAll(List.of("-device", device + properties(part.options())));
        }
        for (Share share : spec.shares()) {
            arguments.addAll(List.of("-fsdev", "local,security_model=none,readonly=on,id=" + share.tag() + ",path=" + escape(share.folder()),
                    "-device", "virtio-9p-pci,fsdev=" + share.tag() + ",mount_tag=" + share.tag()));
        }
    }

    private static void boot(Boot boot, List<String> arguments) {
        if (boot.xen().isPresent()) {
            Boot.Hypervisor xen = boot.xen().get();
            arguments.addAll(List.of("-kernel", xen.image().toString(), "-append", "com1=115200,8n1 console=com1 " + xen.commandLine(),
                    "-initrd", escape(boot.kernel()) + " console=hvc0 " + ALWAYS + " " + escape(boot.commandLine()) + "," + escape(boot.initrd())));
        } else {
            arguments.addAll(List.of("-kernel", boot.kernel().toString(), "-append", CONSOLE + " " + boot.commandLine(), "-initrd", boot.initrd().toString()));
        }
    }

    private static String properties(Map<String, String> options) {
        StringBuilder text = new StringBuilder();
        options.forEach((name, value) -> text.append(',').append(name).append('=').append(escape(value)));
        return text.toString();
    }

    /** QEMU parts its options by commas; a doubled comma is a plain one. */
    private static String escape(Object value) {
        return value.toString().replace(",", ",,");
    }
}
