package dev.dmarshal.host.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An unpacked stream that ends in an exception where it grows beyond what the packed one can honestly hold. */
final class Bounded extends FilterInputStream {

    private final Counted packed;
    private final Limits limits;
    private long unpacked;

    Bounded(InputStream in, Counted packed, Limits limits) {
        super(in);
        this.packed = packed;
        this.limits = limits;
    }

    /** That a limit was reached, which is no damage of the archive. */
    static final class LimitReached extends IOException {

        private static final long serialVersionUID = 1;

        LimitReached(String message) {
            super(message);
        }
    }

    /** Counts what was taken from a packed stream. */
    static final class Counted extends FilterInputStream {

        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        unpacked += Math.max(0, read);
        if (unpacked > limits.unpackedBytes()) {
            throw new LimitReached("more than " + limits.unpackedBytes() + " bytes when unpacked");
        }
        if (unpacked > limits.ratioFrom() && unpacked / limits.ratio() > packed.count) {
            throw new LimitReached("it unpacks to more than " + limits.ratio() + " times its size");
        }
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
