package dev.dmarshal.lab.qtest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Requests that go to QEMU in one piece, and their answers; not thread-safe.
 *
 * <p>QEMU handles them strictly in order, one after the other, each to its end (the DMA it causes included, where the device works at once).
 * Addresses are guest-physical.
 */
public final class Batch {

    private static final int BLOCK_BYTES = 4 * 1024;

    private final QtestMachine machine;
    private final StringBuilder lines = new StringBuilder(1 << 12);
    private final List<Answer> answers = new ArrayList<>();

    Batch(QtestMachine machine) {
        this.machine = machine;
    }

    /** Reads 32 bits. */
    public Answer readl(long address) {
        return request("readl", address);
    }

    /** Reads 64 bits. */
    public Answer readq(long address) {
        return request("readq", address);
    }

    /** Reads at most 4 KiB. */
    public Answer read(long address, int size) {
        if (size < 1 || size > BLOCK_BYTES) {
            throw new IllegalArgumentException("1 to " + BLOCK_BYTES + " bytes, not " + size);
        }
        lines.append("read 0x").append(Long.toHexString(address)).append(" 0x").append(Integer.toHexString(size)).append('\n');
        return added().printing(2 * size);
    }

    /** Writes 16 bits. */
    public Answer writew(long address, int value) {
        return request("writew", address, value & 0xffffL);
    }

    /** Writes 32 bits. */
    public Answer writel(long address, int value) {
        return request("writel", address, Integer.toUnsignedLong(value));
    }

    /** Writes 64 bits. */
    public Answer writeq(long address, long value) {
        return request("writeq", address, value);
    }

    /** Writes at most 4 KiB of bytes. */
    public Answer write(long address, byte[] bytes) {
        if (bytes.length > BLOCK_BYTES) {
            throw new IllegalArgumentException("too many bytes for one line: " + bytes.length);
        }
        lines.append("write 0x").append(Long.toHexString(address)).append(" 0x").append(Integer.toHexString(bytes.length))
                .append(" 0x").append(HexFormat.of().formatHex(bytes)).append('\n');
        return added();
    }

    /** Fills {@code size} bytes with one value. */
    public Answer memset(long address, long size, int value) {
        lines.append("memset 0x").append(Long.toHexString(address)).append(" 0x").append(Long.toHexString(size))
                .append(" 0x").append(Integer.toHexString(value & 0xff)).append('\n');
        return added();
    }

    /** Reads 32 bits from an I/O port. */
    public Answer inl(int port) {
        return request("inl", port);
    }

    /** Writes 8 bits to an I/O port. */
    public Answer outb(int port, int value) {
        return request("outb", port, value & 0xffL);
    }

    /** Writes 16 bits to an I/O port. */
    public Answer outw(int port, int value) {
        return request("outw", port, value & 0xffffL);
    }

    /** Writes 32 bits to an I/O port. */
    public Answer outl(int port, int value) {
        return request("outl", port, Integer.toUnsignedLong(value));
    }

    /** How many requests wait to be sent. */
    public int size() {
        return answers.size();
    }

    /** Sends what has been added, waits for all answers and empties the batch; {@link QtestException} if QEMU refuses a request or is too slow. */
    public void send() {
        if (!answers.isEmpty()) {
            machine.exchange(lines.toString().getBytes(StandardCharsets.US_ASCII), answers);
            lines.setLength(0);
            answers.clear();
        }
    }

    private Answer request(String verb, long address) {
        lines.append(verb).append(" 0x").append(Long.toHexString(address)).append('\n');
        return added();
    }

    private Answer request(String verb, long address, long value) {
        lines.append(verb).append(" 0x").append(Long.toHexString(address)).append(" 0x").append(Long.toHexString(value)).append('\n');
        return added();
    }

    private Answer added() {
        Answer answer = new Answer();
        answers.add(answer);
        return answer;
    }
}
