package dev.dmarshal.host.image;

import dev.dmarshal.core.image.ByteSource;
import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.memory.MemoryImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file that is mapped as a whole, and in parts where much of it is looked at once: pages of a mapping that were touched count as the process's memory until it
 * is undone, though they are the page cache's. What is copied comes from the mapping at first, which is the quicker way; beyond a bound it is read: the page
 * tables of a large machine, and the packed pages of its dump, are gigabytes, and each is wanted once.
 */
final class FileBytes implements ByteSource {
    /** Bytes that are copied out of the mapping. */
    private static final long MOST_TOUCHED = 64L << 20;
    private static final ThreadLocal<ByteBuffer> PAGE = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(MemoryImage.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN));

    private final FileChannel channel;
    private final MappedBytes whole;
    private final ChannelBytes unmapped;
    private final AtomicLong touched = new AtomicLong();

    /** A file, and all of it mapped. */
    FileBytes(FileChannel channel, MemorySegment whole) {
        this.channel = channel;
        this.whole = new MappedBytes(whole);
        this.unmapped = new ChannelBytes(channel, whole.byteSize());
    }

    private boolean touch(int bytes) {
        return touched.get() < MOST_TOUCHED && touched.addAndGet(bytes) < MOST_TOUCHED;
    }

    @Override
    public long sizeBytes() {
        return whole.sizeBytes();
    }

    @Override
    public int read(long offset, byte[] into, int from, int length) {
        return (touch(length) ? whole : unmapped).read(offset, into, from, length);
    }

    @Override
    public boolean words(long offset, long[] words) {
        if (words.length != MemoryImage.PAGE_WORDS || offset < 0 || touch(MemoryImage.PAGE_BYTES)) {
            return whole.words(offset, words);
        }
        ByteBuffer page = PAGE.get().clear();
        try {
            while (page.hasRemaining()) {
                if (channel.read(page, offset + page.position()) < 0) {
                    return false;
                }
            }
        } catch (IOException unreadable) {
            return false;
        }
        page.flip().asLongBuffer().get(words);
        return true;
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
