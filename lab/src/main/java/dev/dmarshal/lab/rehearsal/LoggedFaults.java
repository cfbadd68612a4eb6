package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogScanner;
import dev.dmarshal.core.fault.LogSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The first faults of a kernel's log. */
final class LoggedFaults implements LogSink {

    private static final int MOST = 1000;

    private final List<FaultEvent> faults = new ArrayList<>();

    private LoggedFaults() {
    }

    static List<FaultEvent> of(String log) {
        LoggedFaults sink = new LoggedFaults();
        LogScanner scanner = new LogScanner(sink);
        byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
        scanner.scan(bytes, 0, bytes.length);
        scanner.finish();
        return List.copyOf(sink.faults);
    }

    @Override
    public void fault(FaultLine fault) {
        if (faults.size() < MOST) {
            faults.add(fault.toEvent());
        }
    }

    @Override
    public void message(LogMessage message) {
        // Only faults are asked for.
    }
}
