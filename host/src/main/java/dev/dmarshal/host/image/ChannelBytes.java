package dev.dmarshal.host.image;

import dev.dmarshal.core.image.ByteSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A file that cannot be mapped, such as {@code /proc/kcore}: read at positions. What cannot be read is missing, not an error.
 *
 * @param channel   the file
 * @param sizeBytes how far it may be read; what such files give as their size means nothing
 */
record ChannelBytes(FileChannel channel, long sizeBytes) implements ByteSource {

    @Override
    public int read(long offset, byte[] into, int from, int length) {
        int done = 0;
        try {
            while (done < length && offset >= 0 && offset + done < sizeBytes) {
                int count = channel.read(ByteBuffer.wrap(into, from + done, length - done), offset + done);
                if (count <= 0) {
                    break;
                }
                done += count;
            }
        } catch (IOException unreadable) {
            // The kernel refuses single pages of kcore and vmcore (poisoned, ballooned out): those are missing.
            return done;
        }
        return done;
    }

    @Override
    public Optional<MemorySegment> segment() {
        return Optional.empty();
    }
}
