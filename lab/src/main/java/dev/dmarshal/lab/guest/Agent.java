package dev.dmarshal.lab.guest;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * This side of the agent in the guest ({@code agent.sh}, which has the language): runs commands, brings and takes files, each within a time. One
 * thread at a time.
 */
public final class Agent {

    /** What is kept of each output of a command, in bytes. */
    public static final int OUTPUT_LIMIT = 16 << 20;

    private static final int LARGEST_FILE = 1 << 30;
    /** What the guest may take for the answer itself, beyond the time of the command. */
    private static final Duration GRACE = Duration.ofSeconds(30);
    /**
     * How long a script may run without a sign of life, of which the guest gives one every ten seconds of its clock. A counted clock on a crowded host has been
     * ten times slower than this one.
     */
    private static final Duration SILENCE = Duration.ofSeconds(300);
    /** How much noise before a greeting is waited through: firmware and boot loaders may print on every serial line. */
    private static final int NOISE_LINES = 1000;

    private final Line line;
    private final Duration silence;
    private String release = "";
    private String bootId = "";
    private int number;

    /** An agent at the other end of this line; {@link #greet} comes first. */
    public Agent(Line line) {
        this(line, SILENCE);
    }

    /** The same, for tests with less patience. */
    Agent(Line line, Duration silence) {
        this.line = line;
        this.silence = silence;
    }

    /**
     * Waits for the agent to come up: after the start, and again after each boot of another kernel.
     *
     * @param patience how long the boot may take
     */
    public void greet(Duration patience) throws LabFailure {
        long deadline = System.nanoTime() + patience.toNanos();
        for (int lines = 0; lines < NOISE_LINES; lines++) {
            String[] words = readLine("the guest's agent did not come up within " + patience.toSeconds() + " s", deadline).strip().split(" ");
            if (words.length == 4 && words[0].endsWith("ready") && words[1].equals("1")) {
                release = words[2];
                bootId = words[3];
                return;
            }
        }
        throw new LabFailure(Kind.GARBLED, "the agent's line carries noise instead of a greeting");
    }

    /** The release of the kernel that runs, as {@code uname -r} says it. */
    public String kernelRelease() {
        return release;
    }

    /** The kernel's own mark of this boot. */
    public String bootId() {
        return bootId;
    }

    /**
     * Runs a script in the guest's shell; if it takes longer than {@code limit}, it and what it started in its process group are killed.
     */
    public Outcome run(String script, Duration limit) throws LabFailure {
        long start = System.nanoTime();
        long deadline = start + limit.plus(GRACE).toNanos();
        byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
        line.write("run " + ++number + " " + Math.max(1, limit.toSeconds()) + " " + OUTPUT_LIMIT + " " + bytes.length + "\n", deadline);
        line.write(bytes, deadline);
        String[] answer = answer("done", 5, "running " + firstLine(script), deadline);
        OptionalInt code = answer[2].equals("late") ? OptionalInt.empty() : OptionalInt.of(integer(answer[2], Integer.MAX_VALUE));
        byte[] out = line.readBytes(integer(answer[3], OUTPUT_LIMIT), deadline);
        byte[] err = line.readBytes(integer(answer[4], OUTPUT_LIMIT), deadline);
        return new Outcome(code, new String(out, StandardCharsets.UTF_8), new String(err, StandardCharsets.UTF_8), Duration.ofNanos(System.nanoTime() - start));
    }

    /** Sends a script that makes this kernel give way to another, such as a crash; does not wait for anything. {@link #greet} comes next. */
    public void runWithoutAnswer(String script) throws LabFailure {
        long deadline = System.nanoTime() + GRACE.toNanos();
        byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
        line.write("run " + ++number + " 60 0 " + bytes.length + "\n", deadline);
        line.write(bytes, deadline);
    }

    /** Writes a file in the guest. */
    public void put(String path, byte[] content, boolean executable) throws LabFailure {
        long deadline = deadlineFor(content.length);
        line.write("put " + ++number + " " + (executable ? "755" : "644") + " " + content.length + " " + path + "\n", deadline);
        line.write(content, deadline);
        String[] answer = answer("kept", 3, "writing " + path, deadline);
        if (!answer[2].equals(sha256(content))) {
            throw new LabFailure(Kind.GARBLED, path + " arrived with another content");
        }
    }

    /** Reads a file of the guest, also one of proc or sysfs. */
    public byte[] get(String path) throws LabFailure {
        line.write("get " + ++number + " " + path + "\n", deadlineFor(0));
        String[] answer = answer("file", 4, "reading " + path, deadlineFor(0));
        int size = integer(answer[2], LARGEST_FILE);
        byte[] content = line.readBytes(size, deadlineFor(size));
        if (!answer[3].equals(sha256(content))) {
            throw new LabFailure(Kind.GARBLED, path + " arrived with another content");
        }
        return content;
    }

    /** Asks the machine to power off, without waiting. */
    public void powerOff() throws LabFailure {
        line.write("off " + ++number + "\n", deadlineFor(0));
    }

    /** About 30 kB a second go in and 130 kB come out of an emulated serial line; this waits for a third of that. */
    private static long deadlineFor(int size) {
        return System.nanoTime() + GRACE.plusMillis(size / 10).toNanos();
    }

    private String[] answer(String verb, int words, String doing, long deadline) throws LabFailure {
        String text;
        do {
            long silent = System.nanoTime() + silence.toNanos();
            text = silent - deadline < 0 ? readLine("nothing was heard of the guest for " + silence.toSeconds() + " s while " + doing, silent)
                    : readLine("the agent did not answer while " + doing, deadline);
        } while (text.equals("alive " + number));
        String[] answer = text.split(" ");
        if (answer.length >= 2 && answer[0].equals("fail") && answer[1].equals(Integer.toString(number))) {
            throw new LabFailure(Kind.GUEST, doing + ": " + text.substring("fail ".length() + answer[1].length()).strip());
        }
        if (answer.length != words || !answer[0].equals(verb) || !answer[1].equals(Integer.toString(number))) {
            throw new LabFailure(Kind.GARBLED, doing + ": the agent answered \"" + text + "\"");
        }
        return answer;
    }

    private String readLine(String complaint, long deadline) throws LabFailure {
        try {
            return line.readLine(deadline);
        } catch (LabFailure e) {
            throw e.kind() == Kind.HANGS ? new LabFailure(Kind.HANGS, complaint) : e;
        }
    }

    private static int integer(String word, int limit) throws LabFailure {
        if (word.matches("[0-9]{1,10}") && Long.parseLong(word) <= limit) {
            return Integer.parseInt(word);
        }
        throw new LabFailure(Kind.GARBLED, "the agent wrote \"" + word + "\" for a number up to " + limit);
    }

    private static String firstLine(String script) {
        return "\"" + script.lines().findFirst().orElse("") + "\"";
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
