package dev.dmarshal.passthrough.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes this host's initramfs. vfio-pci has to be in it, and to be loaded in it, where a driver that is in it would take the function first.
 *
 * @param tool    its name
 * @param command what makes all images anew
 */
record Initramfs(String tool, List<String> command) {

    private static final String MODULES = "/etc/initramfs-tools/modules";
    private static final String DRACUT = "/etc/dracut.conf.d/dmarshal-vfio.conf";
    private static final String MKINITCPIO = "/etc/mkinitcpio.conf";

    /** The tool that is there; of several, the one whose configuration is. */
    static Optional<Initramfs> of(HostRoot host) {
        Optional<String> update = FileSteps.program(host, "update-initramfs").filter(path -> host.has("/etc/initramfs-tools"));
        if (update.isPresent()) {
            return Optional.of(new Initramfs("initramfs-tools", List.of(update.get(), "-u", "-k", "all")));
        }
        Optional<String> mkinitcpio = FileSteps.program(host, "mkinitcpio").filter(path -> host.has(MKINITCPIO));
        if (mkinitcpio.isPresent()) {
            return Optional.of(new Initramfs("mkinitcpio", List.of(mkinitcpio.get(), "-P")));
        }
        return FileSteps.program(host, "dracut").map(path -> new Initramfs("dracut", List.of(path, "--force", "--regenerate-all")));
    }

    /** Has vfio-pci put into the image; says why that cannot be, if so. */
    Optional<String> configure(HostRoot host, FileSteps files) {
        return switch (tool) {
            case "initramfs-tools" -> tools(host, files);
            case "mkinitcpio" -> mkinitcpio(host, files);
            default -> files.create("have dracut load vfio-pci first", DRACUT, "force_drivers+=\" vfio-pci \"\n") ? Optional.empty()
                    : Optional.of(DRACUT + " is there already, with other contents");
        };
    }

    private static Optional<String> tools(HostRoot host, FileSteps files) {
        Optional<String> old = host.text(MODULES).present();
        if (old.isEmpty()) {
            return files.create("have the initramfs load vfio-pci", MODULES, "vfio-pci\n") ? Optional.empty() : Optional.of(MODULES + " cannot be read");
        }
        boolean there = old.get().lines().anyMatch(line -> line.strip().replace('_', '-').equals("vfio-pci"));
        String end = old.get().isEmpty() || old.get().endsWith("\n") ? "" : "\n";
        files.change("have the initramfs load vfio-pci", MODULES, old.get(), there ? old.get() : old.get() + end + "vfio-pci\n");
        return Optional.empty();
    }

    private static Optional<String> mkinitcpio(HostRoot host, FileSteps files) {
        if (!(host.text(MKINITCPIO) instanceof Reading.Present<String> config)) {
            return Optional.of(MKINITCPIO + " cannot be read");
        }
        Matcher modules = Pattern.compile("(?m)^MODULES=\\(([^)\\n]*)\\)").matcher(config.value());
        if (!modules.find()) {
            return Optional.of(MKINITCPIO + " has no MODULES=(…) on a line of its own; put vfio-pci there by hand");
        }
        List<String> names = List.of(modules.group(1).strip().replace('_', '-').split("\\s+"));
        String edited = names.contains("vfio-pci") ? config.value() : config.value().substring(0, modules.start(1))
                + ("vfio-pci " + modules.group(1)).strip() + config.value().substring(modules.end(1));
        files.change("have the initramfs load vfio-pci first", MKINITCPIO, config.value(), edited);
        return Optional.empty();
    }
}
