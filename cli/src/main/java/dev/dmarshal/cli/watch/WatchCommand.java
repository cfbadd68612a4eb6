package dev.dmarshal.cli.watch;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.doctor.watch.Notice;
import dev.dmarshal.doctor.watch.Watch;
import dev.dmarshal.doctor.watch.WatchTotals;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.log.GrowingFile;
import dev.dmarshal.host.log.KernelRing;
import dev.dmarshal.host.log.LiveLog;
import dev.dmarshal.host.log.LogSummary;
import dev.dmarshal.host.log.XenConsole;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal watch}: says when a pattern of faults starts, changes or ends, while it happens. */
public final class WatchCommand implements Command {

    private static final String KERNEL_RING = "/dev/kmsg";
    private static final String ANY_PORT = "9469";
    private static final long TICK_MILLIS = 1000;

    /** Opens the log; what it loses goes to the watch. */
    private interface Opening {
        InputStream open(LongConsumer lost) throws IOException;
    }

    @Override
    public String name() {
        return "watch";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Follows this host's kernel log, Xen's console or another log, and prints one line when a pattern of DMA or interrupt"
                + " faults starts, changes or ends. Ctrl-C ends it with a summary.");
        spec.addOption(OptionSpec.builder("--from").paramLabel("LOG").type(String.class)
                .description("A log file, or - for standard input, instead of " + KERNEL_RING + ": lines of any kernel, journal or Xen log, or journalctl -o"
                        + " json or export.").build());
        spec.addOption(OptionSpec.builder("-f", "--follow").type(boolean.class).description("Wait for more at the end of the file.").build());
        spec.addOption(OptionSpec.builder("--xen").type(boolean.class).description("Watch Xen's console (xl dmesg, asked every 2 s).").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print one JSON object a line (docs/schema/watch-1.json).").build());
        spec.addOption(OptionSpec.builder("--metrics").paramLabel("PORT").arity("0..1").fallbackValue(ANY_PORT).type(int.class)
                .converters((String text) -> Integer.valueOf(text))
                .description("Serve Prometheus metrics on this port of the loopback address only (0: any free port; without a number: " + ANY_PORT + ").")
                .build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        String from = arguments.matchedOptionValue("--from", null);
        boolean xen = arguments.matchedOptionValue("--xen", false);
        boolean follow = arguments.matchedOptionValue("--follow", false);
        if (xen && from != null || follow && (from == null || from.equals("-"))) {
            throw new ParameterException(arguments.commandSpec().commandLine(), xen ? "--xen and --from name two logs" : "--follow needs --from FILE");
        }
        String source = xen ? "xl dmesg" : from == null ? KERNEL_RING : from.equals("-") ? "standard input" : from;
        Consumer<Notice> printer = arguments.matchedOptionValue("--json", false) ? new WatchJson(out) : new WatchText(out);
        Watch watch = new Watch(source, System::nanoTime, printer);
        try (InputStream in = opening(from, xen, follow).open(watch::lost)) {
            Integer port = arguments.matchedOptionValue("--metrics", null);
            if (port == null) {
                return watch(watch, in, source, out, err);
            }
            try (MetricsServer server = MetricsServer.start(port, watch)) {
                err.println("dmarshal: metrics at " + server.address());
                return watch(watch, in, source, out, err);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(arguments.commandSpec().commandLine(), "no port: " + port, e);
            }
        } catch (NoSuchFileException e) {
            err.println("dmarshal: " + source + ": no such file");
            return Exit.UNMEASURED;
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            err.println("dmarshal: " + (reason.startsWith(source) ? reason : source + ": " + reason));
            return Exit.UNMEASURED;
        }
    }

    private static Opening opening(String from, boolean xen, boolean follow) {
        if (xen) {
            return lost -> new XenConsole(HostRoot.ofThisMachine(), lost);
        }
        if (from == null) {
            return lost -> new KernelRing(new FileInputStream(KERNEL_RING), lost);
        }
        if (from.equals("-")) {
            return lost -> System.in;
        }
        Path path = Path.of(from);
        return lost -> {
            if (Files.isDirectory(path)) {
                throw new IOException("is a directory");
            }
            return follow ? new GrowingFile(path) : Files.newInputStream(path);
        };
    }

    private static int watch(Watch watch, InputStream in, String source, PrintWriter out, PrintWriter err) {
        AtomicReference<LogSummary> read = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().daemon().name("log").start(() -> read.set(LiveLog.read(in, watch)));
        Thread interrupted = new Thread(() -> {
            WatchTotals totals = watch.finish();
            out.flush();
            Runtime.getRuntime().halt(totals.faults() > 0 ? Exit.FINDINGS : Exit.FINE);
        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            while (!reader.join(java.time.Duration.ofMillis(TICK_MILLIS)) && !out.checkError()) {
                watch.tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        WatchTotals totals = watch.finish();
        Runtime.getRuntime().removeShutdownHook(interrupted);
        Optional<LogSummary> summary = Optional.ofNullable(read.get());
        summary.flatMap(LogSummary::damage).ifPresent(why -> err.println("dmarshal: " + source + ": " + why));
        if (totals.faults() > 0) {
            return Exit.FINDINGS;
        }
        boolean nothing = summary.isPresent() && (summary.get().damage().isPresent() || summary.get().totals().lines() == 0);
        if (nothing && summary.get().damage().isEmpty()) {
            err.println("dmarshal: " + source + ": empty");
        }
        return nothing ? Exit.UNMEASURED : Exit.FINE;
    }
}
