package dev.dmarshal.host.iommu;

import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogScanner;
import dev.dmarshal.core.fault.LogSink;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The known lines of a machine's log, the last of each kind; of several boots in it, those of the last one. */
final class KernelLog implements LogSink {

    private final Map<MessageKind, LogMessage> lines = new EnumMap<>(MessageKind.class);
    private final Map<String, String> tables = new HashMap<>();
    private final boolean read;
    private final boolean toTheEnd;
    private boolean units;

    private KernelLog(Reading<byte[]> log) {
        read = log.present().isPresent();
        byte[] bytes = log.present().orElse(new byte[0]);
        LogScanner scanner = new LogScanner(this);
        scanner.scan(bytes, 0, bytes.length);
        scanner.finish();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        toTheEnd = lines.containsKey(MessageKind.LINUX_VERSION) && (text.contains("Freeing unused") || text.contains("Run /") || text.contains("systemd[1]"));
    }

    static KernelLog of(HostRoot host) {
        return new KernelLog(host.output(HostCommand.DMESG));
    }

    static KernelLog ofXen(HostRoot host) {
        return new KernelLog(host.output(HostCommand.XL_DMESG));
    }

    @Override
    public void fault(FaultLine fault) {
        // A fault says that something translates, but not whose log it is; nothing here needs it.
    }

    @Override
    public void message(LogMessage message) {
        if (message.kind() == MessageKind.LINUX_VERSION) {
            lines.clear();
            tables.clear();
            units = false;
        }
        if (message.kind() == MessageKind.ACPI_TABLE) {
            message.field("signature").ifPresent(signature -> tables.put(signature, message.text()));
        }
        units |= message.kind() == MessageKind.DRHD;
        // A paravirtualized kernel says so too where there is no hypervisor (arch/x86/kernel/paravirt.c, pv_info).
        if (message.kind() == MessageKind.HYPERVISOR_DETECTED && message.field("name").filter("bare hardware"::equals).isPresent()) {
            return;
        }
        lines.putIfAbsent(message.kind(), message);
    }

    /** Whether there is a log at all. */
    boolean read() {
        return read;
    }

    /** Whether it shows a whole boot, from the first line to the first program: only then what is not in it did not happen. */
    boolean wholeBoot() {
        return toTheEnd;
    }

    /** The first line of any of these kinds. */
    Optional<String> line(MessageKind... kinds) {
        for (MessageKind kind : kinds) {
            if (lines.containsKey(kind)) {
                return Optional.of(lines.get(kind).text());
            }
        }
        return Optional.empty();
    }

    /** A field of the line of a kind. */
    Optional<String> field(MessageKind kind, String name) {
        return Optional.ofNullable(lines.get(kind)).flatMap(line -> line.field(name));
    }

    /** The line that lists an ACPI table. */
    Optional<String> table(String signature) {
        return Optional.ofNullable(tables.get(signature));
    }

    /** Whether any ACPI table was listed. */
    boolean listsTables() {
        return !tables.isEmpty();
    }

    /** Whether a remapping unit was found in the table. */
    boolean units() {
        return units;
    }
}
