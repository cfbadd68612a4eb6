package dev.dmarshal.doctor;

import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.SymptomCollector;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.PciListing;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.log.LogReader;
import dev.dmarshal.host.log.LogSummary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads sources, of whatever sort, into symptoms. Problems of reading are noted among the symptoms; nothing is thrown for them. */
public final class Examination {

    private final SymptomCollector collector = new SymptomCollector();

    /** Nothing read yet. */
    public Examination() {
    }

    /** Reads a log from a stream, to its end. */
    public Examination log(String name, InputStream in) {
        collector.begin(name);
        end(name, LogReader.read(name, in, collector));
        return this;
    }

    /** Reads a log file, or a directory with a host's files and logs. */
    public Examination source(Path path) {
        if (Files.isDirectory(path)) {
            directory(path);
        } else {
            file(path.toString(), path);
        }
        return this;
    }

    /** Reads a host's own files, live or from a directory. */
    public Examination host(HostRoot host) {
        collector.running(host.text("/proc/sys/kernel/osrelease").present(), host.text("/proc/cmdline").present());
        Reading<List<PciListing.Function>> functions = PciListing.of(host);
        functions.trouble().filter(text -> host.live()).ifPresent(collector::missing);
        for (PciListing.Function function : functions.present().orElse(List.of())) {
            collector.device(new SeenDevice(function.address(), true, function.ids(), function.classCode(), function.driver(), function.group(),
                    function.secondary(), function.last()));
        }
        return this;
    }

    /** Reads the machine that this runs on: its kernel log and its files. */
    public Examination thisMachine() {
        host(HostRoot.ofThisMachine());
        try {
            Process dmesg = new ProcessBuilder("dmesg").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            dmesg.getOutputStream().close();
            try (InputStream in = dmesg.getInputStream()) {
                log("kernel log", in);
            }
            if (dmesg.waitFor() != 0) {
                collector.missing("kernel log: dmesg is not allowed to read it; run as root, or set kernel.dmesg_restrict=0");
            }
        } catch (IOException e) {
            collector.missing("kernel log: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            collector.missing("kernel log: interrupted while reading it");
        }
        return this;
    }

    /** All that was read. */
    public Symptoms symptoms() {
        return collector.symptoms();
    }

    private void file(String name, Path path) {
        collector.begin(name);
        end(name, LogReader.read(path, collector));
    }

    private void end(String name, Reading<LogSummary> reading) {
        reading.trouble().ifPresent(trouble -> collector.missing(name + ": " + trouble));
        reading.present().ifPresent(summary -> {
            collector.end(summary.totals());
            summary.damage().ifPresent(damage -> collector.missing(name + ": " + damage));
        });
    }

    private void directory(Path folder) {
        host(HostRoot.of(folder));
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> logs = files.filter(Files::isRegularFile).filter(file -> file.toString().matches(".*(\\.log|\\.txt|dmesg|messages|\\.gz|\\.xz|\\.zst)"))
                    .sorted().toList();
            logs.forEach(log -> file(folder.relativize(log).toString(), log));
        } catch (IOException e) {
            collector.missing(folder + ": " + e.getMessage());
        }
    }
}
