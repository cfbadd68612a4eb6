package dev.dmarshal.lab.qtest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A q35 machine in QEMU whose processor sleeps and whose memory, registers and devices the caller drives over the qtest protocol
 * (QEMU's {@code system/qtest.c}).
 *
 * <p>Distribution builds of QEMU lack the qtest accelerator, so the processor is emulated and runs {@link HaltRom}. Standard error is joined to standard
 * output: QEMU writes both from one thread, so each line of a trace arrives right before the answer to the request that caused it.
 * QEMU does not end when its input closes; {@link #close} ends it by its process handle, and a shutdown hook does so for machines left open.
 * One thread at a time may use a machine; any number of machines may live side by side.
 */
public final class QtestMachine implements AutoCloseable {

    /** Less than a pipe holds; a line is never longer. */
    private static final int PIECE_BYTES = 32 * 1024;
    /** What a pipe of Linux holds. */
    private static final int PIPE_BYTES = 64 * 1024;

    private static final int TAIL_LINES = 30;
    private static final Set<QtestMachine> OPEN = ConcurrentHashMap.newKeySet();
    private static final String END = "END OF OUTPUT";

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(QtestMachine::end), "qtest-end"));
    }

    private final Path folder;
    private final Process process;
    private final OutputStream toQemu;
    private final Duration patience;
    private final LinkedBlockingQueue<String> fromQemu = new LinkedBlockingQueue<>();
    private final ArrayDeque<String> tail = new ArrayDeque<>();
    private int printedBytes;

    private QtestMachine(Path folder, Process process, Duration patience) {
        this.folder = folder;
        this.process = process;
        this.toQemu = process.getOutputStream();
        this.patience = patience;
        OPEN.add(this);
        Thread reader = new Thread(this::readAll, "qtest-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts QEMU and waits for its first answer.
     *
     * @param program   which QEMU
     * @param arguments what is added to the bare q35 machine: memory, devices, traces
     * @param patience  how long any answer may take
     */
    public static QtestMachine start(QemuProgram program, List<String> arguments, Duration patience) {
        Path folder = null;
        QtestMachine machine = null;
        try {
            folder = Files.createTempDirectory("dmarshal-lab-");
            Path rom = Files.write(folder.resolve("halt.bin"), HaltRom.bytes());
            List<String> command = new ArrayList<>(List.of(program.path().toString(), "-M", "q35", "-accel", "tcg", "-bios", rom.toString(),
                    "-nodefaults", "-display", "none", "-qtest", "stdio", "-qtest-log", "/dev/null"));
            command.addAll(arguments);
            machine = new QtestMachine(folder, new ProcessBuilder(command).redirectErrorStream(true).start(), patience);
            Batch first = machine.batch();
            first.readl(0);
            first.send();
            return machine;
        } catch (IOException e) {
            delete(folder);
            throw new QtestException("cannot start " + program.path(), e);
        } catch (QtestException e) {
            if (machine != null) {
                machine.close();
            }
            throw e;
        }
    }

    /** An empty batch of requests to this machine. */
    public Batch batch() {
        return new Batch(this);
    }

    /** The process id of QEMU. */
    public long pid() {
        return process.pid();
    }

    /** Whether QEMU still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Ends QEMU, waits until it is gone and removes its folder. */
    @Override
    public void close() {
        end();
        OPEN.remove(this);
    }

    /**
     * Sends request lines and takes one answer for each. A piece is written only when all earlier answers are in and is smaller than a pipe,
     * so that writing never blocks, not even when QEMU hangs. What QEMU prints for a piece must fit in a pipe as well: it makes its standard output
     * non-blocking, and the trace shares it, so lines that find it full are lost without a word.
     */
    void exchange(byte[] requests, List<Answer> answers) {
        long deadline = System.nanoTime() + patience.toNanos();
        int from = 0;
        int answered = 0;
        while (from < requests.length) {
            int to = from;
            int upTo = answered;
            int output = 0;
            while (upTo < answers.size() && (to == from || output + answers.get(upTo).outputBytes() <= PIECE_BYTES)) {
                int end = endOfLine(requests, to);
                if (end - from > PIECE_BYTES) {
                    break;
                }
                to = end;
                output += answers.get(upTo++).outputBytes();
            }
            send(requests, from, to);
            printedBytes = 0;
            while (answered < upTo) {
                take(answers.get(answered++), deadline);
            }
            if (printedBytes > PIPE_BYTES) {
                throw new QtestException("QEMU printed " + printedBytes + " bytes for one piece: lines of the trace may be lost" + printed());
            }
            from = to;
        }
    }

    private void send(byte[] requests, int from, int to) {
        try {
            toQemu.write(requests, from, to - from);
            toQemu.flush();
        } catch (IOException e) {
            throw new QtestException("QEMU takes no more requests" + printed(), e);
        }
    }

    private static int endOfLine(byte[] requests, int from) {
        int end = from;
        while (requests[end] != '\n') {
            end++;
        }
        return end + 1;
    }

    private void take(Answer answer, long deadline) {
        List<String> notes = List.of();
        String line = next(deadline);
        while (!isAnswer(line)) {
            if (!line.startsWith("IRQ ")) {
                notes = notes.isEmpty() ? new ArrayList<>() : notes;
                notes.add(line);
            }
            line = next(deadline);
        }
        if (!line.startsWith("OK")) {
            throw new QtestException("QEMU refused a request: " + line + printed());
        }
        answer.fill(line, notes);
    }

    private static boolean isAnswer(String line) {
        return line.startsWith("OK") || line.startsWith("FAIL") || line.startsWith("ERR");
    }

    private String next(long deadline) {
        try {
            String line = fromQemu.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new QtestException("no answer from QEMU within " + patience + printed());
            }
            if (line.equals(END)) {
                throw new QtestException("QEMU ended by itself" + how() + printed());
            }
            printedBytes += line.length() + 1;
            if (!line.startsWith("OK")) {
                remember(line);
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QtestException("interrupted while waiting for QEMU", e);
        }
    }

    private void remember(String line) {
        if (tail.size() == TAIL_LINES) {
            tail.removeFirst();
        }
        tail.addLast(line);
    }

    /** With which status it ended, if that is known by now; 128 and more are signals. */
    private String how() throws InterruptedException {
        return process.waitFor(1, TimeUnit.SECONDS) ? " with " + process.exitValue() : "";
    }

    private String printed() {
        return tail.isEmpty() ? "; it printed nothing else" : "; it printed last:\n  " + String.join("\n  ", tail);
    }

    private void readAll() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1 << 16)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                fromQemu.add(line);
            }
        } catch (IOException e) {
            fromQemu.add("cannot read from QEMU: " + e.getMessage());
        }
        fromQemu.add(END);
    }

    private void end() {
        process.destroyForcibly();
        boolean interrupted = false;
        try {
            process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        delete(folder);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try {
            Files.deleteIfExists(folder.resolve("halt.bin"));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new QtestException("cannot remove " + folder, e);
        }
    }
}
