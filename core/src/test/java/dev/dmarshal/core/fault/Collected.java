package dev.dmarshal.core.fault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Everything that a scan gave, in order. */
final class Collected implements LogSink {

    final List<Object> all = new ArrayList<>();
    final List<FaultEvent> faults = new ArrayList<>();
    final List<LogMessage> messages = new ArrayList<>();
    ScanTotals totals;

    @Override
    public void fault(FaultLine fault) {
        FaultEvent event = fault.toEvent();
        faults.add(event);
        all.add(event);
    }

    @Override
    public void message(LogMessage message) {
        messages.add(message);
        all.add(message);
    }

    static Collected of(String... lines) {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        Collected collected = new Collected();
        LogScanner scanner = new LogScanner(collected);
        scanner.scan(bytes, 0, bytes.length);
        collected.totals = scanner.finish();
        return collected;
    }

    /** Scans {@code bytes} in random cuts; selective if {@code thorough} is not negative. */
    static Collected cut(byte[] bytes, Random random, int longest, long thorough) {
        Collected collected = new Collected();
        LogScanner scanner = thorough < 0 ? new LogScanner(collected) : LogScanner.selective(collected, thorough, thorough);
        ByteBuffer direct = ByteBuffer.allocateDirect(Math.max(1, bytes.length)).put(bytes).flip();
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(longest));
            scanner.scan(direct.duplicate().position(at).limit(at + length));
            at += length;
        }
        collected.totals = scanner.finish();
        return collected;
    }

    FaultEvent only() {
        if (faults.size() != 1 || !messages.isEmpty()) {
            throw new AssertionError("not one fault alone: " + all);
        }
        return faults.getFirst();
    }
}
