package dev.dmarshal.lab.setup;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code setup.sh}, which this module carries. The only part of the lab that asks a network. */
public final class SetupScript {

    private SetupScript() {
    }

    /** Runs it in this process's terminal; gives its exit code. */
    public static int run(Stock stock, List<String> arguments) throws LabFailure {
        Path script = null;
        try (InputStream in = SetupScript.class.getResourceAsStream("setup.sh")) {
            script = Files.createTempFile("dmarshal-lab-", ".sh");
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
            List<String> command = new ArrayList<>(List.of("sh", script.toString(), "--cache", stock.folder().toString()));
            command.addAll(arguments);
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot run the setup", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure(Kind.MISSING, "the setup was interrupted", e);
        } finally {
            if (script != null) {
                script.toFile().delete();
            }
        }
    }
}
