package dev.dmarshal.doctor;

import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.SymptomCollector;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.log.LogReader;
import dev.dmarshal.host.log.LogSummary;
import dev.dmarshal.host.pci.ListedFunction;
import dev.dmarshal.host.pci.PciHost;
import java.io.ByteArrayInputStream;
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

    /** Reads a log file, or whatever else holds a host's files and logs: a directory, a capture, a sos report, an archive, text of lspci or acpidump. */
    public Examination source(Path path) {
        SourceKind kind = HostRoot.kind(path).present().orElse(SourceKind.LOG);
        if (kind == SourceKind.LOG) {
            file(path.toString(), path);
        } else {
            HostRoot.open(path).present().ifPresent(host -> {
                recorded(host);
                if (host.kind() == SourceKind.DIRECTORY) {
                    logs(path);
                }
            });
        }
        return this;
    }

    /** Reads a host that is not live: its files, and the logs that were recorded with them. */
    private void recorded(HostRoot host) {
        host(host);
        host.remarks().forEach(remark -> collector.missing(host.name() + ": " + remark.text()));
        for (HostCommand log : List.of(HostCommand.DMESG, HostCommand.XL_DMESG)) {
            host.output(log).present().ifPresent(bytes -> log(host.name() + ", " + String.join(" ", log.words()), new ByteArrayInputStream(bytes)));
        }
    }

    /** Reads a host's own files, live or from a directory. */
    public Examination host(HostRoot host) {
        collector.running(host.text("/proc/sys/kernel/osrelease").present(), host.text("/proc/cmdline").present());
        Reading<List<ListedFunction>> functions = PciHost.of(host).map(PciHost::listed);
        functions.trouble().filter(text -> host.live()).ifPresent(collector::missing);
        for (ListedFunction function : functions.present().orElse(List.of())) {
            collector.device(new SeenDevice(function.address(), true, function.ids().pair(), function.classCode(), function.driver(), function.group(),
                    function.buses().first(), function.buses().last()));
        }
        return this;
    }

    /** Reads the machine that this runs on: its kernel log and its files. */
    public Examination thisMachine() {
        host(HostRoot.ofThisMachine());
        Reading<byte[]> log = HostRoot.ofThisMachine().output(HostCommand.DMESG);
        log.present().ifPresent(bytes -> log("kernel log", new ByteArrayInputStream(bytes)));
        log.trouble().ifPresent(trouble -> collector.missing("kernel log: " + trouble + "; run as root, or set kernel.dmesg_restrict=0"));
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

    private void logs(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> logs = files.filter(Files::isRegularFile).filter(file -> file.toString().matches(".*(\\.log|\\.txt|dmesg|messages|\\.gz|\\.xz|\\.zst)"))
                    .sorted().toList();
            logs.forEach(log -> file(folder.relativize(log).toString(), log));
        } catch (IOException e) {
            collector.missing(folder + ": " + e.getMessage());
        }
    }
}
