package dev.dmarshal.lab.qtest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An installed {@code qemu-system-x86_64}: where it is, its version, and what its {@code intel-iommu} device can be told.
 *
 * @param path        the program
 * @param major       first number of its version
 * @param minor       second number of its version
 * @param version     the whole version, such as {@code 7.2.22}
 * @param iommuOptions what {@code -device intel-iommu,help} prints
 */
public record QemuProgram(Path path, int major, int minor, String version, String iommuOptions) {

    /** The program's name on {@code PATH}. */
    public static final String NAME = "qemu-system-x86_64";

    private static final Pattern VERSION = Pattern.compile("QEMU emulator version ((\\d+)\\.(\\d+)[.\\d]*)");
    private static final long PATIENCE_SECONDS = 20;

    /** The program of that name on {@code searchPath} (folders parted by colons), if it is there and runs. */
    public static Optional<QemuProgram> find(String searchPath) {
        for (String folder : searchPath.split(":")) {
            Path candidate = Path.of(folder, NAME);
            if (!folder.isEmpty() && Files.isExecutable(candidate)) {
                return Optional.of(of(candidate));
            }
        }
        return Optional.empty();
    }

    /** The program at {@code path}, asked for its version and options; fails with {@link QtestException} if it does not run. */
    public static QemuProgram of(Path path) {
        Matcher matcher = VERSION.matcher(output(path, "--version"));
        if (!matcher.find()) {
            throw new QtestException(path + " does not tell a QEMU version");
        }
        String options = output(path, "-machine", "q35", "-device", "intel-iommu,help");
        return new QemuProgram(path, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)), matcher.group(1), options);
    }

    /** Whether the version is {@code major.minor} or later. */
    public boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
    }

    /** The name under which {@code intel-iommu} takes this option: plain, or with the {@code x-} of experimental ones. */
    public Optional<String> iommuOption(String plainName) {
        Pattern line = Pattern.compile("^\\s*((?:x-)?" + Pattern.quote(plainName) + ")=", Pattern.MULTILINE);
        Matcher matcher = line.matcher(iommuOptions);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String output(Path path, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(path.toString());
        builder.command().addAll(List.of(arguments));
        builder.redirectErrorStream(true);
        try {
            Path printed = Files.createTempFile("dmarshal-lab-", ".txt");
            try {
                Process process = builder.redirectOutput(printed.toFile()).start();
                process.getOutputStream().close();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new QtestException(path + " did not end within " + PATIENCE_SECONDS + " s");
                }
                return Files.readString(printed, StandardCharsets.UTF_8);
            } finally {
                Files.delete(printed);
            }
        } catch (IOException e) {
            throw new QtestException("cannot run " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QtestException("interrupted while asking " + path, e);
        }
    }
}
