package dev.dmarshal.host.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * {@code /dev/kmsg} as the lines that dmesg would print, {@code [seconds.micros] text}: from the oldest record that the kernel still has, then each as it
 * comes. Records are numbered, so that it is known how many were overwritten before they were read (Documentation/ABI/testing/dev-kmsg). Not thread-safe.
 */
public final class KernelRing extends InputStream {

    /** A read gives one record, whole; the longest was 8 KiB (CONSOLE_EXT_LOG_MAX, include/linux/printk.h), and is shorter since Linux 6.x. */
    private static final int LONGEST_RECORD = 8192;
    private static final int LONGEST_LINE = LONGEST_RECORD + 32;
    /** Refusals in a row after which the ring is not read any more. */
    private static final int MOST_REFUSALS = 1000;

    private final InputStream records;
    private final LongConsumer lost;
    private final byte[] record = new byte[LONGEST_RECORD];
    private final byte[] line = new byte[LONGEST_LINE];
    private int at;
    private int filled;
    private boolean numbered;
    private long next;

    /**
     * @param records gives one record a read, as the device does; throws where a record was overwritten before it was read (EPIPE), and goes on behind it
     * @param lost    told how many records were never seen
     */
    public KernelRing(InputStream records, LongConsumer lost) {
        this.records = records;
        this.lost = lost;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
        while (at == filled) {
            int length = record();
            if (length < 0) {
                return -1;
            }
            translate(length);
        }
        int given = Math.min(most, filled - at);
        System.arraycopy(line, at, into, from, given);
        at += given;
        return given;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }

    private int record() throws IOException {
        for (int refusals = 0;; refusals++) {
            try {
                return records.read(record, 0, record.length);
            } catch (IOException e) {
                // EPIPE: the ring went round. The numbers of the next record say by how many; the position is behind the gap by now.
                if (refusals == MOST_REFUSALS || !String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT).contains("pipe")) {
                    throw e;
                }
            }
        }
    }

    /** {@code level,number,micros,flags;text}, then lines that begin with a blank, which say what device it is about. */
    private void translate(int length) {
        at = 0;
        filled = 0;
        int semicolon = indexOf((byte) ';', 0, length);
        int end = indexOf((byte) '\n', Math.max(0, semicolon), length);
        end = end < 0 ? length : end;
        String[] head = semicolon < 0 ? new String[0] : new String(record, 0, semicolon, StandardCharsets.US_ASCII).split(",");
        if (head.length >= 3 && head[1].matches("[0-9]{1,18}") && head[2].matches("[0-9]{1,18}")) {
            count(Long.parseLong(head[1]));
            long micros = Long.parseLong(head[2]);
            put("[" + micros / 1_000_000 + "." + Long.toString(1_000_000 + micros % 1_000_000).substring(1) + "] ");
        }
        System.arraycopy(record, semicolon + 1, line, filled, end - semicolon - 1);
        filled += end - semicolon - 1;
        line[filled++] = '\n';
    }

    private void count(long number) {
        if (numbered && number > next) {
            lost.accept(number - next);
        }
        numbered = true;
        next = number + 1;
    }

    private void put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, line, filled, bytes.length);
        filled += bytes.length;
    }

    private int indexOf(byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (record[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
