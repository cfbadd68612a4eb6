package dev.dmarshal.host.image;

import dev.dmarshal.core.memory.MemoryImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Memory of a saved machine by the virtual addresses of its kernel, through the kernel's own page tables. What is not mapped or not in the image is empty.
 * Not thread-safe.
 */
final class KernelMemory {
    private static final int PAGE = MemoryImage.PAGE_BYTES;
    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
    private static final long PRESENT = 1;
    private static final long LARGE = 0x80;

    private final MemoryImage image;
    private final long top;
    private final int levels;
    private final long[] words = new long[MemoryImage.PAGE_WORDS];

    private KernelMemory(MemoryImage image, long top, int levels) {
        this.image = image;
        this.top = top;
        this.levels = levels;
    }

    /** The memory of a kernel; empty if its VMCOREINFO does not say where its page tables are. */
    static Optional<KernelMemory> of(MemoryImage image, KernelNote kernel) {
        OptionalLong top = kernel.symbol("init_top_pgt").isPresent() ? kernel.symbol("init_top_pgt") : kernel.symbol("swapper_pg_dir");
        return top.isPresent() ? Optional.of(new KernelMemory(image, top.getAsLong() & ADDRESS, kernel.pagingLevels())) : Optional.empty();
    }

    /** The physical address of a virtual one. */
    OptionalLong physical(long virtual) {
        long table = top;
        for (int level = levels; level >= 1; level--) {
            int shift = 12 + 9 * (level - 1);
            long at = table + (virtual >>> shift & 0x1FF) * 8;
            if (!image.contains(at, 8)) {
                return OptionalLong.empty();
            }
            long entry = image.read64(at);
            if ((entry & PRESENT) == 0) {
                return OptionalLong.empty();
            }
            long inside = (1L << shift) - 1;
            if (level == 1 || level <= 3 && (entry & LARGE) != 0) {
                return OptionalLong.of(entry & ADDRESS & ~inside | virtual & inside);
            }
            table = entry & ADDRESS;
        }
        return OptionalLong.empty();
    }

    /** The word at an address that is a multiple of 8. */
    OptionalLong read64(long virtual) {
        OptionalLong at = physical(virtual);
        return at.isPresent() && (virtual & 7) == 0 && image.contains(at.getAsLong(), 8) ? OptionalLong.of(image.read64(at.getAsLong())) : OptionalLong.empty();
    }

    /** This many bytes; empty unless all of them are there. */
    Optional<byte[]> bytes(long virtual, int length) {
        byte[] all = new byte[length];
        ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        int done = 0;
        while (done < length) {
            OptionalLong at = physical(virtual + done);
            if (at.isEmpty() || !image.readPage(at.getAsLong() & -PAGE, words)) {
                return Optional.empty();
            }
            page.asLongBuffer().put(words);
            int from = (int) (at.getAsLong() & PAGE - 1);
            int count = Math.min(length - done, PAGE - from);
            page.get(from, all, done, count);
            done += count;
        }
        return Optional.of(all);
    }

    /** Text that ends with a zero within {@code most} bytes. */
    Optional<String> text(long virtual, int most) {
        return bytes(virtual, most).map(found -> {
            String all = new String(found, StandardCharsets.ISO_8859_1);
            return all.indexOf('\0') < 0 ? all : all.substring(0, all.indexOf('\0'));
        });
    }
}
