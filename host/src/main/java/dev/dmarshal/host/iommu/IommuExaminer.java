package dev.dmarshal.host.iommu;

import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.params.Setting;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.RunningVersion;
import dev.dmarshal.host.version.XenVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for each cause why remapping may be off, in files first and in the log where they are silent. */
final class IommuExaminer {

    private static final String UNITS = "/sys/class/iommu";
    private static final String GROUPS = "/sys/kernel/iommu_groups";
    private static final String TABLES = "/sys/firmware/acpi/tables/";
    private static final Pattern XEN_LINE = Pattern.compile("(?m)^xen_commandline\\s*: (.*)$");
    private static final Pattern XEN_VERSION = Pattern.compile("(?m)^xen_version\\s*: (\\S+)$");
    private static final Pattern XEN_CAPABILITIES = Pattern.compile("(?m)^virt_caps\\s*: (.*)$");
    private static final int HEADER = 36;
    private static final int DMAR_HEADER = 48;

    private static final String TABLE = "firmware-table";
    private static final String BUILD = "kernel-build";

    private final HostRoot host;
    private final KernelLog log;
    private final KernelLog xenLog;
    private final Surroundings surroundings;
    private final Surroundings.Vendor vendor;
    private final Optional<String> xenSays;

    IommuExaminer(HostRoot host) {
        this.host = host;
        this.log = KernelLog.of(host);
        this.surroundings = new Surroundings(host, log);
        this.vendor = surroundings.vendor();
        boolean xen = surroundings.dom0();
        this.xenLog = xen ? KernelLog.ofXen(host) : log;
        this.xenSays = xen ? host.output(HostCommand.XL_INFO).present().map(bytes -> new String(bytes, StandardCharsets.UTF_8)) : Optional.empty();
    }

    IommuStanding standing() {
        if (surroundings.dom0()) {
            return new IommuStanding(xenRemapping(), xenInterrupts(), List.of(surroundings.container(), surroundings.guest(), xenTable(), xenCommandLine()));
        }
        HostCheck remapping = remapping();
        List<HostCheck> before = List.of(surroundings.container(), surroundings.guest(), withHardware(table()), usable(), build());
        List<HostCheck> causes = new ArrayList<>(before);
        causes.add(notAsked(remapping, before, commandLine()));
        return new IommuStanding(remapping, interrupts(), causes);
    }

    /**
     * How a kernel was built is seldom in what was given. But where remapping is known to be off, the table is known to be there, and nothing on the command
     * line decides it, only the build is left, and either way it was not asked for.
     */
    private HostCheck notAsked(HostCheck remapping, List<HostCheck> before, HostCheck line) {
        boolean there = before.stream().anyMatch(check -> check.label().equals(TABLE) && check.answer() == Answer.PASS)
                && before.stream().noneMatch(check -> check.answer() == Answer.FAIL);
        boolean buildDecides = line.answer() == Answer.UNMEASURED && host.text("/proc/cmdline").present().isPresent();
        return remapping.answer() == Answer.FAIL && vendor == Surroundings.Vendor.INTEL && there && buildDecides
                ? HostCheck.fail(line.label(), "Remapping is not asked for: nothing on the command line turns it on, and as it is off though the table is"
                + " there,"
                + " this kernel does not do so by itself. intel_iommu=on turns it on, if the kernel was built with " + vendor.option + ".", "/proc/cmdline")
                : line;
    }

