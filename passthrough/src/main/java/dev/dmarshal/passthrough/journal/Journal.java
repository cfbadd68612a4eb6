package dev.dmarshal.passthrough.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An append-only journal in one file: lines of {@code number crc32c json}, each flushed to the disk before {@link #append} returns.
 *
 * <p>The space for all lines that a plan can need is written with zeros when the journal is made, so that a disk that fills up later cannot stop an undo from
 * being written down. Where it is full already, making the journal fails and nothing has been done to the host. Not for use by several threads.
 */
public final class Journal implements Closeable {

    /** First line of every journal. */
    static final String HEADER = "dmarshal-journal 1\n";
    /** Room for one line that is not the first; longer ones are cut in their reason, never in their number. */
    static final int LINE_BYTES = 2048;

    private static final JsonMapper MAPPER = new JsonMapper();

    private final FileChannel file;
    private long position;
    private long number;

    private Journal(FileChannel file, long position, long number) {
        this.file = file;
        this.position = position;
        this.number = number;
    }

    /**
     * Makes a journal for a plan and writes its first line.
     *
     * @param path  a file that must not exist
     * @param begun the first line
     * @throws IOException if the file cannot be made, or the space is not there; the file is removed again
     */
    public static Journal create(Path path, Entry.Begun begun) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            byte[] first = line(1, begun);
            // Three lines a step on the way there, two on the way back, and as much again for a second try.
            reserve(file, HEADER.length() + first.length + (begun.plan().steps().size() + 4L) * 10 * LINE_BYTES);
            writeAt(file, 0, HEADER.getBytes(StandardCharsets.US_ASCII));
            Journal journal = new Journal(file, HEADER.length(), 0);
            journal.put(first);
            syncFolder(path);
            return journal;
        } catch (IOException e) {
            file.close();
            java.nio.file.Files.deleteIfExists(path);
            throw new IOException("the journal cannot be made, so nothing was done: " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Opens a journal to go on with, after what was read of it. What could not be read, a torn last line or a damaged rest, is written over.
     *
     * @param contents what {@link JournalContents#read} gave for this file
     */
    public static Journal open(Path path, JournalContents contents) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
        try {
            if (contents.health() != JournalContents.Health.WHOLE) {
                zero(file, contents.endOffset(), Math.max(file.size(), contents.endOffset() + LINE_BYTES));
                file.force(true);
            }
            return new Journal(file, contents.endOffset(), contents.entries().size());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Appends a line and flushes it to the disk. When this returns, the line will be read back after a crash. */
    public void append(Entry entry) throws IOException {
        put(line(number + 1, entry));
    }

    private void put(byte[] line) throws IOException {
        if (position + line.length >= file.size()) {
            // The zeros after the last line also say that it is the last: a file cut at the end of a line must not look whole.
            zero(file, file.size(), position + line.length + LINE_BYTES);
        }
        writeAt(file, position, line);
        file.force(true);
        position += line.length;
        number++;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static byte[] line(long number, Entry entry) {
        try {
            return JournalLine.of(number, MAPPER.writerFor(Entry.class).writeValueAsString(entry)).bytes();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an entry is always JSON", e);
        }
    }

    private static void reserve(FileChannel file, long bytes) throws IOException {
        zero(file, 0, bytes);
        file.force(true);
    }

    private static void zero(FileChannel file, long from, long to) throws IOException {
        byte[] zeros = new byte[8192];
        for (long at = from; at < to; at += zeros.length) {
            ByteBuffer some = ByteBuffer.wrap(zeros, 0, (int) Math.min(zeros.length, to - at));
            writeAll(file, at, some);
        }
    }

    private static void writeAt(FileChannel file, long at, byte[] bytes) throws IOException {
        writeAll(file, at, ByteBuffer.wrap(bytes));
    }

    private static void writeAll(FileChannel file, long at, ByteBuffer bytes) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += file.write(bytes, position);
        }
    }

    /** So that the new file's name survives a power failure as well. Not every file system lets a folder be flushed; then its own journal has to do. */
    private static void syncFolder(Path path) {
        try (FileChannel folder = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            // Nothing better can be done here, and the file itself was flushed.
            return;
        }
    }
}
