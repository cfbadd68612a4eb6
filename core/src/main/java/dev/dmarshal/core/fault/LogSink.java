package dev.dmarshal.core.fault;

/** Takes what the scanner finds, in the order of the log. */
public interface LogSink {

    /** A fault. The line is the scanner's own and changes with the next call: copy what you keep, or {@link FaultLine#toEvent()}. */
    void fault(FaultLine fault);

    /** Any other known line. */
    void message(LogMessage message);
}
