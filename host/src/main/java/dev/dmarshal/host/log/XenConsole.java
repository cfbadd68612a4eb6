package dev.dmarshal.host.log;

import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Xen's console ring as a stream: {@code xl dmesg} is asked again and again, and what follows the end of the last answer is new. Xen has no file to wait on.
 * Not thread-safe.
 */
public final class XenConsole extends InputStream {

    private static final long POLL_MILLIS = 2000;
    /** The end of the last answer, by which its place in the next one is found. */
    private static final int TAIL = 2048;

    private final Supplier<Reading<byte[]>> ask;
    private final LongConsumer lost;
    private final long pollMillis;
    private byte[] before = new byte[0];
    private byte[] answer = new byte[0];
    private int at;
    private boolean asked;

    /** The console of the Xen that {@code host} runs under; {@code lost} is told once for each time that the ring went round between two answers. */
    public XenConsole(HostRoot host, LongConsumer lost) {
        this(() -> host.output(HostCommand.XL_DMESG), lost, POLL_MILLIS);
    }

    XenConsole(Supplier<Reading<byte[]>> ask, LongConsumer lost, long pollMillis) {
        this.ask = ask;
        this.lost = lost;
        this.pollMillis = pollMillis;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
        if (most == 0) {
            return 0;
        }
        while (at == answer.length) {
            if (asked) {
                pause();
            }
            next();
        }
        int given = Math.min(most, answer.length - at);
        System.arraycopy(answer, at, into, from, given);
        at += given;
        return given;
    }

    private void next() throws IOException {
        Reading<byte[]> reading = ask.get();
        if (reading.present().isEmpty()) {
            throw new IOException(reading.trouble().orElse(reading.path() + " is not there"));
        }
        answer = reading.present().get();
        at = asked ? newFrom() : 0;
        before = answer.length == 0 ? before : Arrays.copyOfRange(answer, Math.max(0, answer.length - TAIL), answer.length);
        asked = true;
    }

    /** Where the new part of the answer begins. */
    private int newFrom() {
        for (int start = answer.length - before.length; start >= 0; start--) {
            if (Arrays.equals(answer, start, start + before.length, before, 0, before.length)) {
                return start + before.length;
            }
        }
        lost.accept(1);
        return 0;
    }

    private void pause() throws InterruptedIOException {
        try {
            Thread.sleep(pollMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