    private HostCheck remapping() {
        String label = "dma-remapping";
        Reading<List<String>> units = host.list(UNITS);
        List<String> names = units.present().orElse(List.of());
        if (!names.isEmpty()) {
            return HostCheck.pass(label, "DMA remapping is in force: the kernel uses " + (names.size() == 1 ? "one unit" : names.size() + " units") + " ("
                    + String.join(", ", names.subList(0, Math.min(4, names.size()))) + (names.size() > 4 ? ", …" : "") + ").", UNITS);
        }
        Optional<String> line = log.line(MessageKind.VTD_ACTIVE, MessageKind.GROUP_ADD, MessageKind.AMD_FOUND);
        if (line.isPresent()) {
            return HostCheck.pass(label, "DMA remapping is in force, by the kernel's log.", line.get());
        }
        // The folder of groups is there on every kernel that could have groups: only what is in it counts.
        if (host.list(GROUPS).present().filter(groups -> !groups.isEmpty()).isPresent()) {
            return HostCheck.pass(label, "DMA remapping is in force: the kernel has made IOMMU groups.", GROUPS);
        }
        if (units instanceof Reading.Absent || units.present().isPresent() && host.whole(UNITS)) {
            return HostCheck.fail(label, "DMA remapping is off: the kernel uses no unit, so"
                    + " every device reaches all memory and none can be given to a guest.", UNITS);
        }
        return log.wholeBoot() ? HostCheck.fail(label, "DMA remapping is off: the log of the whole boot shows no unit taken into use.", "kernel log")
                : HostCheck.unmeasured(label, "Whether DMA remapping is on is not known: " + units.trouble().orElse(UNITS + " was not read") + ".", UNITS);
    }

    private HostCheck interrupts() {
        String label = "interrupt-remapping";
        Optional<String> line = log.line(MessageKind.IR_ENABLED, MessageKind.AMD_IR_ENABLED);
        Optional<String> table = host.text("/proc/interrupts").present();
        if (table.filter(text -> text.contains("IR-")).isPresent()) {
            return HostCheck.pass(label, "Interrupts are remapped: no guest can send what was not routed to it.", "/proc/interrupts: IR-");
        }
        if (table.isPresent()) {
            return HostCheck.fail(label, "Interrupts are not remapped: a guest with a device can forge interrupts, and VFIO refuses unless it is told to"
                    + " allow that.",
                    "/proc/interrupts", log.line(MessageKind.IR_NOT_ENABLED, MessageKind.X2APIC_OPT_OUT, MessageKind.IR_ERRATUM).orElse("no IR- there"));
        }
        Optional<String> off = log.line(MessageKind.IR_NOT_ENABLED, MessageKind.IR_ERRATUM, MessageKind.AMD_IR_DISABLED);
        return line.map(said -> HostCheck.pass(label, "Interrupts are remapped, by the kernel's log.", said)).or(() -> off.map(said -> HostCheck.fail(label,
                "Interrupts are not remapped, by the kernel's log.", said))).orElse(HostCheck.unmeasured(label, "Whether interrupts are remapped is not known.",
                "/proc/interrupts"));
    }

    private HostCheck table() {
        String label = TABLE;
        String both = vendor == Surroundings.Vendor.UNKNOWN ? "DMAR or IVRS" : vendor.table;
        if (host.has(TABLES + vendor.table)) {
            return HostCheck.pass(label, "Firmware gives the table " + vendor.table + ".", TABLES + vendor.table);
        }
        if (host.bytes(TABLES + vendor.table) instanceof Reading.Absent && host.list(TABLES).present().filter(names -> !names.isEmpty()).isPresent()) {
            return HostCheck.fail(label, "Firmware gives no table " + both + ": " + vendor.words
                    + " is off in firmware set-up, or the board or processor has none.", TABLES);
        }
        Optional<String> line = log.table(vendor.table);
        if (line.isPresent() || log.units()) {
            return HostCheck.pass(label, "Firmware gives the table " + vendor.table + ", by the kernel's log.", line.orElse("kernel log"));
        }
        Optional<String> missing = log.line(MessageKind.DMAR_NOT_FOUND);
        if (missing.isPresent() || log.listsTables() && log.wholeBoot()) {
            return HostCheck.fail(label, "Firmware gives no table " + both + ", by the kernel's log: " + vendor.words
                    + " is off in firmware set-up, or the board or processor has none.", missing.orElse("kernel log"));
        }
        return HostCheck.unmeasured(label, "Whether firmware gives the table " + both + " is not known.", TABLES);
    }

