package dev.dmarshal.lab.guest;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A two-way byte stream to QEMU on which every wait has an end. One thread at a time. */
public final class Line implements AutoCloseable {

    private static final int LONGEST_LINE = 1 << 16;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16).limit(0);

    /** Takes over a connected channel. */
    public Line(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    /**
     * Reads up to and without the next line feed.
     *
     * @param deadline in terms of {@link System#nanoTime}
     */
    public String readLine(long deadline) throws LabFailure {
        StringBuilder line = new StringBuilder();
        while (true) {
            fill(deadline);
            while (in.hasRemaining()) {
                char c = (char) (in.get() & 0xff);
                if (c == '\n') {
                    return line.toString();
                }
                line.append(c);
                if (line.length() > LONGEST_LINE) {
                    throw new LabFailure(Kind.GARBLED, "a line of more than " + LONGEST_LINE + " bytes from the guest");
                }
            }
        }
    }

    /** Reads exactly so many bytes. */
    public byte[] readBytes(int size, long deadline) throws LabFailure {
        byte[] bytes = new byte[size];
        int got = 0;
        while (got < size) {
            fill(deadline);
            int piece = Math.min(in.remaining(), size - got);
            in.get(bytes, got, piece);
            got += piece;
        }
        return bytes;
    }

    /** Writes all of it. */
    public void write(byte[] bytes, long deadline) throws LabFailure {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        try {
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    await(SelectionKey.OP_WRITE, deadline);
                }
            }
        } catch (IOException e) {
            throw new LabFailure(Kind.ENDED, "QEMU went away", e);
        }
    }

    /** Writes text as UTF-8. */
    public void write(String text, long deadline) throws LabFailure {
        write(text.getBytes(StandardCharsets.UTF_8), deadline);
    }

    private void fill(long deadline) throws LabFailure {
        try {
            while (!in.hasRemaining()) {
                in.clear();
                int got = channel.read(in);
                in.flip();
                if (got < 0) {
                    throw new LabFailure(Kind.ENDED, "QEMU ended by itself");
                }
                if (got == 0) {
                    await(SelectionKey.OP_READ, deadline);
                }
            }
        } catch (IOException e) {
            in.limit(in.position());
            throw new LabFailure(Kind.ENDED, "QEMU went away", e);
        }
    }

    private void await(int operation, long deadline) throws IOException, LabFailure {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new LabFailure(Kind.HANGS, "no answer in time");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new LabFailure(Kind.HANGS, "interrupted while waiting for the guest");
        }
        key.interestOps(operation);
        selector.select(left);
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
