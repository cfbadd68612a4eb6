package dev.dmarshal.passthrough.boot;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.boot.BootReader;
import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.params.PartReview;
import dev.dmarshal.host.params.Protection;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.params.Verdict;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.RunningVersion;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.xen.HideStrings;
import dev.dmarshal.passthrough.xen.KernelDriver;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans what outlasts a restart: which files, which programs, and what speaks against it. Reads the host, changes nothing. */
public final class BootSteps {

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String MODPROBE = "/etc/modprobe.d";

    /**
     * Something against it.
     *
     * @param label    {@code parameter}, {@code boot-loader} or {@code initramfs}
     * @param about    what it is about
     * @param reason   why
     * @param way      what to do instead
     * @param forcible whether it may be done all the same
     */
    public record Objection(String label, String about, String reason, String way, boolean forcible) {
    }

    private final HostRoot host;
    private final BootWish wish;
    private final List<Sbdf> functions;
    private final List<Objection> objections = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * @param host      the host
     * @param wish      what is to last
     * @param functions what vfio-pci is to have at each boot, if that is wished
     */
    public BootSteps(HostRoot host, BootWish wish, Collection<Sbdf> functions) {
        this.host = host;
        this.wish = wish;
        this.functions = List.copyOf(functions);
        wish.parameters().forEach(this::review);
    }

    /** Adds the steps and what must hold in the end. */
    public void add(StepList steps, List<Condition> goal) {
        if (wish.bind() && !functions.isEmpty() && PcibackBinding.dom0(host)) {
            hide(steps);
        } else if (wish.bind() && !functions.isEmpty()) {
            bind(steps);
        }
        if (!wish.parameters().isEmpty()) {
            new LoaderSteps(host, wish.parameters()).add(steps, goal, wish.parameters())
                    .ifPresent(why -> objections.add(new Objection("boot-loader", "command-line", why, "dmarshal check shows what was found", false)));
        }
    }

    /** What speaks against it; complete once the steps have been added. */
    public List<Objection> objections() {
        return List.copyOf(objections);
    }

    /** What to know before. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** A parameter that does nothing on this kernel, or that takes protection away, is not put there unasked. */
    private void review(String parameter) {
        Optional<RunningVersion> kernel = host.text("/proc/sys/kernel/osrelease").present().flatMap(text -> KernelVersion.parse(text.strip()))
                .map(version -> (RunningVersion) version);
        CommandLine line = CommandLine.parse(Platform.LINUX, parameter);
        ParameterReview review = kernel.map(version -> ParameterReview.of(line, version, BuildOptions.UNKNOWN))
                .orElseGet(() -> ParameterReview.ofUnknownVersion(line, BuildOptions.UNKNOWN));
        for (PartReview part : review.tokens().stream().flatMap(token -> token.parts().stream()).toList()) {
            String why = switch (part.verdict()) {
                case Verdict.IgnoredByThisKernel ignored -> parameter + " does nothing on this kernel: " + ignored.explanation();
                case Verdict.Misspelt misspelt -> parameter + " is read by nothing: " + misspelt.explanation();
                case Verdict.Known known when known.row().protection() == Protection.LOWERS || known.row().protection() == Protection.BREAKS_PASSTHROUGH ->
                        parameter + " takes protection away or breaks passthrough: " + known.row().effect();
                case Verdict.Known _, Verdict.KnownButOverridden _, Verdict.NotAboutPassthrough _ -> "";
            };
            if (!why.isEmpty()) {
                objections.add(new Objection("parameter", parameter, why, "dmarshal doctor and dmarshal check name narrower ways", true));
            }
        }
    }

