package dev.dmarshal.passthrough.boot;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.apply.Machine;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** A host's configuration in a directory, with programs that do to it what the real ones do, and a restart that puts the next command line in force. */
final class FakeBootHost implements Machine {

    private final Path directory;
    private final Guests guests = new Guests();
    private final Map<String, Function<List<String>, Deed>> programs = new TreeMap<>();
    private final List<String> ran = new ArrayList<>();
    private int boots = 1;

    FakeBootHost(Path directory) {
        this.directory = directory;
    }

    FakeBootHost file(String path, String text) {
        try {
            Path file = directory.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String path) {
        return root().text(path).present().orElse("");
    }

    /** A program at its path; what it does with its arguments. */
    FakeBootHost program(String path, Function<List<String>, Deed> program) {
        programs.put(path, program);
        return file(path, "");
    }

    /** Every program that was run, with its arguments. */
    List<String> ran() {
        return ran;
    }

    /** The next boot, with this command line. */
    void restart(String line) {
        boots++;
        file("/proc/cmdline", line);
    }

    Map<String, String> picture() {
        Map<String, String> picture = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                picture.put(directory.relativize(path).toString(), Files.readString(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        picture.remove("proc/cmdline");
        return picture;
    }

    @Override
    public HostRoot root() {
        return HostRoot.ofWhole(directory);
    }

    @Override
    public String bootId() {
        return "boot-" + boots;
    }

    @Override
    public Guests guests() {
        return guests;
    }

    @Override
    public boolean pending(Action action) {
        return false;
    }

    @Override
    public Deed perform(Action action, Duration limit) {
        switch (action) {
            case Action.Replace(String path, String text) -> file(path, text);
            case Action.Delete(String path) -> {
                try {
                    return Files.deleteIfExists(directory.resolve(path.substring(1))) ? new Deed.Done() : new Deed.Refused("No such file or directory");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            case Action.Run(List<String> command) -> {
                ran.add(String.join(" ", command));
                return programs.getOrDefault(command.getFirst(), none -> new Deed.Refused("no such program")).apply(command);
            }
            default -> {
                return new Deed.Refused("not of this fake: " + action);
            }
        }
        return new Deed.Done();
    }
}
