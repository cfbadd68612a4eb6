package dev.dmarshal.passthrough.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.boot.BootLine;
import dev.dmarshal.host.boot.BootLoader;
import dev.dmarshal.host.boot.BootReader;
import dev.dmarshal.host.boot.BootSetup;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps that put parameters on the kernel's command line, each boot loader's own way, and a restart. */
final class LoaderSteps {

    private static final String DEFAULT_GRUB = "/etc/default/grub";
    private static final String KERNEL_LINE = "/etc/kernel/cmdline";

    private final HostRoot host;
    private final BootSetup setup;
    private final List<String> missing;
    private Optional<String> trouble = Optional.empty();

    /** @param parameters those that the next boot would not have anyway are put there */
    LoaderSteps(HostRoot host, List<String> parameters) {
        this.host = host;
        this.setup = BootReader.read(host);
        this.missing = parameters.stream().filter(parameter -> setup.afterReboot().map(line -> !Parameters.has(line.linux(), parameter)).orElse(true))
                .toList();
    }

    /** The step list with what is to be done; why it cannot be, if so. */
    Optional<String> add(StepList steps, List<Condition> goal, List<String> parameters) {
        Optional<String> unknown = addWithoutRestart(steps);
        if (unknown.isPresent()) {
            return unknown;
        }
        boolean now = setup.inForce().filter(line -> parameters.stream().allMatch(parameter -> Parameters.has(line, parameter))).isPresent();
        if (trouble.isEmpty() && !now) {
            steps.about().addPersistent("wait for the host to be restarted", List.of(), new Action.Reboot(), List.of(), List.of());
        }
        parameters.forEach(parameter -> goal.add(new Condition.Parameter(Condition.Parameter.NOW, parameter, true)));
        return trouble;
    }

    /** The same for what need not be in force now, such as a device that is set aside already. */
    Optional<String> addWithoutRestart(StepList steps) {
        if (!missing.isEmpty()) {
            Optional<BootLoader> loader = setup.loader();
            if (loader.isEmpty()) {
                return Optional.of("which boot loader hands over the command line could not be told: " + String.join("; ", setup.unmeasured()));
            }
            by(loader.get(), steps);
        }
        return trouble;
    }

    private void by(BootLoader loader, StepList steps) {
        switch (loader) {
            case GRUB -> grub(steps, mkconfig());
            case PROXMOX_GRUB -> grub(steps, program("proxmox-boot-tool", "refresh"));
            case PROXMOX_SYSTEMD_BOOT -> kernelLine(steps, program("proxmox-boot-tool", "refresh"), false);
            case SYSTEMD_BOOT -> systemdBoot(steps);
            case GRUB_ENTRIES -> tool(steps, "grubby", List.of("--update-kernel=ALL", "--args="), List.of("--update-kernel=ALL", "--remove-args="));
            case KERNELSTUB -> tool(steps, "kernelstub", List.of("-a", ""), List.of("-d", ""));
        }
    }

    private List<Condition> handedOver(boolean has) {
        return missing.stream().map(parameter -> (Condition) new Condition.Parameter(Condition.Parameter.NEXT_BOOT, parameter, has)).toList();
    }

    /** What can be verified: nothing on partitions that are not mounted. */
    private List<Condition> effect() {
        return setup.loader().filter(BootLoader::hidden).isPresent() ? List.of() : handedOver(true);
    }

    private Optional<List<List<String>>> mkconfig() {
        Optional<String> update = FileSteps.program(host, "update-grub");
        if (update.isPresent()) {
            return Optional.of(List.of(List.of(update.get())));
        }
        String menu = setup.afterReboot().map(BootLine::path).orElse("");
        for (String name : List.of("grub2-mkconfig", "grub-mkconfig")) {
            Optional<String> found = FileSteps.program(host, name);
            if (found.isPresent() && menu.endsWith("grub.cfg")) {
                return Optional.of(List.of(List.of(found.get(), "-o", menu)));
            }
        }
        trouble = Optional.of("neither update-grub nor grub-mkconfig is there, or GRUB's menu was not found: nothing could put an edit of " + DEFAULT_GRUB
                + " where GRUB reads it");
        return Optional.empty();
    }

