package dev.dmarshal.cli.passthrough;

import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Plans in files, in and out, with complaints that name the file. */
public final class PlanFile {

    /** Most bytes of a plan's file. */
    private static final int MOST_BYTES = 16 << 20;

    private PlanFile() {
    }

    /** Reads a plan; what is wrong with the file is the message of the exception. */
    static Plan read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return PlanJson.read(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw named(file, e);
        }
    }

    static void write(Path file, Plan plan) throws IOException {
        try {
            Files.writeString(file, PlanJson.write(plan));
        } catch (IOException e) {
            throw named(file, e);
        }
    }

    /** The same with the file's name and the reason in words. */
    static IOException named(Path file, IOException e) {
        String why = switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "is no text";
            default -> e.getMessage();
        };
        return new IOException(file + ": " + why, e);
    }
}
