package dev.dmarshal.host;

import java.util.List;
import java.util.Locale;

/** The programs whose output is part of what is known of a machine, because no file has it. All of them only read. */
public enum HostCommand {
    /** The kernel's log. */
    DMESG("dmesg"),
    /** What Xen says of itself: version, capabilities, command line. */
    XL_INFO("xl", "info"),
    /** Xen's log. */
    XL_DMESG("xl", "dmesg"),
    /** Devices that pciback holds for guests. */
    XL_PCI_ASSIGNABLE_LIST("xl", "pci-assignable-list"),
    /** The guests. */
    XL_LIST("xl", "list");

    private final List<String> words;

    HostCommand(String... words) {
        this.words = List.of(words);
    }

    /** Program and arguments. */
    public List<String> words() {
        return words;
    }

    /** The name of its output in a capture, such as {@code xl-info}. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Where its output lies among the files of a host that is not live. No machine has this folder. */
    public String path() {
        return "/.output/" + fileName();
    }
}
