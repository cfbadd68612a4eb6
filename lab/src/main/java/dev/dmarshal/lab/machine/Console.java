package dev.dmarshal.lab.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** What a machine's first serial line has shown: the last {@value #KEPT_BYTES} bytes. Safe to read while it grows. */
public final class Console {

    /** How much is kept. */
    public static final int KEPT_BYTES = 4 << 20;

    private static final int TAIL_LINES = 25;
    private static final int LONGEST_SHOWN = 300;

    private final byte[] ring = new byte[KEPT_BYTES];
    private long received;

    Console() {
    }

    /** Takes all that comes until the other side ends; runs in a thread of its own. */
    void follow(SocketChannel channel) {
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.read(piece.clear()) >= 0) {
                add(piece.flip());
            }
        } catch (IOException e) {
            add(StandardCharsets.UTF_8.encode("\n[lab: the console was lost: " + e.getMessage() + "]\n"));
        }
    }

    synchronized void add(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            ring[(int) (received++ % KEPT_BYTES)] = bytes.get();
        }
        notifyAll();
    }

    /** All that is kept, with bytes that are no text shown as {@code \xHH}. */
    public synchronized String text() {
        int size = (int) Math.min(received, KEPT_BYTES);
        StringBuilder text = new StringBuilder(size);
        for (long at = received - size; at < received; at++) {
            int value = ring[(int) (at % KEPT_BYTES)] & 0xff;
            if (value == '\n' || value == '\t' || value >= ' ' && value < 0x7f) {
                text.append((char) value);
            } else if (value != '\r') {
                text.append(String.format("\\x%02x", value));
            }
        }
        return text.toString();
    }

    /** How many bytes have come so far. */
    public synchronized long received() {
        return received;
    }

    /** The last lines, as the end of a message: begins with a semicolon. */
    public String end() {
        String text = text().stripTrailing();
        if (text.isEmpty()) {
            return "; its console showed nothing";
        }
        String[] lines = text.split("\n");
        StringBuilder end = new StringBuilder("; its console showed last:");
        for (int line = Math.max(0, lines.length - TAIL_LINES); line < lines.length; line++) {
            String shown = lines[line].length() > LONGEST_SHOWN ? lines[line].substring(0, LONGEST_SHOWN) + " ..." : lines[line];
            end.append("\n  ").append(shown);
        }
        return end.toString();
    }
}
