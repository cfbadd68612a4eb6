package dev.dmarshal.cli.image;

import dev.dmarshal.cli.host.Survey;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.image.EntryText;
import dev.dmarshal.host.image.HostTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.RegisterText;
import dev.dmarshal.host.image.SeenEntries;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options that all commands about memory images share: how the image is laid out, and where the tables are. */
public final class ImageArguments {
    private static final int MOST_TEXT_BYTES = 64 << 20;

    private final ParseResult arguments;

    public ImageArguments(ParseResult arguments) {
        this.arguments = arguments;
    }

    static void declare(CommandSpec spec) {
        text(spec, "--layout", "LAYOUT", "Where the bytes of a raw image lie: q35 or pc (RAM file of a QEMU guest of that machine type), @ADDRESS (first"
                + " byte is at"
                + " ADDRESS, as pmemsave writes), map=FILE (only the ranges listed in FILE are memory: /proc/iomem or e820 lines), packed=FILE (these ranges"
                + " follow"
                + " each other). Without it offset is address. Files with headers (ELF core, kdump, LiME) know it themselves.");
        text(spec, "--rtaddr", "VALUE", "The unit's RTADDR register: address of the root table, bits 11:10 the mode.");
        text(spec, "--irta", "VALUE", "The unit's IRTA register.");
        text(spec, "--cap", "VALUE", "The unit's CAP register.");
        text(spec, "--ecap", "VALUE", "The unit's ECAP register.");
        text(spec, "--haw", "BITS", "Host address width, 32 to 52.");
        text(spec, "--registers", "FILE", "Where all units have their tables: debugfs iommu_regset, dmar_translation_struct or ir_translation_struct,"
                + " kernel log (also the entries that CONFIG_DMAR_DEBUG prints after a fault), registers and entries that Xen printed (also by its debug key V).");
        text(spec, "--host", "SOURCE", "What else is known of the machine: a capture, a sos report, a directory with its files, or \"live\" for this one. Gives"
                + " registers, RMRRs and the crash kernel's memory.");
        spec.addOption(OptionSpec.builder("--part").paramLabel("FILE").type(List.class).auxiliaryTypes(Path.class).converters((String text) -> Path.of(text))
                .description("A further file of a split kdump image; may be given several times.").build());
        spec.addOption(OptionSpec.builder("--search").type(boolean.class)
                .description("Search the whole image for tables even if something says where they are.").build());
    }

    public static void text(CommandSpec spec, String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name).paramLabel(label).type(String.class).description(description).build());
    }

    /** Opens the image. */
    public ImageFile open(Path image) throws IOException {
        List<Path> files = new ArrayList<>(List.of(image));
        files.addAll(arguments.matchedOptionValue("--part", List.of()));
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new IOException(file + ": " + (Files.exists(file) ? "cannot be read" : "no such file or directory"));
            }
        }
        return ImageFile.open(files, layout());
    }

    private RawLayout layout() throws IOException {
        String layout = arguments.matchedOptionValue("--layout", "@0");
        if (layout.equals("q35") || layout.equals("pc")) {
            return new RawLayout.Qemu(layout.equals("q35"));
        }
        if (layout.startsWith("@")) {
            return new RawLayout.From(number("--layout", layout.substring(1)));
        }
        boolean packed = layout.startsWith("packed=");
        if (packed || layout.startsWith("map=")) {
            List<RawLayout.Range> ranges = RawLayout.ranges(readText(Path.of(layout.substring(layout.indexOf('=') + 1))));
            if (ranges.isEmpty()) {
                throw refused("--layout " + layout + ": no range of memory in that file. (/proc/iomem shows zeros to all but root.)");
            }
            return new RawLayout.Listed(ranges, packed);
        }
        throw refused("--layout is one of q35, pc, @ADDRESS, map=FILE, packed=FILE; not " + layout);
    }

    /** What is known of the machine beside its memory; empty without {@code --host}. */
    Optional<HostTables> host(PrintWriter err) throws IOException {
        String source = arguments.matchedOptionValue("--host", "");
        if (source.isEmpty()) {
            return Optional.empty();
        }
        Optional<HostRoot> host = Survey.open(source.equals("live") ? Optional.empty() : Optional.of(Path.of(source)), err);
        if (host.isEmpty()) {
            throw new IOException("--host " + source + " cannot be used");
        }
        return host.map(HostTables::of);
    }

    /** Whether the user wants everything searched for, whatever is known. */
    boolean searching() {
        return arguments.matchedOptionValue("--search", false);
    }

    /** The units that the user tells of; none if it has to be found out. */
    List<UnitTables> told() throws IOException {
        List<UnitTables> units = new ArrayList<>();
        OptionalLong root = number("--rtaddr");
        OptionalLong interrupts = number("--irta");
        if (root.isPresent() || interrupts.isPresent()) {
            OptionalLong cap = number("--cap");
            OptionalLong ecap = number("--ecap");
            boolean known = cap.isPresent() && ecap.isPresent();
            UnitCapabilities capabilities = known ? new UnitCapabilities(cap.getAsLong(), ecap.getAsLong(), width()) : withWidth();
            units.add(new UnitTables("unit", root, interrupts, capabilities, known, "the command line", Confidence.TOLD));
        }
        String registers = arguments.matchedOptionValue("--registers", "");
        if (!registers.isEmpty()) {
            units.addAll(RegisterText.units(readText(Path.of(registers))));
        }
        return units;
    }

    /** Entries of tables that the user's text shows; none if there is no text. */
    List<SeenEntries> seen() throws IOException {
        String registers = arguments.matchedOptionValue("--registers", "");
        return registers.isEmpty() ? List.of() : EntryText.read(readText(Path.of(registers)));
    }

    private UnitCapabilities withWidth() {
        UnitCapabilities any = UnitTables.anyUnit();
        return new UnitCapabilities(any.cap(), any.ecap(), width());
    }

    private int width() {
        long bits = Long.parseLong(decimal(arguments.matchedOptionValue("--haw", "52")));
        if (bits < 32 || bits > 52) {
            throw refused("--haw is 32 to 52, not " + bits);
        }
        return (int) bits;
    }

    private String decimal(String text) {
        if (!text.matches("[0-9]{1,3}")) {
            throw refused("--haw is 32 to 52, not " + text);
        }
        return text;
    }

    private static String readText(Path file) throws IOException {
        if (!Files.isReadable(file) || Files.size(file) > MOST_TEXT_BYTES) {
            throw new IOException(file + ": " + (Files.exists(file) ? "cannot be read" : "no such file or directory"));
        }
        return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    OptionalLong number(String option) {
        String text = arguments.matchedOptionValue(option, "");
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(number(option, text));
    }

    /** A number as people write addresses: hexadecimal, with or without 0x. */
    long number(String what, String text) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        if (!digits.matches("[0-9a-fA-F_]{1,19}") || digits.replace("_", "").isEmpty() || digits.replace("_", "").length() > 16) {
            throw refused(what + ": not a hexadecimal number: " + text);
        }
        return Long.parseUnsignedLong(digits.replace("_", ""), 16);
    }

    ParameterException refused(String why) {
        return new ParameterException(arguments.commandSpec().commandLine(), why);
    }
}
