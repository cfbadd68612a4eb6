package dev.dmarshal.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A piece of a file taken apart field by field; offsets are from the piece's start and must lie within it. */
record FileFields(ByteBuffer bytes) {

    /** The piece, little-endian; empty unless the file has all of it. */
    static Optional<FileFields> at(ByteSource source, long offset, int length) {
        return source.bytes(offset, length).map(all -> new FileFields(ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN)));
    }

    int word16(int offset) {
        return Short.toUnsignedInt(bytes.getShort(offset));
    }

    long word32(int offset) {
        return Integer.toUnsignedLong(bytes.getInt(offset));
    }

    long word64(int offset) {
        return bytes.getLong(offset);
    }

    /** Bytes as Latin-1 text up to the first zero. */
    String text(int offset, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = offset; i < offset + length && bytes.get(i) != 0; i++) {
            text.append((char) (bytes.get(i) & 0xFF));
        }
        return text.toString();
    }

    int length() {
        return bytes.capacity();
    }
}
