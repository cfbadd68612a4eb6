package dev.dmarshal.passthrough.apply;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The machine that this runs on.
 *
 * <p>Writes to sysfs go through a child process ({@code dd}): a driver that refuses to let go can keep the writer in the kernel for ever, where no
 * signal reaches it, and a process that is held there keeps its locks. The child holds none, and is left behind when its time is over.
 */
public final class LiveMachine implements Machine {

    private static final int MOST_WORDS = 2000;
    /** How long a killed program may take to go. */
    private static final int KILL_SECONDS = 3;

    private final HostRoot root = HostRoot.ofThisMachine();
    private final Guests guests = new Guests();

    /** The machine that this runs on, with whatever rights this process has. */
    public LiveMachine() {
        // Nothing is opened before it is needed.
    }

    @Override
    public HostRoot root() {
        return root;
    }

    @Override
    public String bootId() {
        return root.text("/proc/sys/kernel/random/boot_id").present().map(String::strip).orElse("unknown");
    }

    @Override
    public Guests guests() {
        return guests;
    }

    /** The child that was left behind is there for as long as the kernel holds it, and no longer. */
    @Override
    public boolean pending(Action action) {
        List<String> command = switch (action) {
            case Action.Write write -> writer(write);
            case Action.Run run -> run.command();
            case Action.Attach attach when attach.guest().via().equals("xl") -> List.of("xl", "pci-attach", attach.guest().name(), attach.device());
            case Action.Detach detach when detach.guest().via().equals("xl") -> List.of("xl", "pci-detach", detach.guest().name(), detach.device());
            default -> List.of();
        };
        return !command.isEmpty() && ProcessHandle.allProcesses().map(ProcessHandle::info).anyMatch(info -> runs(info, command));
    }

    private static boolean runs(ProcessHandle.Info info, List<String> command) {
        List<String> arguments = List.of(info.arguments().orElse(new String[0]));
        // What xl is told of a device's slot and options follows its address.
        return (words(arguments) + "@").matches(Pattern.quote(words(command.subList(1, command.size()))) + "[,@].*")
                && info.command().filter(executable -> named(executable, command.getFirst())).isPresent();
    }

    /** busybox parts its arguments where they are, at the sign between name and value. */
    private static String words(List<String> arguments) {
        return String.join(" ", arguments).replace('=', ' ');
    }

    /** Whether an executable is what a command names; small systems have all their programs in one. */
    private static boolean named(String executable, String program) {
        String name = Path.of(executable).getFileName().toString();
        return name.equals(Path.of(program).getFileName().toString()) || name.equals("busybox");
    }

    private static List<String> writer(Action.Write write) {
        return List.of("dd", "of=" + write.path(), "conv=notrunc", "bs=4096");
    }

    @Override
    public Deed perform(Action action, Duration limit) {
        try {
            return switch (action) {
                case Action.Write write -> run(writer(write), write.value() + "\n", limit);
                case Action.Run run -> run(run.command(), "", limit);
                case Action.Replace replace -> replace(Path.of(replace.path()), replace.text());
                case Action.Delete delete -> delete(Path.of(delete.path()));
                case Action.Attach attach -> guests.to(attach.guest()).attach(attach.device(), attach.options(), limit);
                case Action.Detach detach -> guests.to(detach.guest()).detach(detach.device(), detach.options(), limit);
                case Action.Reboot _ -> new Deed.Refused("dmarshal does not restart hosts");
            };
        } catch (IOException e) {
            return new Deed.Refused(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Deed.Refused("interrupted");
        }
    }

    private static Deed run(List<String> command, String input, Duration limit) throws IOException, InterruptedException {
        Path words = Files.createTempFile("dmarshal-", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(words.toFile());
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            feed(process, input);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return ended(process) ? new Deed.Refused(command.getFirst() + " had not ended after " + limit.toSeconds() + " s and was ended") : new Deed.Hung();
            }
            return process.exitValue() == 0 ? new Deed.Done() : new Deed.Refused(reason(command, process.exitValue(), words));
        } finally {
            Files.deleteIfExists(words);
        }
    }

    /** Whether a program could be ended; one that the kernel holds cannot. */
    private static boolean ended(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
    }

    private static void feed(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program ended without reading; its exit code says what it thought of it.
            return;
        }
    }

    private static String reason(List<String> command, int code, Path words) throws IOException {
        try (InputStream in = Files.newInputStream(words)) {
            String said = new String(in.readNBytes(MOST_WORDS), StandardCharsets.UTF_8).strip().replace('\n', ' ');
            return command.getFirst() + " ended with " + code + (said.isEmpty() ? "" : ": " + said);
        }
    }

    /** Beside it, flushed, renamed over it, with the old file's mode and owner: a reader sees the old text or the new one, also after a power failure. */
    private static Deed replace(Path file, String text) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path beside = target.resolveSibling("." + target.getFileName() + ".dmarshal");
        Files.deleteIfExists(beside);
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(beside);
            throw e;
        }
        takeOver(target, beside);
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        flushFolder(target);
        return new Deed.Done();
    }

    private static void takeOver(Path old, Path fresh) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        if (Files.exists(old)) {
            PosixFileAttributes attributes = Files.readAttributes(old, PosixFileAttributes.class);
            view.setPermissions(attributes.permissions());
            view.setOwner(attributes.owner());
            view.setGroup(attributes.group());
        } else {
            view.setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private static Deed delete(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Deed.Refused(file + ": not a plain file");
        }
        Files.delete(file);
        flushFolder(file);
        return new Deed.Done();
    }

    private static void flushFolder(Path file) throws IOException {
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
