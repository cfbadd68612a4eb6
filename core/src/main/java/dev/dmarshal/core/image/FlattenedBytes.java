package dev.dmarshal.core.image;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * makedumpfile's flattened format (-F), which QEMU writes too: pieces of a file, each with the offset at which it belongs. Read in place: an index of
 * the pieces takes 20 bytes each. Where pieces overlap, the later one counts. Source: makedumpfile, {@code IMPLEMENTATION}, section on the flattened format.
 */
public final class FlattenedBytes implements ByteSource {
    /** Most pieces that are indexed. */
    public static final int MOST_PIECES = 1 << 20;

    private static final int HEADER_BYTES = 4096;
    private static final int PIECE_BYTES = 16;
    private static final byte[] SIGNATURE = "makedumpfile".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final ByteSource file;
    private final long[] offsets;
    private final long[] positions;
    private final int[] lengths;
    private final long size;

    private FlattenedBytes(ByteSource file, Pieces pieces) {
        this.file = file;
        offsets = Arrays.copyOf(pieces.offsets, pieces.count);
        positions = Arrays.copyOf(pieces.positions, pieces.count);
        lengths = Arrays.copyOf(pieces.lengths, pieces.count);
        size = pieces.count == 0 ? 0 : offsets[pieces.count - 1] + lengths[pieces.count - 1];
    }

    /** Whether a file starts as a flattened one does. */
    public static boolean recognises(ByteSource source) {
        return source.bytes(0, SIGNATURE.length).filter(start -> Arrays.equals(start, SIGNATURE)).isPresent();
    }

    /** Indexes a flattened file; what is wrong with it becomes findings. */
    public static FlattenedBytes of(ByteSource file, List<ImageFinding> findings) {
        Pieces pieces = new Pieces();
        long at = HEADER_BYTES;
        while (true) {
            Optional<byte[]> header = file.bytes(at, PIECE_BYTES);
            if (header.isEmpty()) {
                findings.add(new ImageFinding(ImageFinding.TRUNCATED, "the flattened file ends without its end mark"));
                break;
            }
            ByteBuffer fields = ByteBuffer.wrap(header.get()).order(ByteOrder.BIG_ENDIAN);
            long offset = fields.getLong(0);
            long length = fields.getLong(8);
            if (offset == -1) {
                break;
            }
            if (offset < 0 || length <= 0 || length > Integer.MAX_VALUE || offset > Long.MAX_VALUE - length) {
                findings.add(new ImageFinding(ImageFinding.HEADER, "the flattened file has no piece at " + ImageFinding.hex(at)));
                break;
            }
            if (pieces.count == MOST_PIECES) {
                findings.add(new ImageFinding(ImageFinding.LIMIT, "more than " + MOST_PIECES + " pieces; makedumpfile -R makes a file that is not flattened"));
                break;
            }
            pieces.add(offset, at + PIECE_BYTES, (int) length);
            at += PIECE_BYTES + length;
        }
        return new FlattenedBytes(file, pieces.inOrder ? pieces : pieces.apart());
    }

    @Override
    public long sizeBytes() {
        return size;
    }

    @Override
    public int read(long offset, byte[] into, int from, int length) {
        int done = 0;
        while (done < length) {
            int at = find(offset + done);
            if (at < 0) {
                return done;
            }
            long inside = offset + done - offsets[at];
            int count = (int) Math.min(length - done, lengths[at] - inside);
            int got = file.read(positions[at] + inside, into, from + done, count);
            done += got;
            if (got < count) {
                return done;
            }
        }
        return done;
    }

    /** The piece that holds an offset, -1 if none does. */
    private int find(long offset) {
        int at = Arrays.binarySearch(offsets, offset);
        at = at < 0 ? -at - 2 : at;
        return at >= 0 && offset - offsets[at] < lengths[at] ? at : -1;
    }

    @Override
    public Optional<MemorySegment> segment() {
        return Optional.empty();
    }

    /** The index while it grows. */
    private static final class Pieces {
        private long[] offsets = new long[1024];
        private long[] positions = new long[1024];
        private int[] lengths = new int[1024];
        private int count;
        /** No piece starts before the end of the one before it. */
        private boolean inOrder = true;

        void add(long offset, long position, int length) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count * 2);
                positions = Arrays.copyOf(positions, count * 2);
                lengths = Arrays.copyOf(lengths, count * 2);
            }
            inOrder &= count == 0 || offset >= end(count - 1);
            offsets[count] = offset;
            positions[count] = position;
            lengths[count++] = length;
        }

        private long end(int piece) {
            return offsets[piece] + lengths[piece];
        }

        /** The same bytes in pieces that are in order and do not overlap: from each border to the next the piece counts that was added last. */
        Pieces apart() {
            long[] borders = new long[2 * count];
            Integer[] starting = new Integer[count];
            for (int i = 0; i < count; i++) {
                borders[2 * i] = offsets[i];
                borders[2 * i + 1] = end(i);
                starting[i] = i;
            }
            Arrays.sort(borders);
            Arrays.sort(starting, Comparator.comparingLong(i -> offsets[i]));
            PriorityQueue<Integer> open = new PriorityQueue<>(Comparator.reverseOrder());
            Pieces apart = new Pieces();
            int next = 0;
            for (int i = 0; i + 1 < borders.length; i++) {
                while (next < count && offsets[starting[next]] == borders[i]) {
                    open.add(starting[next++]);
                }
                while (!open.isEmpty() && end(open.peek()) <= borders[i]) {
                    open.remove();
                }
                if (!open.isEmpty() && borders[i + 1] > borders[i]) {
                    int piece = open.peek();
                    apart.add(borders[i], positions[piece] + borders[i] - offsets[piece], (int) (borders[i + 1] - borders[i]));
                }
            }
            return apart;
        }
    }
}
