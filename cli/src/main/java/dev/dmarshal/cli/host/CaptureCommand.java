package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.capture.Capture;
import dev.dmarshal.host.capture.Input;
import dev.dmarshal.host.capture.Inputs;
import dev.dmarshal.host.capture.Manifest;
import dev.dmarshal.host.capture.Privacy;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal capture}: what is read of a machine, masked, in one file that other commands take in its place. */
public final class CaptureCommand implements Command {

    private static final int KEY_BYTES = 32;
    private static final int EXAMPLES = 3;

    @Override
    public String name() {
        return "capture";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Writes what dmarshal reads of this host into one file, which other commands take in its place, on any"
                + " machine. Serial numbers, addresses, names of people and machines are masked. Reads only; as root it sees more.");
        spec.addOption(OptionSpec.builder("-o", "--output").paramLabel("FILE").type(Path.class).converters((String text) -> Path.of(text))
                .description("Where to, a .tar.zst; - for standard output.").build());
        spec.addOption(OptionSpec.builder("--from").paramLabel("SOURCE").type(Path.class).converters((String text) -> Path.of(text))
                .description("Take it from a directory or archive instead of this host.").build());
        spec.addOption(OptionSpec.builder("--full").type(boolean.class).description("Mask nothing, and take what is private as a whole.").build());
        spec.addOption(OptionSpec.builder("--list").type(boolean.class).description("Only say what would be captured, and how private it is.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Inputs inputs = Inputs.standard();
        boolean full = arguments.matchedOptionValue("--full", false);
        if (arguments.matchedOptionValue("--list", false)) {
            list(inputs, full, out);
            return Exit.FINE;
        }
        Path target = arguments.matchedOptionValue("-o", null);
        if (target == null) {
            throw new ParameterException(arguments.commandSpec().commandLine(), "where to? Give -o FILE, or --list to see what it would hold");
        }
        Path from = arguments.matchedOptionValue("--from", null);
        Reading<HostRoot> source = from == null ? new Reading.Present<>("/", HostRoot.ofThisMachine()) : HostRoot.open(from);
        if (source.present().isEmpty()) {
            err.println("dmarshal: " + source.trouble().orElse(from + ": no such file or directory"));
            return Exit.UNMEASURED;
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        String version = CaptureCommand.class.getModule().getDescriptor().rawVersion().orElse("of a checkout");
        Capture capture = Capture.of(source.present().get(), inputs,
                new Capture.Making(full, "dmarshal " + version, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), key));
        if (capture.manifest().entries() == 0) {
            err.println("dmarshal: " + from + ": holds nothing that a capture would hold");
            return Exit.UNMEASURED;
        }
        boolean standard = target.toString().equals("-");
        write(capture, target, standard);
        return report(capture, source.present().get(), target, standard ? err : out);
    }

    /** Written beside its place and moved there, so that nobody meets half of it; for its owner's eyes only until he decides otherwise. */
    private static void write(Capture capture, Path target, boolean standard) throws IOException {
        if (standard) {
            try (OutputStream stream = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))) {
                capture.write(stream);
            }
            return;
        }
        Path folder = target.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": no such directory");
        }
        if (Files.isDirectory(target)) {
            throw new IOException(target + ": is a directory; name the file to write in it");
        }
        Path part = Files.createTempFile(folder, ".dmarshal-", ".part");
        try {
            try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(part))) {
                capture.write(stream);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static int report(Capture capture, HostRoot host, Path target, PrintWriter out) {
        Manifest manifest = capture.manifest();
        Page page = Page.forTerminal();
        page.paragraph(0, (target.toString().equals("-") ? "standard output" : target) + ": " + manifest.entries() + " files and links, "
                + capture.sizeBytes() + " bytes, " + (manifest.full() ? "nothing masked: look at it before you give it away" : "personal data masked"));
        host.remarks().forEach(remark -> page.paragraph(0, host.name() + ": " + remark.text()));
        Map<String, List<String>> refused = new TreeMap<>();
        manifest.withheld().forEach((path, why) -> refused.computeIfAbsent(why, any -> new ArrayList<>()).add(path));
        manifest.completeness().denied().forEach((path, why) -> refused.computeIfAbsent(why, any -> new ArrayList<>()).add(path));
        // Those were never meant to be taken.
        refused.keySet().removeIf(why -> why.startsWith("only that it is there") || why.startsWith("never read"));
        if (!refused.isEmpty()) {
            page.blank().heading("Could not be read").blank();
        }
        refused.forEach((why, paths) -> page.paragraph(2, why + ": " + some(paths)));
        boolean forbidden = refused.containsKey("permission denied") && host.live();
        if (forbidden) {
            page.blank().paragraph(0, "As root it would hold these too.");
        }
        page.print(out);
        return forbidden ? Exit.UNMEASURED : Exit.FINE;
    }

    private static String some(List<String> paths) {
        String few = String.join(", ", paths.subList(0, Math.min(EXAMPLES, paths.size())));
        return paths.size() > EXAMPLES ? few + " and " + (paths.size() - EXAMPLES) + " more" : few;
    }

    private static void list(Inputs inputs, boolean full, PrintWriter out) {
        for (Input row : inputs.rows()) {
            if (row.privacy() != Privacy.FULL || full) {
                out.println(how(row, full) + "\t" + row.path() + "\t" + (row.how() == Input.How.OPEN ? "open files under " : "") + row.purpose());
            }
        }
        out.flush();
    }

    private static String how(Input row, boolean full) {
        Optional<String> what = switch (row.how()) {
            case NAMES, LINK, OPEN -> Optional.of("names only");
            case THERE -> Optional.of("whether there");
            default -> Optional.empty();
        };
        return what.orElse(full || row.privacy() == Privacy.OPEN ? "as it is" : row.privacy() == Privacy.SECRET ? "masked as a whole" : "masked: "
                + row.privacy().name().toLowerCase(Locale.ROOT));
    }
}
