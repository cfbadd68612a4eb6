package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of drivers whose wording is not known: a boot prints thousands, and the few around a fault matter. Of each device the first and the last are
 * kept, in bounded memory.
 * Not thread-safe.
 */
final class DeviceLines {

    private static final int DEVICES = 512;
    private static final int FIRST = 16;
    private static final int LAST = 16;

    private final Map<Sbdf, List<LogMessage>> first = new HashMap<>();
    private final Map<Sbdf, ArrayDeque<LogMessage>> last = new HashMap<>();

    void add(LogMessage message) {
        Sbdf device = message.device().orElse(null);
        if (device == null || !first.containsKey(device) && first.size() == DEVICES) {
            return;
        }
        List<LogMessage> kept = first.computeIfAbsent(device, any -> new ArrayList<>());
        if (kept.size() < FIRST) {
            kept.add(message);
            return;
        }
        ArrayDeque<LogMessage> ring = last.computeIfAbsent(device, any -> new ArrayDeque<>());
        if (ring.size() == LAST) {
            ring.removeFirst();
        }
        ring.addLast(message);
    }

    /** All that is kept, in the order of line numbers. */
    List<LogMessage> lines() {
        List<LogMessage> all = new ArrayList<>();
        first.values().forEach(all::addAll);
        last.values().forEach(all::addAll);
        all.sort(Comparator.comparingLong(LogMessage::line));
        return all;
    }
}
