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
    /** A boot's lines on its devices are at its start; this is many boots. */
    private static final int MOST_BOOT = 8 << 20;
    private static final Pattern VERSION = Pattern.compile("Linux version (\\S{1,100}) ");
    private static final Pattern COMMAND_LINE = Pattern.compile("(?m)^(?!.{0,64}\\(XEN\\)).{0,128}?(?:Kernel c|C)ommand line: (.{0,4096})$");

    private LogText() {
    }

    /** Puts a log and what it tells at their places; of several boots, the last one's. */
    static void read(byte[] text, MemoryTree tree) {
        tree.file(HostCommand.DMESG.path(), text);
        String start = new String(text, 0, Math.min(text.length, START), StandardCharsets.UTF_8);
        last(VERSION, start, "/proc/sys/kernel/osrelease", tree);
        last(COMMAND_LINE, start, "/proc/cmdline", tree);
        LogFunctions.read(Arrays.copyOf(text, Math.min(text.length, MOST_BOOT)), tree);
    }

    private static void last(Pattern pattern, String text, String path, MemoryTree tree) {
        String found = "";
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found = matcher.group(1).strip();
        }
        if (!found.isEmpty()) {
            tree.file(path, (found + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
