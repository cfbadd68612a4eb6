package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogSink;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.fault.ScanTotals;
import dev.dmarshal.doctor.symptom.SymptomCollector;
import java.util.Optional;

/** Takes a log apart into boots: a crash kernel's lines are those of the last boot in it, the crashed kernel's those of the one before. */
public final class CrashLog implements LogSink {

    private final String name;
    private SymptomCollector current;
    private Optional<SymptomCollector> before = Optional.empty();
    private boolean booted;

    /** @param name what evidence calls the log */
    public CrashLog(String name) {
        this.name = name;
        this.current = begin();
    }

    private SymptomCollector begin() {
        SymptomCollector collector = new SymptomCollector();
        collector.begin(name);
        return collector;
    }

    @Override
    public void fault(FaultLine fault) {
        current.fault(fault);
    }

    @Override
    public void message(LogMessage message) {
        if (message.kind() == MessageKind.LINUX_VERSION) {
            if (booted) {
                before = Optional.of(current);
                current = begin();
            }
            booted = true;
        }
        current.message(message);
    }

    /** Ends the log; gives what it says of the hand-over. */
    public CrashAnalysis end(ScanTotals totals) {
        current.end(totals);
        return CrashAnalysis.of(current.symptoms(), before.map(SymptomCollector::symptoms));
    }

}
