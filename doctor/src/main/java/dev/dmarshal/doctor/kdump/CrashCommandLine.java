package dev.dmarshal.doctor.kdump;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.version.Platform;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The command line that the crash kernel will get: the running kernel's, less what the dump tool takes away, and what it adds.
 *
 * @param line     the words that are known
 * @param complete whether that is all; the tools of Debian and SUSE add words of their own where their configuration gives none
 */
record CrashCommandLine(CommandLine line, boolean complete) {

    /** What the tools take away in any case: crashkernel= (they must, or the crash kernel would reserve again). */
    private static final List<String> ALWAYS_REMOVED = List.of("crashkernel");

    static Optional<CrashCommandLine> of(Optional<String> running, DumpTool tool) {
        if (tool.whole().isEmpty() && running.isEmpty()) {
            return Optional.empty();
        }
        List<String> removed = Arrays.asList(tool.remove().orElse("").split("\\s+"));
        String base = tool.whole().orElseGet(() -> CommandLine.parse(Platform.LINUX, running.orElseThrow().strip()).tokens().stream()
                .filter(token -> !removed.contains(token.name()) && !ALWAYS_REMOVED.contains(token.name())).map(Token::raw).collect(Collectors.joining(" ")));
        return Optional.of(new CrashCommandLine(CommandLine.parse(Platform.LINUX, base + " " + tool.append().orElse("")), tool.append().isPresent()));
    }

    boolean has(String name) {
        return line.tokens().stream().anyMatch(token -> token.name().equals(name));
    }

    /** Whether one of the comma-separated values of a parameter is this; of several settings the last one that is on or off counts. */
    boolean iommuOff() {
        boolean off = false;
        for (Token token : line.tokens()) {
            if (token.name().equals("intel_iommu") || token.name().equals("iommu")) {
                for (String part : token.value().orElse("").split(",")) {
                    off = part.equals("off") || off && !(token.name().equals("intel_iommu") && part.equals("on"));
                }
            }
        }
        return off;
    }
}