    private Optional<List<List<String>>> program(String name, String argument) {
        Optional<String> found = FileSteps.program(host, name);
        if (found.isEmpty()) {
            trouble = Optional.of(name + " is not there, which fills the partitions that this host boots from");
        }
        return found.map(path -> List.of(List.of(path, argument)));
    }

    private void grub(StepList steps, Optional<List<List<String>>> commands) {
        Optional<String> old = host.text(DEFAULT_GRUB).present();
        Optional<String> edited = old.flatMap(text -> ConfigText.grub(text, missing));
        if (edited.isEmpty()) {
            trouble = trouble.or(() -> Optional.of(DEFAULT_GRUB + (old.isEmpty() ? " cannot be read" : " has no plain GRUB_CMDLINE_LINUX_DEFAULT=\"…\""
                    + " to edit; put " + String.join(" ", missing) + " there by hand")));
            return;
        }
        commands.ifPresent(list -> {
            FileSteps files = new FileSteps(host, steps);
            files.change("edit " + DEFAULT_GRUB, DEFAULT_GRUB, old.orElseThrow(), edited.get());
            files.then("write GRUB's menu anew", list, effect());
        });
    }

    private void kernelLine(StepList steps, Optional<List<List<String>>> commands, boolean make) {
        Optional<String> old = host.text(KERNEL_LINE).present();
        if (old.isEmpty() && !make) {
            trouble = trouble.or(() -> Optional.of(KERNEL_LINE + " cannot be read"));
            return;
        }
        commands.ifPresent(list -> {
            FileSteps files = new FileSteps(host, steps);
            files.change("edit " + KERNEL_LINE, KERNEL_LINE, old.orElse(""), ConfigText.kernelLine(old.orElse(""), missing));
            files.then("hand " + KERNEL_LINE + " to the boot loader", list, effect());
        });
    }

    /** Entries that kernel-install writes come from {@code /etc/kernel/cmdline}; where that is not there, somebody writes the entry by hand. */
    private void systemdBoot(StepList steps) {
        if (host.text(KERNEL_LINE).present().isPresent()) {
            kernelLine(steps, kernelInstall(), false);
            return;
        }
        Optional<BootLine> entry = setup.afterReboot();
        Optional<String> old = entry.flatMap(line -> host.text(line.path()).present());
        Optional<String> edited = old.flatMap(text -> ConfigText.entry(text, missing));
        if (edited.isEmpty()) {
            trouble = Optional.of("neither " + KERNEL_LINE + " nor an entry with an options line was found");
            return;
        }
        String path = entry.orElseThrow().path();
        new FileSteps(host, steps).change("edit the boot entry " + path, path, old.get(), edited.get());
    }

    private Optional<List<List<String>>> kernelInstall() {
        Optional<String> program = FileSteps.program(host, "kernel-install");
        List<List<String>> commands = new ArrayList<>();
        for (String release : host.list("/lib/modules").present().orElse(List.of())) {
            String image = "/lib/modules/" + release + "/vmlinuz";
            String boot = "/boot/vmlinuz-" + release;
            Optional<String> kernel = host.has(image) ? Optional.of(image) : host.has(boot) ? Optional.of(boot) : Optional.empty();
            program.flatMap(path -> kernel.map(file -> List.of(path, "add", release, file))).ifPresent(commands::add);
        }
        if (commands.isEmpty()) {
            trouble = Optional.of("kernel-install is not there, or no kernel below /lib/modules for it: nothing could put an edit of " + KERNEL_LINE
                    + " into the boot entries");
            return Optional.empty();
        }
        return Optional.of(commands);
    }

    /** A tool that writes configuration and entries itself. */
    private void tool(StepList steps, String name, List<String> put, List<String> take) {
        Optional<String> program = FileSteps.program(host, name);
        if (program.isEmpty()) {
            trouble = Optional.of(name + " is not there, by which this host's boot entries are edited");
            return;
        }
        String words = String.join(" ", missing);
        steps.about().addLong("put " + words + " on the kernel's command line", handedOver(false), new Action.Run(command(program.get(), put, words)),
                handedOver(true), List.of(new Action.Run(command(program.get(), take, words))));
    }

    private static List<String> command(String program, List<String> arguments, String words) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(arguments);
        command.set(command.size() - 1, command.getLast() + words);
        return command;
    }
}