    /** Where firmware gives no table, what is known of the board says whether set-up is worth a look. */
    private HostCheck withHardware(HostCheck table) {
        if (table.answer() != Answer.FAIL) {
            return table;
        }
        List<String> evidence = new ArrayList<>(table.evidence());
        StringBuilder says = new StringBuilder(table.says());
        for (HardwareNote note : KnownHardware.of(host).notes()) {
            says.append(' ').append(note.about()).append(": ").append(note.says());
            evidence.add(note.source());
        }
        return new HostCheck(table.label(), table.answer(), says.toString(), evidence);
    }

    private HostCheck usable() {
        String label = "table-usable";
        Optional<String> broken = log.line(MessageKind.DMAR_ADDRESS_ZERO, MessageKind.DMAR_ALL_ONES, MessageKind.DMAR_PARSE_FAILED,
                MessageKind.UNIT_UNMAPPABLE);
        if (broken.isPresent()) {
            return HostCheck.fail(label, "The kernel gave firmware's table up as broken.", broken.get());
        }
        Optional<byte[]> table = host.bytes(TABLES + vendor.table).present();
        if (table.isEmpty()) {
            return log.line(MessageKind.VTD_ACTIVE, MessageKind.AMD_FOUND, MessageKind.IR_ENABLED)
                    .map(line -> HostCheck.pass(label, "The kernel could use firmware's table.", line))
                    .orElse(HostCheck.unmeasured(label, "Firmware's table was not read, so whether it is sound is not known.", TABLES + vendor.table));
        }
        return damage(table.get()).map(what -> HostCheck.fail(label, "Firmware's table is broken: " + what + ".", TABLES + vendor.table))
                .orElse(HostCheck.pass(label, "Firmware's table has its length, a right checksum, and something in it.", TABLES + vendor.table));
    }

