package dev.dmarshal.host.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * A file that others write: at its end it waits for more. If it is cut short it is read from its beginning, and if another file takes its place, that one is.
 * Has no end. Not thread-safe.
 */
public final class GrowingFile extends InputStream {

    private static final long POLL_MILLIS = 250;

    private final Path path;
    private FileChannel channel;
    private Object identity;

    /** Opens the file. */
    public GrowingFile(Path path) throws IOException {
        this.path = path;
        open();
    }

    private void open() throws IOException {
        channel = FileChannel.open(path);
        identity = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
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
        while (true) {
            int length = channel.read(ByteBuffer.wrap(into, from, most));
            if (length > 0) {
                return length;
            }
            if (!moved()) {
                pause();
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Whether there is now something else to read: all of this file was read before that is asked. */
    private boolean moved() throws IOException {
        if (channel.size() < channel.position()) {
            channel.position(0);
            return true;
        }
        try {
            if (!Objects.equals(identity, Files.readAttributes(path, BasicFileAttributes.class).fileKey())) {
                FileChannel old = channel;
                open();
                old.close();
                return true;
            }
        } catch (NoSuchFileException e) {
            // Between the two halves of a rotation: the old file stays open until there is a new one.
            return false;
        }
        return false;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
