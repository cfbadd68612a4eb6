package dev.dmarshal.cli.kdump;

import dev.dmarshal.cli.image.ImageArguments;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.kdump.CrashAnalysis;
import dev.dmarshal.doctor.kdump.CrashLog;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.iommu.Answer;
import dev.dmarshal.host.log.LogReader;
import dev.dmarshal.host.log.LogSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal kdump analyze}: a crash kernel's log, and the crashed kernel's memory. */
public final class KdumpAnalysis {

    private final ParseResult arguments;

    KdumpAnalysis(ParseResult arguments) {
        this.arguments = arguments;
    }

    int run(PrintWriter out, PrintWriter err) throws IOException {
        Path path = arguments.matchedPositionalValue(0, Path.of("-"));
        boolean standardInput = path.toString().equals("-");
        String source = standardInput ? "standard input" : path.toString();
        CrashLog log = new CrashLog(source);
        Reading<LogSummary> reading = standardInput ? LogReader.read(source, System.in, log) : LogReader.read(path, log);
        if (reading.present().isEmpty()) {
            err.println("dmarshal: " + reading.trouble().orElse(source + ": no such file or directory"));
            return Exit.UNMEASURED;
        }
        reading.present().get().damage().ifPresent(why -> err.println("dmarshal: " + source + ": " + why));
        CrashAnalysis analysis = log.end(reading.present().get().totals());
        Optional<CrashTables> tables = tables(err);
        if (arguments.matchedOptionValue("--json", false)) {
            KdumpJson.write(analysis, source, tables, out);
        } else {
            KdumpText text = new KdumpText(Page.forTerminal());
            Page page = text.write(analysis, source);
            tables.ifPresent(found -> text.tables(found.lines()));
            page.print(out);
        }
        boolean none = tables.filter(found -> found.roots().isEmpty()).isPresent();
        if (none) {
            err.println("dmarshal: " + arguments.matchedPositionalValue(1, path) + ": no remapping tables found");
        }
        boolean wrong = analysis.checks().stream().anyMatch(check -> check.answer() == Answer.FAIL);
        boolean missing = none || analysis.checks().stream().anyMatch(check -> check.answer() == Answer.UNMEASURED);
        return wrong ? Exit.FINDINGS : missing ? Exit.UNMEASURED : Exit.FINE;
    }

    private Optional<CrashTables> tables(PrintWriter err) throws IOException {
        Path image = arguments.matchedPositionalValue(1, null);
        if (image == null) {
            return Optional.empty();
        }
        try (ImageFile file = new ImageArguments(arguments).open(image)) {
            file.machine().findings().forEach(finding -> err.println("dmarshal: " + image + ": " + finding.detail()));
            return Optional.of(CrashTables.of(file.machine().memory()));
        }
    }
}
