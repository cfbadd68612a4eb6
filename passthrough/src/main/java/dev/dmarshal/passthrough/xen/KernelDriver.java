package dev.dmarshal.passthrough.xen;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.iommu.BuildConfig;
import java.util.List;
import java.util.Optional;

/**
 * How the running kernel has a driver: by its build configuration, what is installed in {@code /lib/modules} ({@code modules.builtin}, {@code modules.dep};
 * Linux Documentation/kbuild/kbuild.rst, depmod(8)), and what is loaded.
 *
 * @param how     the answer
 * @param reasons what it rests on; where it is not known, what was not read
 */
public record KernelDriver(How how, String reasons) {

    /** The ways to have a driver, or not. */
    public enum How {
        /** Its parameters are the kernel's. */
        BUILT_IN,
        /** Its parameters are modprobe's. */
        MODULE,
        /** It is there; whether as a module is not known. */
        THERE,
        /** The kernel was built without it. */
        NOT_BUILT,
        /** It was built as a module which is not on this host, as where a distribution has a second package with modules. */
        NOT_INSTALLED,
        /** Could not be measured. */
        UNKNOWN
    }

    /**
     * Looks for it.
     *
     * @param option the option of Kconfig, such as {@code CONFIG_PCI_STUB}
     * @param files  the names that its file has had, without {@code .ko}
     * @param driver its directory below {@code /sys/bus/pci/drivers}
     */
    public static KernelDriver of(HostRoot host, String option, List<String> files, String driver) {
        BuildConfig config = BuildConfig.of(host);
        String release = host.text("/proc/sys/kernel/osrelease").present().map(String::strip).orElse("");
        String modules = "/lib/modules/" + release;
        String set = config.options().values().getOrDefault(option, "");
        String said = config.path().orElse("") + " has " + option + "=" + set;
        if (set.equals("y") || in(host.text(modules + "/modules.builtin"), files).equals(Optional.of(true))) {
            return new KernelDriver(How.BUILT_IN, set.equals("y") ? said : modules + "/modules.builtin has it");
        }
        boolean loaded = host.has("/sys/bus/pci/drivers/" + driver);
        Optional<Boolean> installed = in(host.text(modules + "/modules.dep"), files);
        if (set.equals("n") && !loaded) {
            return new KernelDriver(How.NOT_BUILT, config.path().orElse("") + ": " + option + " is not set");
        }
        if (loaded || installed.equals(Optional.of(true))) {
            boolean module = set.equals("m") || installed.equals(Optional.of(true));
            return new KernelDriver(module ? How.MODULE : How.THERE, loaded ? "/sys/bus/pci/drivers/" + driver + " is there" : modules + "/modules.dep has it");
        }
        if (set.equals("m")) {
            return installed.isPresent() ? new KernelDriver(How.NOT_INSTALLED, said + ", and " + modules + "/modules.dep does not have it")
                    : new KernelDriver(How.MODULE, said);
        }
        boolean builtinRead = in(host.text(modules + "/modules.builtin"), files).isPresent();
        return installed.isPresent() && builtinRead
                ? new KernelDriver(How.NOT_BUILT, "neither " + modules + "/modules.builtin nor modules.dep has it")
                : new KernelDriver(How.UNKNOWN, "no build configuration (/boot/config-" + release + ", /proc/config.gz) that tells of " + option
                        + " was read, and no whole list of modules in " + modules);
    }

    /** Whether the kernel cannot have it, as far as is known. */
    public boolean missing() {
        return how == How.NOT_BUILT || how == How.NOT_INSTALLED;
    }

    /** A list that is empty was noted as being there, not read. A file may lie in the folder itself (a small initramfs), and to modprobe - and _ are one. */
    private static Optional<Boolean> in(Reading<String> list, List<String> files) {
        return list.present().filter(text -> !text.isBlank()).map(text -> text.lines().map(line -> line.replaceFirst(":.*", "").replace('_', '-'))
                .anyMatch(path -> files.stream().anyMatch(file -> path.substring(path.lastIndexOf('/') + 1).startsWith(file + ".ko"))));
    }
}
