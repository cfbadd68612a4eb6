package dev.dmarshal.host.files;

import dev.dmarshal.host.HostCommand;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where a sos report (github.com/sosreport/sos) has what: files of the machine at their own places, output of commands in {@code sos_commands/PLUGIN}, with
 * blanks of the command as {@code _}.
 */
final class SosReport {

    static final String COMMANDS = "/sos_commands";

    /** What is kept of it; a top folder stands before each path, except in a report that was unpacked by hand. */
    private static final Pattern BEARS = Pattern.compile(
            "(?:/[^/]+)?/(?:sys/|proc/|boot/|sos_commands/"
            + "(?:kernel|xen|pci|boot|grub2|hardware|host|devices|block|networking)"
            + "/|etc/(?:default/|modprobe\\.d/|modules|dracut|kernel/|grub|initramfs-tools/|xen/|fstab|os-release|redhat-release)|lib/modules/|usr/lib/modules/"
            + "|var/log/(?:dmesg|messages|syslog|kern\\.log|boot|xen/)).*");

    private static final Map<HostCommand, List<String>> OUTPUT = output();

    private SosReport() {
    }

    private static Map<HostCommand, List<String>> output() {
        Map<HostCommand, List<String>> output = new EnumMap<>(HostCommand.class);
        output.put(HostCommand.DMESG, List.of("kernel/dmesg", "kernel/dmesg_-T", "general/dmesg"));
        output.put(HostCommand.XL_INFO, List.of("xen/xl_info"));
        output.put(HostCommand.XL_DMESG, List.of("xen/xl_dmesg"));
        output.put(HostCommand.XL_PCI_ASSIGNABLE_LIST, List.of("xen/xl_pci-assignable-list"));
        output.put(HostCommand.XL_LIST, List.of("xen/xl_list"));
        return output;
    }

    /** Whether a file of a report bears on passthrough. */
    static boolean bears(String path) {
        return BEARS.matcher(path).matches();
    }

    /** Puts links to the output of commands where {@link HostCommand#path} says; nothing else of the tree changes. */
    static void place(MemoryTree tree) {
        OUTPUT.forEach((command, places) -> places.stream().map(place -> COMMANDS + "/" + place).filter(tree::has).findFirst()
                .ifPresent(place -> tree.link(command.path(), place)));
    }

    /** The same for a report that is a directory: where the output of a command is, if it is there. */
    static List<String> places(HostCommand command) {
        return OUTPUT.get(command).stream().map(place -> COMMANDS + "/" + place).toList();
    }
}
