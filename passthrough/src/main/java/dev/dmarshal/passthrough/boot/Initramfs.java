package dev.dmarshal.passthrough.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes this host's initramfs. vfio-pci, or on a dom0 xen-pciback, has to be in it, and to be loaded in it, where a driver that is in it would take the
 * function first.
 *
 * @param tool    its name
 * @param command what makes all images anew
 */
record Initramfs(String tool, List<String> command) {

    private static final String MODULES = "/etc/initramfs-tools/modules";
    private static final String DRACUT = "/etc/dracut.conf.d/dmarshal-";
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

    /** Has a module put into the image; says why that cannot be, if so. */
    Optional<String> configure(HostRoot host, FileSteps files, String module) {
        return switch (tool) {
            case "initramfs-tools" -> tools(host, files, module);
            case "mkinitcpio" -> mkinitcpio(host, files, module);
            default -> {
                String path = DRACUT + (module.startsWith("vfio") ? "vfio" : module) + ".conf";
                yield files.create("have dracut load " + module + " first", path, "force_drivers+=\" " + module + " \"\n") ? Optional.empty()
                        : Optional.of(path + " is there already, with other contents");
            }
        };
    }

    private static Optional<String> tools(HostRoot host, FileSteps files, String module) {
        Optional<String> old = host.text(MODULES).present();
        if (old.isEmpty()) {
            return files.create("have the initramfs load " + module, MODULES, module + "\n") ? Optional.empty() : Optional.of(MODULES + " cannot be read");
        }
        boolean there = old.get().lines().anyMatch(line -> line.strip().replace('_', '-').equals(module));
        String end = old.get().isEmpty() || old.get().endsWith("\n") ? "" : "\n";
        files.change("have the initramfs load " + module, MODULES, old.get(), there ? old.get() : old.get() + end + module + "\n");
        return Optional.empty();
    }

    private static Optional<String> mkinitcpio(HostRoot host, FileSteps files, String module) {
        if (!(host.text(MKINITCPIO) instanceof Reading.Present<String> config)) {
            return Optional.of(MKINITCPIO + " cannot be read");
        }
        Matcher modules = Pattern.compile("(?m)^MODULES=\\(([^)\\n]*)\\)").matcher(config.value());
        if (!modules.find()) {
            return Optional.of(MKINITCPIO + " has no MODULES=(…) on a line of its own; put " + module + " there by hand");
        }
        List<String> names = List.of(modules.group(1).strip().replace('_', '-').split("\\s+"));
        String edited = names.contains(module) ? config.value() : config.value().substring(0, modules.start(1))
                + (module + " " + modules.group(1)).strip() + config.value().substring(modules.end(1));
        files.change("have the initramfs load " + module + " first", MKINITCPIO, config.value(), edited);
        return Optional.empty();
    }
}
