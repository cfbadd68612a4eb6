package dev.dmarshal.host.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The menu that GRUB shows.
 *
 * @param path        where it is
 * @param config      what it says
 * @param environment variables of the grubenv beside it
 */
record GrubMenu(String path, GrubConfig config, Map<String, String> environment) {

    private static final String EFI = "/boot/efi/EFI";
    private static final int MOST_BYTES = 4 << 20;

    /** The menu that is in use; those that differ from it are added to {@code conflicts}. */
    static Optional<GrubMenu> of(HostRoot host, List<String> conflicts) {
        List<GrubMenu> menus = new ArrayList<>();
        Map<String, String> environment = new HashMap<>();
        for (String folder : folders(host)) {
            host.text(folder + "/grubenv").present().ifPresent(text -> environment.putAll(GrubEnvironment.parse(text)));
            String path = folder + "/grub.cfg";
            host.bytes(path, MOST_BYTES).present().map(bytes -> GrubConfig.parse(new String(bytes, StandardCharsets.UTF_8))).filter(GrubConfig::hasMenu)
                    .ifPresent(config -> menus.add(new GrubMenu(path, config, environment)));
        }
        for (GrubMenu menu : menus) {
            if (!menu.byDefault().map(BootLine::linux).equals(menus.getFirst().byDefault().map(BootLine::linux))) {
                conflicts.add(menu.path());
            }
        }
        return menus.stream().findFirst();
    }

    /** On EFI an own copy beside the loader is what GRUB reads, where a distribution writes one; otherwise there is only a pointer, which has no menu. */
    private static List<String> folders(HostRoot host) {
        List<String> folders = new ArrayList<>();
        for (String name : host.list(EFI).present().orElse(List.of())) {
            folders.add(EFI + "/" + name);
        }
        folders.add("/boot/grub");
        folders.add("/boot/grub2");
        return folders;
    }

    /** What the entry that is booted by default gives Linux, and Xen. */
    Optional<BootLine> byDefault() {
        return config.byDefault(environment).filter(entry -> entry.linux.isPresent()).map(entry -> new BootLine(path, Optional.of(entry.title),
                CommandLine.parse(Platform.LINUX, ShellSettings.expand(entry.linux.orElseThrow(), environment).strip()),
                entry.xen.map(line -> CommandLine.parse(Platform.XEN, ShellSettings.expand(line, environment).strip()))));
    }
}
