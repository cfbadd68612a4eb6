package dev.dmarshal.host.params;

import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.RunningVersion;
import dev.dmarshal.host.version.XenVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Reads the tables of expectations. */
final class TableRows {

    private TableRows() {
    }

    static List<String[]> of(String resource) {
        try (InputStream stream = Objects.requireNonNull(TableRows.class.getResourceAsStream(resource), resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.strip().split("\\s*\\|\\s*", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Platform platform(String text) {
        return Platform.valueOf(text.toUpperCase(Locale.ROOT));
    }

    static ParameterReview review(String platform, String version, String options, String text) {
        CommandLine line = CommandLine.parse(platform(platform), text);
        BuildOptions build = "-".equals(options) ? BuildOptions.UNKNOWN : BuildOptions.parse(options.replace(',', '\n'));
        return "?".equals(version) ? ParameterReview.ofUnknownVersion(line, build) : ParameterReview.of(line, version(platform, version), build);
    }

    private static RunningVersion version(String platform, String version) {
        return platform(platform) == Platform.LINUX ? KernelVersion.parse(version).orElseThrow() : XenVersion.parse(version).orElseThrow();
    }
}
