package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.bind.GroupTypeSteps;
import dev.dmarshal.passthrough.boot.BootWish;
import dev.dmarshal.passthrough.guest.GuestForm;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.Planner;
import dev.dmarshal.passthrough.wish.Plug;
import dev.dmarshal.passthrough.wish.Refusal;
import dev.dmarshal.passthrough.wish.Wish;
import dev.dmarshal.passthrough.xen.PciEntry;
import dev.dmarshal.passthrough.xen.XlRefusals;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal plan}: what would be done to give devices away, as text and as a file for {@code apply}. Changes nothing. */
public final class PlanCommand implements Command {

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Plans to give host devices to VFIO or to a running guest: every step with what is read first, what is written, what"
                + " must hold afterwards, and its undo. Changes nothing.");
        spec.addOption(GuestArguments.via("vfio: bind to vfio-pci only (default without --guest). libvirt: give to a guest of libvirt's, which binds them"
                + " itself unless --managed no (default with --guest). qemu: bind, and plug into the guest behind a QMP socket (default if the guest is a"
                + " path)."
                + " xl: on Xen, set aside with pciback, and plug into the guest if there is one (default on a dom0 with --guest)."));
        spec.addOption(OptionSpec.builder("--guest").paramLabel("GUEST").type(String.class)
                .description("The guest: its name for libvirt and xl, the path of its QMP socket for qemu.").build());
        spec.addOption(OptionSpec.builder("--managed").paramLabel("yes|no").type(String.class).defaultValue("yes")
                .description("With libvirt: who binds the devices, libvirt (yes, default) or the steps of this plan (no).").build());
        spec.addOption(OptionSpec.builder("--persistent").type(boolean.class)
                .description("With libvirt: also write them into the guest's definition, for its next start.").build());
        spec.addOption(OptionSpec.builder("--config").paramLabel("FILE").type(String.class)
                .description("With xl: also write them into this guest's configuration file, and nothing else in it.").build());
        spec.addOption(GuestArguments.timeout());
        spec.addOption(OptionSpec.builder("--form").paramLabel("FORM").type(String.class).description("Print how a guest's configuration says it, instead of"
                + " the"
                + " plan: " + String.join(", ", Stream.of(GuestForm.values()).map(GuestForm::word).toList()) + ".").build());
        spec.addOption(OptionSpec.builder("--with").paramLabel("DEVICE").type(List.class).auxiliaryTypes(String.class)
                .description("A member of the group that may go along. Nothing else of a group is touched.").build());
        spec.addOption(OptionSpec.builder("--force").paramLabel("LABEL").type(List.class).auxiliaryTypes(String.class)
                .description("Lift one refusal, by its label: WORD:DEVICE, as the refusal says it. See below for the words.").build());
        spec.addOption(OptionSpec.builder("--boot").type(boolean.class).description("Also have vfio-pci take them at each boot of the host: options of"
                + " modprobe (by address through udev where others have the same ids), and the initramfs.").build());
        spec.addOption(OptionSpec.builder("--parameter").paramLabel("NAME=VALUE").type(List.class).auxiliaryTypes(String.class)
                .description("Also put this on the kernel's command line, by this host's boot loader; needs no device. Example: intel_iommu=on.").build());
        spec.addOption(OptionSpec.builder("--group-type").paramLabel("TYPE").type(String.class).description("Instead of giving the devices away: make their"
                + " group's default domain identity, DMA or DMA-FQ. identity is the narrow way out for a device that cannot live with remapping.").build());
        spec.usageMessage().footerHeading("%nWords of labels that --force lifts:%n").footer(String.join(", ", Refusal.forcibleWords()) + ".",
                "Nothing lifts: " + String.join(", ", Refusal.finalWords()) + ".");
        spec.addOption(OptionSpec.builder("--option").paramLabel("NAME=VALUE").type(List.class).auxiliaryTypes(String.class)
                .description("A property of the guest's side of the plug, such as bus=rp1 for qemu, permissive=1 for xl.").build());
        spec.addOption(OptionSpec.builder("--root").paramLabel("DIR").type(Path.class).converters((String text) -> Path.of(text))
                .description("Plan for the host whose files are in this directory, not for this one.").build());
        spec.addOption(GuestArguments.dryRun());
        spec.addOption(GuestArguments.output());
        spec.addOption(GuestArguments.json());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("DEVICE").arity("0..*").type(List.class).auxiliaryTypes(String.class)
                .description("What is to be given away, such as 01:00.0.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Path root = arguments.matchedOptionValue("--root", (Path) null);
        HostRoot host = root == null ? HostRoot.ofThisMachine() : HostRoot.of(root);
        Optional<String> session = root == null ? Optional.ofNullable(System.getenv("SSH_CONNECTION")) : Optional.empty();
        String via = GuestArguments.way(arguments, arguments.matchedOptionValue("--guest", ""), host);
        GuestArguments.requireDom0(arguments, via, host);
        Guests guests = root == null ? new Guests() : Guests.ofFiles(host);
        Wish wish = wish(arguments, via);
        requireReadable(arguments, wish, via);
        Optional<GuestForm> form = form(arguments);
        Planner planner = new Planner(host, session, guests);
        Optional<String> type = Optional.ofNullable(arguments.matchedOptionValue("--group-type", (String) null));
        BootWish boot = boot(arguments, wish, type);
        Answer answer = type.isPresent() ? planner.groupType(wish, type.get()) : planner.answer(wish, boot);
        if (form.isPresent() && answer instanceof Answer.Ready) {
            GuestForm.Fit fit = form.get().fit(host);
            if (fit.missing().isPresent()) {
                err.println("dmarshal: --form " + form.get().word() + " would do nothing here: " + fit.missing().get());
                return Exit.FINDINGS;
            }
            err.println("dmarshal: note: " + form.get().note());
            fit.remark().ifPresent(remark -> err.println("dmarshal: note: " + remark));
            out.print(form.get().text(form.get().binds() ? wish.taken() : wish.devices(), wish.plug().managed(), host, wish.plug().options()));
            out.flush();
            return Exit.FINE;
        }
        return new AnswerPrinter(arguments.matchedOptionValue("--json", false), Optional.ofNullable(arguments.matchedOptionValue("--output", (Path) null)))
                .print(answer, out);
    }

    /** What xl would not read is no property of an entry of its. */
    private static void requireReadable(ParseResult arguments, Wish wish, String via) {
        if (via.equals("xl") && !wish.devices().isEmpty()) {
            XlRefusals.of(PciEntry.Device.of(wish.devices().getFirst(), wish.plug().options())).stream().findFirst().ifPresent(reason -> {
                throw GuestArguments.usage(arguments, "--option: " + reason);
            });
        }
    }

    private static BootWish boot(ParseResult arguments, Wish wish, Optional<String> type) {
        List<String> parameters = arguments.matchedOptionValue("--parameter", List.of());
        BootWish boot = new BootWish(arguments.matchedOptionValue("--boot", false), parameters);
        if (wish.devices().isEmpty() && (parameters.isEmpty() || boot.bind())) {
            throw GuestArguments.usage(arguments, "no DEVICE is named");
        }
        for (String parameter : parameters) {
            if (!parameter.matches("[A-Za-z0-9_.-]+(=[^\\s\"'\\\\$`]+)?")) {
                throw GuestArguments.usage(arguments, "--parameter is NAME or NAME=VALUE without blanks and quotes, not " + parameter);
            }
        }
        if (type.isPresent() && (boot.any() || wish.guest().isPresent())) {
            throw GuestArguments.usage(arguments, "--group-type stands alone: a group whose type changes stays with the host");
        }
        if (type.isPresent() && !GroupTypeSteps.TYPES.contains(type.get())) {
            throw GuestArguments.usage(arguments, "--group-type is one of " + String.join(", ", GroupTypeSteps.TYPES) + ", not " + type.get());
        }
        return boot;
    }

    private static Optional<GuestForm> form(ParseResult arguments) {
        String word = arguments.matchedOptionValue("--form", (String) null);
        if (word == null) {
            return Optional.empty();
        }
        return Optional.of(GuestForm.of(word).orElseThrow(() -> GuestArguments.usage(arguments, "--form is one of "
                + String.join(", ", Stream.of(GuestForm.values()).map(GuestForm::word).toList()) + ", not " + word)));
    }

    private Wish wish(ParseResult arguments, String via) {
        Set<Sbdf> devices = new LinkedHashSet<>();
        List<String> named = arguments.matchedPositionalValue(0, List.of());
        named.forEach(text -> devices.add(GuestArguments.function(arguments, text)));
        Set<Sbdf> with = new LinkedHashSet<>();
        List<String> along = arguments.matchedOptionValue("--with", List.of());
        along.forEach(text -> with.add(GuestArguments.function(arguments, text)));
        with.removeAll(devices);
        String guest = arguments.matchedOptionValue("--guest", (String) null);
        if (!Set.of("vfio", "qemu", "libvirt", "xl").contains(via)) {
            throw GuestArguments.usage(arguments, "--via is vfio, qemu, libvirt or xl, not " + via);
        }
        if (!via.equals("xl") && via.equals("vfio") != (guest == null)) {
            throw GuestArguments.usage(arguments, guest == null ? "--via " + via + " needs --guest"
                    : "--via vfio only binds and plugs nothing into a guest: leave out --guest, or --via");
        }
        List<String> forced = arguments.matchedOptionValue("--force", List.of());
        for (String label : forced) {
            String word = label.contains(":") ? label.substring(0, label.indexOf(':')) : label;
            if (!Refusal.forcibleWords().contains(word) && !Refusal.finalWords().contains(word)) {
                throw GuestArguments.usage(arguments, "--force takes a refusal's label, WORD:DEVICE, and no label begins with " + word);
            }
        }
        return new Wish(List.copyOf(devices), with, Optional.ofNullable(guest).map(name -> new Guest(via, name)), plug(arguments, via),
                Set.copyOf(forced));
    }

    private static Plug plug(ParseResult arguments, String via) {
        String managed = arguments.matchedOptionValue("--managed", "yes");
        if (!Set.of("yes", "no").contains(managed)) {
            throw GuestArguments.usage(arguments, "--managed is yes or no, not " + managed);
        }
        boolean lasting = arguments.matchedOptionValue("--persistent", false);
        Map<String, String> options = options(arguments);
        if (!via.equals("libvirt") && (lasting || arguments.hasMatchedOption("--managed") && arguments.matchedOptionValue("--form", (String) null) == null)) {
            throw GuestArguments.usage(arguments, (lasting ? "--persistent" : "--managed") + " needs --via libvirt");
        }
        if (!via.equals("qemu") && !via.equals("xl") && !options.isEmpty()) {
            throw GuestArguments.usage(arguments, "--option needs --via qemu or --via xl");
        }
        Optional<String> config = Optional.ofNullable(arguments.matchedOptionValue("--config", (String) null))
                .map(file -> arguments.hasMatchedOption("--root") ? file : Path.of(file).toAbsolutePath().toString());
        if (config.isPresent() && !via.equals("xl")) {
            throw GuestArguments.usage(arguments, "--config needs --via xl");
        }
        return new Plug(managed.equals("yes"), lasting, GuestArguments.timeout(arguments), config, options);
    }

    private static Map<String, String> options(ParseResult arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        List<String> pairs = arguments.matchedOptionValue("--option", List.of());
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw GuestArguments.usage(arguments, "--option is NAME=VALUE, not " + pair);
            }
            options.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return options;
    }
}
