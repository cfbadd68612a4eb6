package dev.dmarshal.host.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads how a machine comes by its command line. */
public final class BootReader {

    private static final String LOADER_INFO = "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
    private static final String SELECTED = "/sys/firmware/efi/efivars/LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
    private static final String DEFAULT_GRUB = "/etc/default/grub";
    private static final String KERNEL_CMDLINE = "/etc/kernel/cmdline";
    private static final String KERNELSTUB = "/etc/kernelstub/configuration";
    private static final String PROXMOX = "/etc/kernel/proxmox-boot-uuids";
    private static final List<String> ENTRIES = List.of("/boot/loader/entries", "/boot/efi/loader/entries", "/efi/loader/entries");
    /** The four bytes of attributes that stand before the value of an EFI variable (Documentation/filesystems/efivarfs.rst). */
    private static final int ATTRIBUTES = 4;

    private final HostRoot host;
    private final List<String> evidence = new ArrayList<>();
    private final List<String> unmeasured = new ArrayList<>();
    private final List<String> conflicts = new ArrayList<>();

    private BootReader(HostRoot host) {
        this.host = host;
    }

    /** Reads a machine. */
    public static BootSetup read(HostRoot host) {
        return new BootReader(host).setup();
    }

    private BootSetup setup() {
        Optional<CommandLine> inForce = text("/proc/cmdline").map(line -> CommandLine.parse(Platform.LINUX, line));
        if (inForce.isEmpty()) {
            unmeasured.add("what is in force: /proc/cmdline was not read");
        }
        Optional<GrubMenu> menu = GrubMenu.of(host, conflicts);
        List<LoaderEntry> entries = entries();
        Optional<BootLoader> loader = loader(inForce, menu, entries);
        Optional<BootLine> grub = grubDefaults();
        Optional<BootLine> kernel = text(KERNEL_CMDLINE)
                .map(line -> line(KERNEL_CMDLINE, line.lines().filter(row -> !row.startsWith("#")).reduce("", (a, b) -> a + " " + b)));
        Optional<BootLine> stub = text(KERNELSTUB).flatMap(KernelstubSettings::options).map(line -> line(KERNELSTUB, line));
        Optional<BootLine> configured = loader.flatMap(known -> switch (known) {
            case GRUB, GRUB_ENTRIES, PROXMOX_GRUB -> grub;
            case SYSTEMD_BOOT, PROXMOX_SYSTEMD_BOOT -> kernel;
            case KERNELSTUB -> stub;
        });
        List<BootLine> others = new ArrayList<>();
        for (Optional<BootLine> line : List.of(grub, kernel, stub)) {
            line.filter(found -> loader.isPresent() && !configured.equals(Optional.of(found))).ifPresent(others::add);
        }
        loader.filter(known -> configured.isEmpty()).ifPresent(known -> unmeasured.add("what is configured: " + why(known.edited())));
        Optional<BootLine> after = loader.flatMap(known -> afterReboot(known, menu, entries));
        if (after.isEmpty()) {
            unmeasured.add("what will be in force after a reboot: " + loader.map(known -> known.hidden()
                    ? "the entries are on EFI system partitions that are not mounted"
                    : "no entry of " + known.words() + " was read").orElse("which boot loader is in use is not known"));
        }
        return new BootSetup(loader, evidence, inForce, configured, others, after, unmeasured, conflicts);
    }

    private Optional<String> text(String path) {
        return host.text(path).present();
    }

    private String why(String path) {
        Reading<String> reading = host.text(path);
        return reading.trouble().orElse(path + " is not there");
    }

    private static BootLine line(String path, String text) {
        return new BootLine(path, Optional.empty(), CommandLine.parse(Platform.LINUX, text.strip()), Optional.empty());
    }

    private Optional<BootLoader> loader(Optional<CommandLine> inForce, Optional<GrubMenu> menu, List<LoaderEntry> entries) {
        boolean proxmox = text(PROXMOX).filter(ids -> !ids.isBlank()).isPresent();
        boolean image = inForce.filter(line -> line.tokens().stream().anyMatch(token -> token.name().equals("BOOT_IMAGE"))).isPresent();
        boolean stub = inForce.filter(line -> line.tokens().stream().anyMatch(token -> token.name().equals("initrd") && token.raw().contains("\\")))
                .isPresent();
        Optional<String> announced = variable(LOADER_INFO);
        if (proxmox) {
            evidence.add(PROXMOX + " names partitions that proxmox-boot-tool fills");
        }
        announced.ifPresent(name -> evidence.add("the boot loader announced itself as " + name));
        if (image) {
            evidence.add("the command line begins with BOOT_IMAGE=, which GRUB writes");
        } else if (stub) {
            evidence.add("the command line has initrd=\\…, which systemd-boot and other EFI loaders write");
        }
        boolean systemd = announced.filter(name -> name.startsWith("systemd-boot")).isPresent() 
                || announced.isEmpty() && !image && (stub || menu.isEmpty() && !entries.isEmpty());
        boolean grub = image || announced.filter(name -> name.startsWith("GRUB")).isPresent() || !systemd && menu.isPresent();
        if (systemd) {
            return Optional.of(proxmox ? BootLoader.PROXMOX_SYSTEMD_BOOT : text(KERNELSTUB).isPresent() ? BootLoader.KERNELSTUB : BootLoader.SYSTEMD_BOOT);
        }
        if (!grub) {
            return Optional.empty();
        }
        menu.ifPresent(found -> evidence.add(found.path() + " is there"));
        boolean blessed = menu.filter(found -> found.config().readsEntries()).isPresent() && !entries.isEmpty();
        return Optional.of(proxmox ? BootLoader.PROXMOX_GRUB : blessed ? BootLoader.GRUB_ENTRIES : BootLoader.GRUB);
    }

