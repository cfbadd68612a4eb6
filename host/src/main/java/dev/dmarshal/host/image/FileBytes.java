package dev.dmarshal.host.image;

import dev.dmarshal.core.image.ByteSource;
import dev.dmarshal.core.image.MappedBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Optional;

/**
 * A file that is mapped as a whole, and in parts where much of it is looked at once: pages of a mapping that were touched count as the process's memory until it
 * is undone, though they are the page cache's.
 *
 * @param channel the file
 * @param whole   all of it
 */
record FileBytes(FileChannel channel, MappedBytes whole) implements ByteSource {

    @Override
    public long sizeBytes() {
        return whole.sizeBytes();
    }

    @Override
    public int read(long offset, byte[] into, int from, int length) {
        return whole.read(offset, into, from, length);
    }

    @Override
    public Optional<MemorySegment> segment() {
        return whole.segment();
    }

    @Override
    public Optional<MemorySegment> window(long offset, long sizeBytes, Arena arena) {
        try {
            return Optional.of(channel.map(MapMode.READ_ONLY, offset, sizeBytes, arena));
        } catch (IOException tooManyMappings) {
            return whole.window(offset, sizeBytes, arena);
        }
    }
}
