package dev.dmarshal.passthrough.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the journals of a host are ({@code /var/lib/dmarshal} unless told otherwise), and the lock that lets one run act at a time. */
public record JournalFolder(Path directory) {

    private static final String SUFFIX = ".journal";

    /** Where they are on a host. */
    public static JournalFolder ofThisMachine() {
        return new JournalFolder(Path.of("/var/lib/dmarshal"));
    }

    /** The journal of a plan, there or not. */
    public Path journal(String planId) {
        return directory.resolve(planId + SUFFIX);
    }

    /** Where what was taken out of a guest for its migration is remembered, there or not. @param guest names the guest, in whatever characters */
    public Path memory(String guest) {
        return directory.toAbsolutePath().resolve("migration-" + guest.replaceAll("[^A-Za-z0-9.-]", "_") + ".json");
    }

    /** The ids of all plans that have a journal, sorted; none if the folder is not there. */
    public List<String> plans() throws IOException {
        // Also false where a folder above may not be searched: then nobody knows.
        if (Files.notExists(directory)) {
            return List.of();
        }
        if (!Files.isReadable(directory)) {
            throw new IOException(directory + ": permission denied");
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length())).sorted().toList();
        }
    }

    /**
     * Takes the lock; makes the folder if it is not there. The kernel gives the lock back when this process ends, however it ends.
     *
     * @return empty if another run holds it
     */
    public Optional<Lock> lock() throws IOException {
        FileChannel file;
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            file = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw new IOException(directory + ": permission denied; acting on a host takes root", e);
        }
        try {
            FileLock lock = file.tryLock();
            if (lock != null) {
                return Optional.of(new Lock(file));
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process, in another thread: the same answer.
            file.close();
            return Optional.empty();
        }
        file.close();
        return Optional.empty();
    }

    /** The lock, held until closed. */
    public static final class Lock implements Closeable {

        private final FileChannel file;

        private Lock(FileChannel file) {
            this.file = file;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