    /** An EFI variable that holds UTF-16 text. */
    private Optional<String> variable(String path) {
        return host.bytes(path).present().filter(bytes -> bytes.length > ATTRIBUTES)
                .map(bytes -> new String(bytes, ATTRIBUTES, bytes.length - ATTRIBUTES, StandardCharsets.UTF_16LE).replace("\0", "").strip());
    }

    /** {@code GRUB_CMDLINE_LINUX} and {@code …_DEFAULT}, in the order in which grub-mkconfig writes them (util/grub.d/10_linux.in). */
    private Optional<BootLine> grubDefaults() {
        Optional<String> main = text(DEFAULT_GRUB);
        if (main.isEmpty()) {
            return Optional.empty();
        }
        ShellSettings settings = new ShellSettings().read(main.get());
        for (String name : host.list(DEFAULT_GRUB + ".d").present().orElse(List.of())) {
            if (name.endsWith(".cfg")) {
                text(DEFAULT_GRUB + ".d/" + name).ifPresent(settings::read);
            }
        }
        String linux = settings.get("GRUB_CMDLINE_LINUX").orElse("") + " " + settings.get("GRUB_CMDLINE_LINUX_DEFAULT").orElse("");
        String xen = settings.get("GRUB_CMDLINE_XEN").orElse("") + " " + settings.get("GRUB_CMDLINE_XEN_DEFAULT").orElse("");
        return Optional.of(new BootLine(DEFAULT_GRUB, Optional.empty(), CommandLine.parse(Platform.LINUX, linux.strip()),
                xen.isBlank() ? Optional.empty() : Optional.of(CommandLine.parse(Platform.XEN, xen.strip()))));
    }

    private List<LoaderEntry> entries() {
        List<LoaderEntry> entries = new ArrayList<>();
        for (String folder : ENTRIES) {
            for (String name : host.list(folder).present().orElse(List.of())) {
                if (name.endsWith(".conf")) {
                    String path = folder + "/" + name;
                    text(path).ifPresent(text -> entries.add(LoaderEntry.parse(name.substring(0, name.length() - ".conf".length()), path, text)));
                }
            }
        }
        entries.sort(LoaderEntry::order);
        return entries;
    }

    private Optional<BootLine> afterReboot(BootLoader loader, Optional<GrubMenu> menu, List<LoaderEntry> entries) {
        return switch (loader) {
            case PROXMOX_GRUB, PROXMOX_SYSTEMD_BOOT -> Optional.empty();
            case GRUB -> menu.flatMap(GrubMenu::byDefault);
            case GRUB_ENTRIES -> entry(entries, menu.map(GrubMenu::environment).orElse(Map.of()),
                    menu.map(GrubMenu::environment).map(values -> values.get("saved_entry")));
            case SYSTEMD_BOOT, KERNELSTUB -> entry(entries, Map.of(), chosen());
        };
    }

    /** The default of {@code loader.conf}, else what was booted last. */
    private Optional<String> chosen() {
        for (String folder : List.of("/boot/efi/loader", "/efi/loader", "/boot/loader")) {
            Optional<String> conf = text(folder + "/loader.conf").flatMap(text -> text.lines().map(String::strip).filter(line -> line.startsWith("default "))
                    .map(line -> line.substring("default ".length()).strip()).findFirst());
            if (conf.isPresent() && !conf.get().startsWith("@")) {
                return conf;
            }
        }
        return variable(SELECTED);
    }

    private static Optional<BootLine> entry(List<LoaderEntry> entries, Map<String, String> environment, Optional<String> wanted) {
        Optional<LoaderEntry> found = wanted.flatMap(name -> {
            Pattern glob = Pattern.compile(Pattern.quote(name.replaceFirst("\\.conf$", "")).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
            return entries.stream().filter(entry -> glob.matcher(entry.id()).matches()).findFirst();
        });
        return found.or(() -> entries.stream().findFirst()).map(entry -> new BootLine(entry.path(), Optional.of(entry.id()),
                CommandLine.parse(Platform.LINUX, ShellSettings.expand(entry.options(), new HashMap<>(environment)).strip()), Optional.empty()));
    }
}
