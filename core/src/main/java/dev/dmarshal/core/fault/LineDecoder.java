package dev.dmarshal.core.fault;

import dev.dmarshal.core.pci.Sbdf;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One line to a fault, a known message, or nothing. Keeps what must live across lines: the first halves of two-line faults. */
final class LineDecoder {

    private static final int LONGEST_TEXT = 512;
    private static final int MOST_PIECES = 8;
    private static final byte[] EVENT = Ascii.of("AMD-Vi: ");
    private static final byte[] IVHD = Ascii.of("iommu ivhd");
    private static final int MOST_DRIVERS = 512;

    private final LogSink sink;
    private final LinePrefix prefix = new LinePrefix();
    private final Cursor cursor = new Cursor();
    private final FaultDecoder vtd = new FaultDecoder(cursor);
    private final AmdDecoder amd = new AmdDecoder(cursor);
    private final DeviceLabel label = new DeviceLabel();
    private final FaultHalves halves;
    private final Map<String, String> drivers = new HashMap<>();
    private final WordingIndex index = WordingIndex.ALL;
    private String lastDriver = "";
    private FaultLine fault = new FaultLine();
    private Optional<LogTime> time = Optional.empty();
    private boolean boot;

    long faults;
    long messages;
    long unknown;
    long binaryBytes;
    long suppressed;
    long dropped;

    LineDecoder(LogSink sink) {
        this.sink = sink;
        this.halves = new FaultHalves(this::give);
    }

    /** Decodes {@code bytes[from, to)}, the line without its end; whether it says that a system boots. */
    boolean decode(byte[] bytes, int from, int to, long number) {
        boot = false;
        // As if the lines that were passed over had been looked at: halves do not wait longer for that.
        halves.age(number - 1);
        int end = to;
        while (end > from && bytes[end - 1] == '\r') {
            end--;
        }
        decode(bytes, from, end, number, 0);
        halves.age(number);
        return boot;
    }

    /** Gives the halves that are left. */
    long finish() {
        halves.flush();
        return halves.lonely();
    }

    private void decode(byte[] bytes, int from, int end, long number, int piece) {
        prefix.read(bytes, from, end);
        int message = prefix.message();
        if (message >= end) {
            return;
        }
        cursor.set(bytes, message, end);
        if (!faultLine(bytes, message, end, number)) {
            slow(bytes, message, end, number, piece);
        }
    }

    private boolean faultLine(byte[] bytes, int message, int end, long number) {
        return switch (bytes[message]) {
            case 'D', 'd', '[', 'I', 'U' -> vtdLine(number) || ivhd(bytes, message, end, number);
            case 'A' -> amdLine(number, null);
            default -> ivhd(bytes, message, end, number);
        };
    }

    private boolean vtdLine(long number) {
        switch (vtd.decode(prefix.xen(), fault)) {
            case WHOLE -> {
                fault.at(prefix.clock(), number);
                give(fault);
            }
            case FIRST -> {
                fault.at(prefix.clock(), number);
                fault = halves.hold(fault);
            }
            case SECOND -> halves.reason(vtd.reason(), vtd.interrupt());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** An AMD event behind the name of a device or of the IOMMU itself. */
    private boolean ivhd(byte[] bytes, int message, int end, long number) {
        label.read(bytes, message, end);
        if (label.found() && Ascii.starts(bytes, label.text(), end, EVENT)) {
            cursor.set(bytes, label.text(), end);
            return amdLine(number, label);
        }
        if (Ascii.starts(bytes, message, end, IVHD)) {
            int colon = Ascii.indexOf(bytes, message, Math.min(end, message + 24), (byte) ':');
            if (colon > 0 && colon + 2 < end) {
                cursor.set(bytes, colon + 2, end);
                return amdLine(number, null);
            }
        }
        return false;
    }

    private boolean amdLine(long number, DeviceLabel device) {
        if (!amd.decode(prefix.xen(), fault)) {
            return false;
        }
        if (device != null) {
            fault.driver(driver(device));
            if (!fault.hasSource()) {
                fault.segment(device.segment());
                fault.source(device.source());
            }
        }
        fault.at(prefix.clock(), number);
        give(fault);
        return true;
    }

    private void give(FaultLine line) {
        faults++;
        sink.fault(line);
    }

    /** The driver's name, the same string every time. */
    private String driver(DeviceLabel device) {
        if (device.driverIs(lastDriver)) {
            return lastDriver;
        }
        String name = device.driver();
        if (drivers.size() < MOST_DRIVERS) {
            name = drivers.computeIfAbsent(name, same -> same);
        }
        lastDriver = name;
        return name;
    }

    private void slow(byte[] bytes, int from, int to, long number, int piece) {
        int inner = piece < MOST_PIECES ? Text.innerStart(bytes, from, to) : -1;
        int end = inner > 0 ? inner : to;
        binaryBytes += Text.binary(bytes, from, end);
        time = prefix.clock().toTime();
        boolean xen = prefix.xen();
        label.read(bytes, from, end);
        Optional<WordingIndex.Match> match = index.find(bytes, from, end, label, xen);
        if (match.isPresent()) {
            message(match.get(), text(bytes, from, end, xen), number);
        } else if (label.found()) {
            other(bytes, end, text(bytes, from, end, xen), number);
        } else if (inner < 0) {
            unknown++;
        }
        if (inner > 0) {
            decode(bytes, inner, to, number, piece + 1);
        }
    }

    private void message(WordingIndex.Match match, String text, long number) {
        MessageKind kind = match.wording().kind();
        Map<String, String> fields = match.fields();
        count(kind, fields);
        Optional<Sbdf> device = Optional.ofNullable(fields.get("device")).flatMap(DeviceLabel::parse);
        Optional<String> driver = Optional.ofNullable(fields.get("driver"));
        if (device.isEmpty() && label.found()) {
            device = label.sbdf();
            driver = driver.or(() -> Optional.of(driver(label)));
        }
        messages++;
        sink.message(new LogMessage(kind, device, driver, fields, text, time, number));
    }

    private void other(byte[] bytes, int end, String text, long number) {
        messages++;
        sink.message(new LogMessage(MessageKind.DEVICE_OTHER, label.sbdf(), Optional.of(driver(label)),
                Map.of("text", Ascii.text(bytes, label.text(), Math.min(end, label.text() + LONGEST_TEXT))), text, time, number));
    }

    private void count(MessageKind kind, Map<String, String> fields) {
        if (kind == MessageKind.CALLBACKS_SUPPRESSED) {
            suppressed += number(fields);
        } else if (kind == MessageKind.PRINTK_DROPPED) {
            dropped += number(fields);
        } else {
            boot |= kind == MessageKind.LINUX_VERSION || kind == MessageKind.XEN_VERSION;
        }
    }

    /** At least one, whatever the field says. */
    private static long number(Map<String, String> fields) {
        String count = fields.getOrDefault("count", "1");
        return count.isEmpty() || count.length() > 15 || !count.chars().allMatch(c -> c >= '0' && c <= '9') ? 1 : Long.parseLong(count);
    }

    private static String text(byte[] bytes, int from, int end, boolean xen) {
        String text = Ascii.text(bytes, from, Math.min(end, from + LONGEST_TEXT));
        return xen ? "(XEN) " + text : text;
    }
}
