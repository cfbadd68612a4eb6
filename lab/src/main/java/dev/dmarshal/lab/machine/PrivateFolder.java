package dev.dmarshal.lab.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** Folders for what one machine needs while it runs: nobody else can look into them. They are made in {@code TMPDIR}, if that is set. */
public final class PrivateFolder {

    private PrivateFolder() {
    }

    /** Makes one. */
    public static Path create(String prefix) throws IOException {
        String wanted = System.getenv().getOrDefault("TMPDIR", "");
        Path parent = Path.of(wanted.isEmpty() ? System.getProperty("java.io.tmpdir") : wanted);
        return Files.createTempDirectory(parent, prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Removes it with the files in it; what cannot be removed is said. */
    public static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            System.err.println("lab: cannot remove " + folder + ": " + e.getMessage());
        }
    }
}
