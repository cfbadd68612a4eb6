package dev.dmarshal.host.image;

import dev.dmarshal.core.image.ByteSource;
import dev.dmarshal.core.memory.MemoryImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Optional;

/**
 * A file that is mapped as a whole, and in parts where much of it is looked at once: pages of a mapping that were touched count as the process's memory until it
 * is undone, though they are the page cache's. What is copied is read for the same reason: the page tables of a large machine, and the packed pages of its dump,
 * are gigabytes, and each is wanted once.
 *
 * @param channel the file
 * @param whole   all of it
 */
record FileBytes(FileChannel channel, MemorySegment whole) implements ByteSource {
    private static final ThreadLocal<ByteBuffer> PAGE = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(MemoryImage.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN));

    @Override
    public long sizeBytes() {
        return whole.byteSize();
    }

    @Override
    public int read(long offset, byte[] into, int from, int length) {
        return new ChannelBytes(channel, sizeBytes()).read(offset, into, from, length);
    }

    @Override
    public boolean words(long offset, long[] words) {
        if (words.length != MemoryImage.PAGE_WORDS || offset < 0) {
            return ByteSource.super.words(offset, words);
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
        return Optional.of(whole);
    }

    @Override
    public Optional<MemorySegment> window(long offset, long sizeBytes, Arena arena) {
        try {
            return Optional.of(channel.map(MapMode.READ_ONLY, offset, sizeBytes, arena));
        } catch (IOException tooManyMappings) {
            return Optional.of(whole.asSlice(offset, sizeBytes));
        }
    }
}
