package dev.dmarshal.doctor.cause;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Finds the lines before and around faults that tell what went on. */
public final class Trail {

    /** How far a line may be from the faults to have to do with them. */
    private static final long NEAR_NANOS = 60_000_000_000L;
    private static final long NEAR_LINES = 60;

    private Trail() {
    }

    /** The lines of one case by clue, so that a storm of faults does not search them again for each of its groups. */
    private record Memo(Map<MessageKind, List<LogMessage>> messages, Map<Clue, List<LogMessage>> found) {
    }

    private static volatile Memo last = new Memo(Map.of(), new ConcurrentHashMap<>());

    /** All kept lines with this clue. */
    public static Stream<LogMessage> all(Symptoms symptoms, Clue clue) {
        Memo memo = last;
        if (memo.messages != symptoms.messages()) {
            memo = new Memo(symptoms.messages(), new ConcurrentHashMap<>());
            last = memo;
        }
        return memo.found.computeIfAbsent(clue, any -> symptoms.messages().values().stream().flatMap(List::stream).filter(clue::in).toList()).stream();
    }

    /** The first kept line with this clue. */
    public static Optional<LogMessage> first(Symptoms symptoms, Clue clue) {
        return all(symptoms, clue).min(Comparator.comparingLong(LogMessage::line));
    }

    /** A line with this clue about the group's device (or about no device), close to the faults. */
    public static Optional<LogMessage> near(Symptoms symptoms, FaultGroup group, Clue clue) {
        return all(symptoms, clue).filter(line -> concerns(line, group) && close(line, group)).min(Comparator.comparingLong(LogMessage::line));
    }

    /** Like {@link #near}, and the line stands before the first fault. */
    public static Optional<LogMessage> before(Symptoms symptoms, FaultGroup group, Clue clue) {
        return near(symptoms, group, clue).filter(line -> line.line() < group.first().line());
    }

    /** Whether the line is about the group's device, another function of its slot, the host bridge, or no device. */
    public static boolean concerns(LogMessage line, FaultGroup group) {
        Optional<Sbdf> device = line.device();
        return device.isEmpty() || device.get().equals(new Sbdf(0, 0, 0, 0))
                || group.device().filter(faulting -> faulting.withFunction(0).equals(device.get().withFunction(0))).isPresent();
    }

    /** Whether a line is within a minute, or without times within some lines, of the faults. */
    public static boolean close(LogMessage line, FaultGroup group) {
        Optional<LogTime> from = group.first().time();
        Optional<LogTime> at = line.time();
        if (from.isPresent() && at.isPresent() && from.get().clock() == at.get().clock()) {
            long last = group.last().map(LogTime::nanos).orElse(from.get().nanos());
            return at.get().nanos() >= from.get().nanos() - NEAR_NANOS && at.get().nanos() <= last + NEAR_NANOS;
        }
        return Math.abs(line.line() - group.first().line()) <= NEAR_LINES;
    }

    /** Seconds since boot at the first fault, if the log counts from boot. */
    public static Optional<Double> secondsSinceBoot(FaultGroup group) {
        return group.first().time().filter(time -> time.clock() == LogTime.Clock.BOOT).map(time -> time.nanos() / 1e9);
    }
}