    /** What the kernel looks at before it reads on (ACPI, section 5.2.6; drivers/acpi/acpica/tbutils.c). Units themselves are judged elsewhere. */
    private Optional<String> damage(byte[] table) {
        if (table.length < HEADER) {
            return Optional.of("it has " + table.length + " bytes and its header alone has " + HEADER);
        }
        long length = table[4] & 0xffL | (table[5] & 0xffL) << 8 | (table[6] & 0xffL) << 16 | (table[7] & 0xffL) << 24;
        if (length > table.length || length < HEADER) {
            return Optional.of("it says that it has " + length + " bytes, and " + table.length + " are there");
        }
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += table[i];
        }
        if ((sum & 0xff) != 0) {
            return Optional.of("its checksum is wrong");
        }
        return length <= DMAR_HEADER ? Optional.of("it names no unit") : Optional.empty();
    }

    private HostCheck build() {
        String label = BUILD;
        BuildConfig config = BuildConfig.of(host);
        Optional<Boolean> set = config.options().isSet(vendor.option);
        if (set.isPresent()) {
            return set.get() ? HostCheck.pass(label, "The kernel was built with " + vendor.option + ".", config.path().orElse(""))
                    : HostCheck.fail(label, "The kernel was built without " + vendor.option + ": it cannot use " + vendor.words + ".", config.path()
                            .orElse(""));
        }
        // Lines on units (DRHD) prove nothing: interrupt remapping alone has them too (drivers/iommu/Kconfig, DMAR_TABLE).
        return log.line(MessageKind.IOMMU_ENABLED, MessageKind.VTD_ACTIVE, MessageKind.AMD_FOUND)
                .map(line -> HostCheck.pass(label, "The kernel has the driver: it speaks in the log.", line))
                .orElse(HostCheck.unmeasured(label, "How the kernel was built is not known.", config.path().orElse("/boot/config-*, /proc/config.gz")));
    }

    private HostCheck commandLine() {
        String label = "command-line";
        Optional<String> line = host.text("/proc/cmdline").present();
        if (line.isEmpty()) {
            return HostCheck.unmeasured(label, "The command line was not read.", "/proc/cmdline");
        }
        CommandLine tokens = CommandLine.parse(Platform.LINUX, line.get());
        Optional<KernelVersion> version = host.text("/proc/sys/kernel/osrelease").present().flatMap(KernelVersion::parse);
        return asked(label, tokens, version.map(RunningVersion.class::cast), "/proc/cmdline");
    }

    private HostCheck asked(String label, CommandLine line, Optional<RunningVersion> version, String path) {
        BuildConfig config = BuildConfig.of(host);
        ParameterReview review = version.map(known -> ParameterReview.of(line, known, config.options()))
                .orElseGet(() -> ParameterReview.ofUnknownVersion(line, config.options()));
        Setting setting = vendor == Surroundings.Vendor.AMD ? review.inForce().amdRemapping() : review.inForce().dmaRemapping();
        String evidence = path + setting.token().map(token -> ": " + token.raw()).orElse("");
        return switch (setting.state()) {
            case YES -> HostCheck.pass(label, "Remapping is asked for. " + setting.reason(), evidence);
            case NO -> HostCheck.fail(label, "Remapping is not asked for. " + setting.reason(), evidence);
            case UNKNOWN -> HostCheck.unmeasured(label, setting.reason(), evidence);
        };
    }

    private HostCheck xenRemapping() {
        String label = "dma-remapping";
        Optional<String> capabilities = xenSays.flatMap(text -> first(XEN_CAPABILITIES, text));
        Optional<String> on = xenLog.line(MessageKind.XEN_IOMMU_ENABLED);
        Optional<String> off = xenLog.line(MessageKind.XEN_IOMMU_DISABLED);
        if (capabilities.filter(text -> text.contains("directio")).isPresent()) {
            return HostCheck.pass(label, "Xen has DMA remapping in force and can give devices to guests.", "xl info: virt_caps: " + capabilities.get());
        }
        if (on.isPresent() && off.isEmpty()) {
            return HostCheck.pass(label, "Xen has DMA remapping in force.", on.get());
        }
        if (off.isPresent() || capabilities.isPresent()) {
            return HostCheck.fail(label, "Xen has DMA remapping off: no guest can have a device safely.",
                    off.orElseGet(() -> "xl info: virt_caps: " + capabilities.get()));
        }
        return HostCheck.unmeasured(label, "Xen has the IOMMU, and neither xl info nor xl dmesg was read: run as root in dom0.", "xl info", "xl dmesg");
    }

    private HostCheck xenInterrupts() {
        String label = "interrupt-remapping";
        Optional<String> state = xenLog.field(MessageKind.XEN_IR, "state");
        return state.map(text -> text.startsWith("enabled") ? HostCheck.pass(label, "Xen remaps interrupts.", "xl dmesg: " + text)
                : HostCheck.fail(label, "Xen does not remap interrupts.", "xl dmesg: " + text))
                .orElse(HostCheck.unmeasured(label, "Whether Xen remaps interrupts only its log says.", "xl dmesg"));
    }

    /**
     * Xen takes the table away from dom0 by changing its signature (xen/drivers/passthrough/vtd/dmar.c, acpi_dmar_zap): that dom0 does not see it says
     * nothing.
     */
    private HostCheck xenTable() {
        if (host.has(TABLES + "RMAD")) {
            return HostCheck.pass("firmware-table", "Firmware has the table; Xen renamed it so that dom0 leaves the units alone.", TABLES + "RMAD");
        }
        return xenLog.line(MessageKind.XEN_DMAR).map(line -> HostCheck.pass("firmware-table", "Xen found firmware's table.", line))
                .orElse(HostCheck.unmeasured("firmware-table", "Xen hides the table from dom0; whether there is one its log says.", "xl dmesg"));
    }

    private HostCheck xenCommandLine() {
        String label = "xen-command-line";
        Optional<String> line = xenSays.flatMap(text -> first(XEN_LINE, text)).or(() -> xenLog.field(MessageKind.XEN_COMMAND_LINE, "arguments"));
        Optional<RunningVersion> version = xenSays.flatMap(text -> first(XEN_VERSION, text)).flatMap(text -> XenVersion.parse("Xen version " + text))
                .map(RunningVersion.class::cast);
        return line.map(text -> asked(label, CommandLine.parse(Platform.XEN, text), version, "xl info: xen_commandline"))
                .orElse(HostCheck.unmeasured(label, "Xen's command line was not read.", "xl info"));
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }
}