    private void bind(StepList steps) {
        FileSteps files = new FileSteps(host, steps);
        List<String> options = new ArrayList<>(List.of("# dmarshal: vfio-pci has " + String.join(", ", names()) + " at each boot"));
        softDependencies().forEach(module -> options.add("softdep " + module + " pre: vfio-pci"));
        boolean byAddress = twins() || othersIds();
        if (!byAddress) {
            Set<String> ids = new LinkedHashSet<>();
            functions.forEach(function -> ids.add(ids(function)));
            options.add("options vfio-pci ids=" + String.join(",", ids));
            remarks.add("the ids in modprobe's options also catch every card of the same make that is plugged in later");
        }
        create(files, "tell modprobe", MODPROBE + "/dmarshal-" + id() + ".conf", String.join("\n", options) + "\n");
        if (byAddress) {
            StringBuilder rules = new StringBuilder("# dmarshal: by address, because others have the same ids\n");
            names().forEach(name -> rules.append("ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"").append(name)
                    .append("\", ATTR{driver_override}=\"vfio-pci\"\n"));
            create(files, "tell udev", "/etc/udev/rules.d/05-dmarshal-" + id() + ".rules", rules.toString());
            remarks.add("udev's rule goes by address: a driver that is built in, or that the initramfs loads before udev has the rule, is there earlier");
        }
        initramfs(files, "vfio-pci");
    }

    /**
     * On a dom0 it is pciback's own parameter: on the command line if pciback is built in, else modprobe's, with pciback loaded first thing in the initramfs.
     * Devices that others have hidden stay hidden: of two such parameters only the last counts.
     */
    private void hide(StepList steps) {
        HideStrings hiding = new HideStrings(host);
        KernelDriver pciback = hiding.pciback();
        if (pciback.missing()) {
            objections.add(new Objection("boot-loader", "pciback", "dom0's kernel has no pciback to take devices at boot: " + pciback.reasons(),
                    "a kernel built with CONFIG_XEN_PCIDEV_BACKEND, or the package with the rest of its modules", false));
            return;
        }
        if (pciback.how() == KernelDriver.How.BUILT_IN) {
            Optional<String> there = BootReader.read(host).afterReboot().flatMap(line -> line.linux().tokens().stream()
                    .filter(token -> token.name().equals(hiding.driver() + ".hide")).reduce((first, last) -> last)).flatMap(Token::value);
            new LoaderSteps(host, List.of(hiding.parameter(functions, there.orElse("")))).addWithoutRestart(steps)
                    .ifPresent(why -> objections.add(new Objection("boot-loader", "command-line", why, "dmarshal plan --form xen-hide prints the parameter",
                    false)));
            return;
        }
        FileSteps files = new FileSteps(host, steps);
        create(files, "tell modprobe", MODPROBE + "/dmarshal-" + id() + ".conf", "# dmarshal: pciback has " + String.join(", ", names()) + " at each boot\n"
                + hiding.moduleOptions(functions));
        String option = "options\\s+" + hiding.driver().replace('-', '.') + "\\s.*\\bhide=.*";
        host.list(MODPROBE).present().orElse(List.of()).stream().filter(name -> name.endsWith(".conf") && !name.equals("dmarshal-" + id() + ".conf"))
                .filter(name -> host.text(MODPROBE + "/" + name).present().orElse("").lines().anyMatch(line -> line.strip().matches(option)))
                .forEach(name -> objections.add(new Objection("boot-loader", MODPROBE + "/" + name, MODPROBE + "/" + name
                        + " has devices for pciback already, and of two such options only one counts", "put these devices there too, or undo the plan that"
                        + " made it",
                        true)));
        initramfs(files, hiding.driver());
    }

    private void initramfs(FileSteps files, String module) {
        Optional<Initramfs> initramfs = Initramfs.of(host);
        if (initramfs.isEmpty()) {
            objections.add(new Objection("initramfs", "tool", "neither update-initramfs, mkinitcpio nor dracut is there to make the initramfs", "leave --boot"
                    + " out, and bind after each boot", false));
            return;
        }
        initramfs.get().configure(host, files, module).ifPresent(why -> objections.add(new Objection("initramfs", initramfs.get().tool(), why, "mend it first",
                false)));
        if (files.any()) {
            files.then("make the initramfs anew (" + initramfs.get().tool() + ")", List.of(initramfs.get().command()), List.of());
        }
    }

    private void create(FileSteps files, String title, String path, String text) {
        if (!files.create(title, path, text)) {
            objections.add(new Objection("boot-loader", path, path + " is there already, with other contents", "undo the plan that made it", false));
        }
    }

    private List<String> names() {
        return functions.stream().map(Sbdf::toString).toList();
    }

    /** The same functions always get the same file. */
    private String id() {
        return functions.getFirst().toString().replace(':', '-').replace('.', '-');
    }

    private String attribute(String function, String name) {
        return host.text(DEVICES + function + "/" + name).present().map(text -> text.strip().replaceFirst("^0x", "")).orElse("");
    }

    private String ids(Sbdf function) {
        return attribute(function.toString(), "vendor") + ":" + attribute(function.toString(), "device");
    }

    /** Modules of the drivers that the functions have now: modprobe loads vfio-pci before each of them. */
    private Set<String> softDependencies() {
        Set<String> modules = new LinkedHashSet<>();
        for (String name : names()) {
            host.linkName(DEVICES + name + "/driver").present().filter(driver -> !driver.equals("vfio-pci"))
                    .ifPresent(driver -> modules.add(host.linkName("/sys/bus/pci/drivers/" + driver + "/module").present().orElse(driver.replace('-', '_'))));
        }
        return modules;
    }

    /** Whether functions that are not to be taken have the same ids. */
    private boolean twins() {
        boolean any = false;
        for (String other : host.list(DEVICES).present().orElse(List.of())) {
            for (Sbdf function : functions) {
                if (!names().contains(other) && !ids(function).equals(":") && (attribute(other, "vendor") + ":" + attribute(other, "device")).equals(
                        ids(function))) {
                    remarks.add(other + " has the same ids as " + function + " (" + ids(function) + "): modprobe's ids would take it too, so the rule goes"
                            + " by address");
                    any = true;
                }
            }
        }
        return any;
    }

    /** Of two options of that name only one counts, so one that somebody else has written is left alone. */
    private boolean othersIds() {
        for (String name : host.list(MODPROBE).present().orElse(List.of())) {
            String text = host.text(MODPROBE + "/" + name).present().orElse("");
            if (name.endsWith(".conf") && text.lines().anyMatch(line -> line.strip().matches("options\\s+vfio[-_]pci\\s.*\\bids=.*"))) {
                remarks.add(MODPROBE + "/" + name + " has ids for vfio-pci already; it is left alone, and the rule goes by address");
                return true;
            }
        }
        return false;
    }
}
