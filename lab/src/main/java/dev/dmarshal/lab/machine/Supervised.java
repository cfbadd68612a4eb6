package dev.dmarshal.lab.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that does not outlive this one, however this one ends: a shell beside it waits on a pipe from here and kills it when the pipe closes,
 * which happens on {@link #end}
 * and when the JVM dies, by {@code kill -9} too.
 */
final class Supervised {

    /**
     * The watcher is the subshell that reads; the kernel closes its input with our end of the pipe. The program itself is started with other
     * descriptors, so that nothing but this
     * shell holds the pipe.
     */
    private static final String WATCH = """
            exec 3<&0
            "$@" </dev/null 3<&- &
            child=$!
            { while read -r _ <&3; do :; done; kill -9 $child 2>/dev/null; } >/dev/null 2>&1 &
            watch=$!
            exec 3<&-
            wait $child
            code=$?
            kill $watch 2>/dev/null
            exit $code
            """;
    private static final int TAIL_LINES = 30;
    private static final int PATIENCE_SECONDS = 20;

    private final Process shell;
    private final ArrayDeque<String> printed = new ArrayDeque<>();
    private final Thread reader;

    private Supervised(Process shell) {
        this.shell = shell;
        this.reader = Thread.ofVirtual().name("lab-output-" + shell.pid()).start(this::read);
    }

    static Supervised start(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", WATCH, "lab"));
        all.addAll(command);
        return new Supervised(new ProcessBuilder(all).redirectErrorStream(true).start());
    }

    boolean alive() {
        return shell.isAlive();
    }

    /** The shell's process id; the program is its child. */
    long pid() {
        return shell.pid();
    }

    /** How it ended and what it printed last, as the end of a message; waits a moment, because the end of its sockets is seen before its own. */
    String ending() {
        try {
            if (!shell.waitFor(2, TimeUnit.SECONDS)) {
                return "";
            }
            reader.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
        synchronized (printed) {
            return "; QEMU's exit code was " + shell.exitValue() + (printed.isEmpty() ? "" : " and it printed:\n  " + String.join("\n  ", printed));
        }
    }

    /** Ends the program and waits until it is gone. */
    void end() {
        boolean interrupted = Thread.interrupted();
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                shell.descendants().forEach(ProcessHandle::destroyForcibly);
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        } catch (InterruptedException e) {
            interrupted = true;
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (printed) {
                    if (printed.size() == TAIL_LINES) {
                        printed.removeFirst();
                    }
                    printed.addLast(line);
                }
            }
        } catch (IOException e) {
            synchronized (printed) {
                printed.addLast("[lab: " + e.getMessage() + "]");
            }
        }
    }
}
