package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogSink;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.fault.ScanTotals;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.RunningVersion;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Gathers symptoms from any number of logs and from a host's files, in bounded memory. Not thread-safe.
 *
 * <p>Usage: {@link #begin} a source, feed it through the {@link LogSink} methods, {@link #end} it, and in the end {@link #symptoms()}.
 */
public final class SymptomCollector implements LogSink {

    /** Lines that only a crash kernel prints. */
    private static final Set<MessageKind> CRASH_KERNEL_SAYS = EnumSet.of(MessageKind.KDUMP_TABLES_COPIED, MessageKind.KDUMP_AMD,
            MessageKind.KDUMP_TRANSLATION_ENABLED,
            MessageKind.KDUMP_COPY_FAILED, MessageKind.KDUMP_IR_COPIED, MessageKind.KDUMP_IR_COPY_FAILED);

    /** Lines kept of each kind; the others are counted. Of lines {@link MessageKind#DEVICE_OTHER} the first and last of each device are kept. */
    public static final int KEPT_PER_KIND = 256;

    private final FaultTally faults = new FaultTally();
    private final Map<MessageKind, List<LogMessage>> kept = new EnumMap<>(MessageKind.class);
    private final Map<MessageKind, Long> counts = new EnumMap<>(MessageKind.class);
    private final DeviceTable devices = new DeviceTable();
    private final DeviceLines deviceLines = new DeviceLines();
    private final List<String> sources = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final BootLog boots = new BootLog();
    private Optional<HostOutline.Boot> running = Optional.empty();
    private String source = "";
    private long bytes;
    private long lines;
    private long suppressed;
    private long dropped;
    private long binaryBytes;
    private boolean truncated;

    /** An empty collector. */
    public SymptomCollector() {
    }

    /** Begins a log; {@code name} is what evidence will call it. */
    public void begin(String name) {
        source = name;
        sources.add(name);
    }

    /** Ends a log. */
    public void end(ScanTotals totals) {
        bytes += totals.bytes();
        lines += totals.lines();
        suppressed += totals.suppressed();
        dropped += totals.dropped();
        binaryBytes += totals.binaryBytes();
        truncated |= totals.unended() && totals.lines() > 0;
    }

    /** Notes something that could not be measured. */
    public void missing(String what) {
        missing.add(what);
    }

    /** Notes a function that the host's own files list. */
    public void device(SeenDevice device) {
        devices.learn(device);
    }

    /** Notes the running kernel as the host's own files tell of it; it wins over what the logs say. Either may be missing. */
    public void running(Optional<String> version, Optional<String> commandLine) {
        Optional<RunningVersion> kernel = version.map(String::strip).flatMap(KernelVersion::parse).map(RunningVersion.class::cast);
        Optional<CommandLine> line = commandLine.map(text -> CommandLine.parse(Platform.LINUX, text.strip()));
        running = kernel.isPresent() || line.isPresent() ? Optional.of(new HostOutline.Boot(kernel, line)) : Optional.empty();
    }

    @Override
    public void fault(FaultLine fault) {
        faults.add(fault, source);
    }

    @Override
    public void message(LogMessage message) {
        counts.merge(message.kind(), 1L, Long::sum);
        List<LogMessage> list = kept.computeIfAbsent(message.kind(), kind -> new ArrayList<>());
        if (message.kind() == MessageKind.DEVICE_OTHER) {
            deviceLines.add(message.in(source));
        } else if (list.size() < KEPT_PER_KIND) {
            list.add(message.in(source));
        }
        devices.learn(message);
        boots.learn(message);
    }

    /** What was gathered. */
    public Symptoms symptoms() {
        HostOutline host = host();
        kept.computeIfPresent(MessageKind.DEVICE_OTHER, (kind, none) -> deviceLines.lines());
        return new Symptoms(faults.groups(host.addressWidth()).stream().map(group -> group.among(devices))
                .toList(), kept, counts, devices.devices(), host, memory(), new SourceQuality(List.copyOf(sources),
                bytes, lines,
                faults.total(), suppressed, dropped, binaryBytes, truncated, faults.ungrouped(), List.copyOf(missing)));
    }

    private HostOutline host() {
        List<HostOutline.Boot> all = new ArrayList<>(boots.boots());
        running.ifPresent(all::add);
        HostOutline outline = new HostOutline(all, last(MessageKind.DMI, "machine"), units(), false);
        boolean crash = CRASH_KERNEL_SAYS.stream().anyMatch(kept::containsKey) || outline.given("elfcorehdr");
        return new HostOutline(outline.boots(), outline.machine(), outline.units(), crash);
    }

    private Optional<String> last(MessageKind kind, String field) {
        List<LogMessage> list = kept.getOrDefault(kind, List.of());
        return list.isEmpty() ? Optional.empty() : list.getLast().field(field);
    }

    private List<SeenUnit> units() {
        List<SeenUnit> units = new ArrayList<>();
        for (LogMessage message : kept.getOrDefault(MessageKind.UNIT_REGISTERS, List.of())) {
            SeenUnit unit = new SeenUnit(message.field("unit").orElse("unit"), hex(message, "base"), hex(message, "cap"), hex(message, "ecap"));
            if (units.stream().noneMatch(known -> known.equals(unit))) {
                units.add(unit);
            }
        }
        return units;
    }

    private MemoryOutline memory() {
        return new MemoryOutline(regions(MessageKind.RMRR, "base", "end"), regions(MessageKind.MEMORY_RANGE, "first", "last"));
    }

    private List<MemoryOutline.Region> regions(MessageKind kind, String first, String last) {
        List<MemoryOutline.Region> regions = new ArrayList<>();
        for (LogMessage message : kept.getOrDefault(kind, List.of())) {
            OptionalLong from = hex(message, first);
            OptionalLong to = hex(message, last);
            if (from.isPresent() && to.isPresent()) {
                MemoryOutline.Region region = new MemoryOutline.Region(from.getAsLong(), to.getAsLong(), message.field("type").orElse(kind.name()));
                if (!regions.contains(region)) {
                    regions.add(region);
                }
            }
        }
        return regions;
    }

    private static OptionalLong hex(LogMessage message, String field) {
        return message.field(field).map(text -> text.startsWith("0x") ? text.substring(2) : text).filter(text -> text.matches("[0-9a-fA-F]{1,16}"))
                .map(text -> OptionalLong.of(Long.parseUnsignedLong(text, 16))).orElse(OptionalLong.empty());
    }
}
