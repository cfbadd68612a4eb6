package dev.dmarshal.lab.guest;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shared libraries of programs, as {@code ldd} of this machine finds them. */
final class Libraries {

    private static final Pattern LINE = Pattern.compile("^\\s*(?:(\\S+) => )?(/\\S+|not found)(?: \\(0x[0-9a-f]+\\))?$", Pattern.MULTILINE);
    private static final String DEBIAN_FOLDER = "usr/lib/x86_64-linux-gnu";
    private static final int PATIENCE_SECONDS = 20;

    private Libraries() {
    }

    /** The libraries and the loader that these programs and shared objects are linked to, those of the tree (a package's or a Java's) before those of this machine. */
    static Set<Path> of(Collection<Path> programs, Path tree) throws LabFailure {
        Set<Path> found = new LinkedHashSet<>();
        for (Path program : programs) {
            add(program, tree.resolve(DEBIAN_FOLDER) + ":" + tree.resolve("lib") + ":" + tree.resolve("lib/server"), found);
        }
        return found;
    }

    private static void add(Path program, String folders, Set<Path> found) throws LabFailure {
        Matcher matcher = LINE.matcher(ldd(program, folders));
        while (matcher.find()) {
            if (matcher.group(2).equals("not found")) {
                throw new LabFailure(Kind.MISSING, program + " needs the library " + matcher.group(1) + ", which this machine lacks");
            }
            found.add(Path.of(matcher.group(2)));
        }
    }

    private static String ldd(Path program, String folders) throws LabFailure {
        Path printed = null;
        try {
            printed = Files.createTempFile("dmarshal-lab-", ".txt");
            ProcessBuilder builder = new ProcessBuilder("ldd", program.toString()).redirectErrorStream(true).redirectOutput(printed.toFile());
            builder.environment().put("LD_LIBRARY_PATH", folders);
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new LabFailure(Kind.MISSING, "ldd " + program + " failed: " + Files.readString(printed).strip());
            }
            return Files.readString(printed, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot run ldd on " + program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure(Kind.MISSING, "interrupted while running ldd", e);
        } finally {
            if (printed != null) {
                printed.toFile().delete();
            }
        }
    }
}
