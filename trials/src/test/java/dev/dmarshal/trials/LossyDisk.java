package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A drive with a volatile cache that loses its power together with its machine: what the guest wrote after its last flush is gone. QEMU's {@code blklogwrites}
 * keeps a log of every write and flush (the form of Linux's dm-log-writes, Documentation/admin-guide/device-mapper/log-writes.rst) and updates the number of
 * its entries only at a flush (block/blklogwrites.c); what that number covers is played onto the image as it was when the machine got it. The guest's own
 * driver is virtio's, which has no writes that pass the cache.
 */
final class LossyDisk {

    private static final long MAGIC = 0x6a736677736872L;
    private static final long DISCARD = 4;
    /** Sparse; a machine writes a few megabytes in its life. */
    private static final long LOG_BYTES = 1L << 30;

    private final Path kept;
    private final Path live;
    private final Path log;

    /** An empty ext4 in files of this folder. */
    LossyDisk(Path folder) throws IOException, InterruptedException {
        kept = folder.resolve("kept.img");
        live = folder.resolve("live.img");
        log = folder.resolve("writes.log");
        assertThat(run("mke2fs", "-q", "-t", "ext4", kept.toString(), "32M")).as("mke2fs of e2fsprogs, which the lab's setup needs as well").isZero();
    }

    /** Plugs it into a machine, as it survived, behind an empty root port. */
    void plug(Machine machine, String port) throws IOException, LabFailure {
        Files.copy(kept, live, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), LOG_BYTES - 1);
        }
        machine.qmp().execute("blockdev-add", Map.of("driver", "file", "node-name", "keep-file", "filename", live.toString()));
        machine.qmp().execute("blockdev-add", Map.of("driver", "file", "node-name", "keep-log", "filename", log.toString()));
        machine.qmp().execute("blockdev-add", Map.of("driver", "blklogwrites", "node-name", "keep", "file", "keep-file", "log", "keep-log"));
        machine.qmp().execute("device_add", Map.of("driver", "virtio-blk-pci", "id", "keep-drive", "drive", "keep", "bus", port));
    }

    /** The machine's power goes, QEMU is killed, and what the drive had not been told to flush goes too. @return how many writes were kept, for people */
    long loseWith(Machine machine) throws IOException {
        machine.close();
        return play(kept);
    }

    /** What would be on it if the power went now, as files in a folder: its file system's own journal is played, nothing is mounted. */
    void wouldKeep(Path into) throws IOException, InterruptedException {
        Path now = into.resolveSibling(into.getFileName() + ".img");
        Files.copy(kept, now);
        play(now);
        Files.createDirectories(into);
        // 1 says that something was mended, such as the journal having been played.
        assertThat(run("e2fsck", "-fy", now.toString())).as("e2fsck").isIn(0, 1);
        assertThat(run("debugfs", "-R", "rdump / " + into, now.toString())).as("debugfs").isZero();
        Files.delete(now);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        return builder.start().waitFor();
    }

    private long play(Path image) throws IOException {
        try (FileChannel from = FileChannel.open(log, StandardOpenOption.READ); FileChannel to = FileChannel.open(image, StandardOpenOption.WRITE)) {
            ByteBuffer head = read(from, 0, 28);
            assertThat(head.getLong(0)).as("the log's magic number").isEqualTo(MAGIC);
            long entries = head.getLong(16);
            long sector = head.getInt(24) & 0xffffffffL;
            long at = sector;
            for (long i = 0; i < entries; i++) {
                ByteBuffer entry = read(from, at, 32);
                at += sector;
                long bytes = entry.getLong(8) * sector;
                if ((entry.getLong(16) & DISCARD) == 0 && bytes > 0) {
                    to.write(read(from, at, Math.toIntExact(bytes)), entry.getLong(0) * sector);
                    at += bytes;
                }
            }
            to.force(false);
            return entries;
        }
    }

    private static ByteBuffer read(FileChannel file, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) {
                throw new IOException(file + " ends within an entry");
            }
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
