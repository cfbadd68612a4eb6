package dev.dmarshal.host.log;

import dev.dmarshal.core.fault.LogScanner;
import dev.dmarshal.core.fault.LogSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;

/**
 * Reads a log that is still being written: what has come is given to the sink before more is waited for, and every line is looked at. Lines of any form that
 * {@link LogScanner} knows, or entries of {@code journalctl -o json}; {@code -o export} counts as lines, of which those with {@code MESSAGE=} say something.
 */
public final class LiveLog {

    private static final int BLOCK = 64 * 1024;

    private LiveLog() {
    }

    /** Reads to the end of the stream, if it has one. */
    public static LogSummary read(InputStream in, LogSink sink) {
        LogScanner scanner = new LogScanner(sink);
        LogEncoding encoding = LogEncoding.TEXT;
        Optional<String> damage;
        try {
            PushbackInputStream peeked = new PushbackInputStream(in, 1);
            int first = peeked.read();
            if (first >= 0) {
                peeked.unread(first);
            }
            encoding = first == '{' ? LogEncoding.JOURNAL_JSON : LogEncoding.TEXT;
            damage = first == '{' ? new JournalJson(scanner).read(peeked) : lines(peeked, scanner);
        } catch (IOException e) {
            damage = Optional.of(String.valueOf(e.getMessage()));
        }
        return new LogSummary(encoding, scanner.finish(), damage);
    }

    private static Optional<String> lines(InputStream in, LogScanner scanner) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int length = in.read(block); length >= 0; length = in.read(block)) {
            scanner.scan(block, 0, length);
        }
        return Optional.empty();
    }
}
