package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.params.VersionRange;
import dev.dmarshal.host.params.Standing;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a command line says about ACS: {@code pci=disable_acs_redir=} (since a release between 4.10 and 4.19), {@code pci=config_acs=} (between 6.8 and
 * 6.12), and
 * {@code pcie_acs_override=}, which only patched kernels have. As in the kernel the last of several counts, and devices are parted by semicolons, since commas
 * part the options of {@code pci=}.
 *
 * @param changes            changes of ACS control, in the order in which the kernel makes them
 * @param downstream         override for ports without ACS capability
 * @param multifunction      override for functions of multi-function devices without ACS capability
 * @param ids                override for these ids, {@code vvvv:dddd}
 * @param notes              what was not understood or does nothing on this kernel
 */
record AcsSettings(List<Change> changes, boolean downstream, boolean multifunction, Set<String> ids, List<String> notes) {

    private static final VersionRange DISABLE_REDIRECT = VersionRange.parse("4.10<4.19", "-");
    private static final VersionRange CONFIG_ACS = VersionRange.parse("6.8<6.12", "-");
    /** In 6.12.0 a flag could only be added to the firmware's value, in 6.19.0 it replaces it (drivers/pci/pci.c, __pci_config_acs). */
    private static final VersionRange REPLACES = VersionRange.parse("6.12<6.19", "-");
    private static final int REDIRECT = 0x2c;
    private static final int ALL = 0x7f;

    AcsSettings {
        changes = List.copyOf(changes);
        ids = Set.copyOf(ids);
        notes = List.copyOf(notes);
    }

    /**
     * A change of the control register.
     *
     * @param parameter for the reason that is given
     * @param mask      bits that it decides
     * @param flags     their values
     * @param devices   whose register
     * @param replaces  whether flags replace the firmware's bits, or are only added
     */
    record Change(String parameter, int mask, int flags, List<DeviceSelector> devices, boolean replaces) {

        boolean matches(PciFunction function, PciTree tree) {
            return devices.stream().anyMatch(device -> device.matches(function, tree));
        }

        int apply(int control, int firmware) {
            return replaces ? firmware & ~mask | flags & mask : control & ~mask | firmware & mask | flags;
        }
    }

    static AcsSettings of(KernelPlan plan) {
        Optional<String> redirect = Optional.empty();
        Optional<String> config = Optional.empty();
        Optional<String> override = Optional.empty();
        CommandLine line = plan.commandLine();
        for (Token token : line.tokens()) {
            if (token.handedOn()) {
                continue;
            }
            if (token.name().equals("pci")) {
                for (String option : token.value().orElse("").split(",")) {
                    redirect = option.startsWith("disable_acs_redir=") ? Optional.of(option.substring(18)) : redirect;
                    config = option.startsWith("config_acs=") ? Optional.of(option.substring(11)) : config;
                }
            } else if (token.name().equals("pcie_acs_override")) {
                override = Optional.of(token.value().orElse(""));
            }
        }
        return new Reader(plan).read(redirect, config, override);
    }

    private static final class Reader {

        private final KernelPlan plan;
        private final Optional<Release> release;
        private final List<Change> changes = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Reader(KernelPlan plan) {
            this.plan = plan;
            this.release = Optional.of(plan.kernel().map(kernel -> kernel.release()).orElseGet(() -> Release.parse(KernelPlan.NEWEST).orElseThrow()));
        }

        AcsSettings read(Optional<String> redirect, Optional<String> config, Optional<String> override) {
            boolean replaces = REPLACES.standing(release) == Standing.PRESENT || CONFIG_ACS.standing(release) == Standing.NOT_YET;
            redirect.filter(text -> known("pci=disable_acs_redir", DISABLE_REDIRECT)).ifPresent(text -> {
                int flags = replaces ? 0 : ALL & ~REDIRECT;
                devices("pci=disable_acs_redir", text).ifPresent(devices -> changes.add(new Change("pci=disable_acs_redir", REDIRECT, flags, devices,
                        replaces)));
            });
            config.filter(text -> known("pci=config_acs", CONFIG_ACS)).ifPresent(text -> config(text, replaces));
            Set<String> ids = new HashSet<>();
            boolean downstream = false;
            boolean multifunction = false;
            if (override.isPresent() && patched()) {
                for (String word : override.get().split(",")) {
                    downstream |= word.equals("downstream");
                    multifunction |= word.equals("multifunction");
                    if (word.matches("id:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")) {
                        ids.add(word.substring(3).toLowerCase(java.util.Locale.ROOT));
                    }
                }
            }
            return new AcsSettings(changes, downstream, multifunction, ids, notes);
        }

        private boolean known(String parameter, VersionRange releases) {
            Standing standing = releases.standing(release);
            if (standing == Standing.NOT_YET) {
                notes.add(parameter + " does nothing on " + plan.kernelText() + ": it came later");
            } else if (standing == Standing.UNSURE) {
                notes.add("whether " + plan.kernelText() + " has " + parameter + " is not known; it is taken to have it");
            }
            return standing != Standing.NOT_YET;
        }

        private boolean patched() {
            boolean patched = plan.kernel().isEmpty() || plan.kernel().get().vendor().patchesAcsOverride();
            if (!patched) {
                notes.add("pcie_acs_override does nothing on " + plan.kernelText()
                        + ": it is in no mainline kernel, and this one is not known to carry the patch");
            }
            return patched;
        }

        private void config(String text, boolean replaces) {
            for (String part : text.split(";")) {
                int at = part.indexOf('@');
                String word = at < 0 ? "" : part.substring(0, at);
                if (!word.matches("[01xX]{1,7}")) {
                    notes.add("pci=config_acs: not understood, and ignored from here on: " + part);
                    return;
                }
                int mask = 0;
                int flags = 0;
                for (int i = 0; i < word.length(); i++) {
                    char c = word.charAt(word.length() - 1 - i);
                    mask |= c == '0' || c == '1' ? 1 << i : 0;
                    flags |= c == '1' ? 1 << i : 0;
                }
                int bits = mask;
                int values = flags;
                devices("pci=config_acs", part.substring(at + 1))
                        .ifPresent(devices -> changes.add(new Change("pci=config_acs", bits, values, devices, replaces)));
            }
        }

        private Optional<List<DeviceSelector>> devices(String parameter, String text) {
            List<DeviceSelector> devices = new ArrayList<>();
            for (String name : text.split(";")) {
                Optional<DeviceSelector> device = DeviceSelector.parse(name);
                device.ifPresentOrElse(devices::add, () -> notes.add(parameter + ": no device is named so: " + name));
            }
            return devices.isEmpty() ? Optional.empty() : Optional.of(devices);
        }
    }
}
