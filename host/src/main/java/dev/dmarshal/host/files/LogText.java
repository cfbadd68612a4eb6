package dev.dmarshal.host.files;

import dev.dmarshal.host.HostCommand;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A lone kernel log: beside the log itself it tells what the kernel says of itself at its start, its release and its command line, and the
 * PCI functions that it found.
 */
final class LogText {

    private static final int START = 1 << 20;
    /** A boot's lines on its devices are at its start. */
    private static final int MOST_BOOT = 8 << 20;
    /** What a kernel says first; no line of a device has it. */
    private static final byte[] BEGINNING = "Linux version ".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern VERSION = Pattern.compile("Linux version (\\S{1,100}) ");
    private static final Pattern COMMAND_LINE = Pattern.compile("(?m)^(?!.{0,64}\\(XEN\\)).{0,128}?(?:Kernel c|C)ommand line: (.{0,4096})$");

    private LogText() {
    }

    /** Puts a log and what it tells at their places; of several boots, the last one's. */
    static void read(byte[] text, MemoryTree tree) {
        tree.file(HostCommand.DMESG.path(), text);
        int boot = lastBoot(text);
        String start = new String(text, boot, Math.min(text.length - boot, START), StandardCharsets.UTF_8);
        first(VERSION, start, "/proc/sys/kernel/osrelease", tree);
        first(COMMAND_LINE, start, "/proc/cmdline", tree);
        LogFunctions.read(Arrays.copyOfRange(text, boot, (int) Math.min(text.length, (long) boot + MOST_BOOT)), tree);
    }

    /** Where the last boot's log begins, in the midst of a line; 0 if no line tells of a beginning. */
    private static int lastBoot(byte[] text) {
        for (int at = text.length - BEGINNING.length; at >= 0; at--) {
            if (text[at] == BEGINNING[0] && Arrays.equals(text, at, at + BEGINNING.length, BEGINNING, 0, BEGINNING.length)) {
                return at;
            }
        }
        return 0;
    }

    private static void first(Pattern pattern, String text, String path, MemoryTree tree) {
        Matcher matcher = pattern.matcher(text);
        if (matcher.find() && !matcher.group(1).isBlank()) {
            tree.file(path, (matcher.group(1).strip() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
