package dev.dmarshal.trials.inside;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.apply.LiveMachine;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.guest.GuestForm;
import dev.dmarshal.passthrough.guest.QmpConnection;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.GuestMoves;
import dev.dmarshal.passthrough.wish.Plug;
import dev.dmarshal.passthrough.wish.Refusal;
import dev.dmarshal.passthrough.wish.Wish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs within a machine of the lab: a list of deeds, one a line of a file, through dmarshal's library in one JVM, for each JVM costs seconds there. Prints what
 * came of each. The first deed that fails ends it.
 */
public final class GuestRehearsal {

    private static final Path JOURNALS = Path.of("/tmp/journals");

    private final LiveMachine machine = new LiveMachine();
    private final Passthrough passthrough = new Passthrough(machine, new JournalFolder(JOURNALS), Optional.empty());
    private int timeout = 60;
    private String last = "";

    private GuestRehearsal() {
    }

    /** Takes the file of deeds. */
    public static void main(String[] arguments) throws Exception {
        GuestRehearsal rehearsal = new GuestRehearsal();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            if (!line.isBlank()) {
                long start = System.nanoTime();
                String came = rehearsal.play(line.strip());
                System.out.println(line.strip() + " -> " + came + " [" + (System.nanoTime() - start) / 1_000_000 + " ms]");
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private String play(String line) throws Exception {
        String[] words = line.split(" ");
        return switch (words[0]) {
            // give VIA GUEST managed|own DEVICE [CONSENTED…]
            case "give" -> carryOut(passthrough.plan(wish(words)));
            // give-all VIA GUEST managed|own DEVICE DEVICE…
            case "give-all" -> carryOut(passthrough.plan(allOf(wish(words))));
            case "refused" -> refusals(passthrough.plan(wish(words)));
            case "switch" -> carryOut(moves().move(List.of(device(words[1])), new Guest("libvirt", words[2]), new Guest("libvirt", words[3])));
            case "prepare" -> carryOut(moves().prepare(new Guest("libvirt", words[1]), memory(words[1])));
            case "finish" -> carryOut(moves().finish(new Guest("libvirt", words[1]), memory(words[1])));
            case "undo" -> words(passthrough.undo(last, _ -> {
            }));
            case "timeout" -> "" + (timeout = Integer.parseInt(words[1]));
            case "driver" -> driver(words[1]);
            case "await-driver" -> awaitDriver(Integer.parseInt(words[1]), words[2], words[3]);
            // qmp SOCKET COMMAND
            case "qmp" -> qmp(Path.of(words[1]), words[2]);
            case "traffic" -> traffic(words[1]);
            case "kept" -> "" + Files.exists(memory(words[1]));
            // await SECONDS FILE TEXT…: text that comes after what was there when this deed began
            case "await" -> await(Integer.parseInt(words[1]), Path.of(words[2]), String.join(" ", Arrays.asList(words).subList(3, words.length)));
            case "run" -> run(line.substring("run ".length()));
            case "write" -> write(Path.of(words[1]), words[2], device(words[3]));
            default -> throw new IllegalArgumentException(line);
        };
    }

    private Wish wish(String[] words) {
        Set<Sbdf> with = new HashSet<>();
        for (int i = 5; i < words.length; i++) {
            with.add(device(words[i]));
        }
        Optional<Guest> guest = words[1].equals("vfio") ? Optional.empty() : Optional.of(new Guest(words[1], words[2]));
        return new Wish(List.of(device(words[4])), with, guest, new Plug(words[3].equals("managed"), false, timeout, Map.of()), Set.of());
    }

    /** The same wish, with all that may go along asked for as well. */
    private static Wish allOf(Wish wish) {
        List<Sbdf> devices = Stream.concat(wish.devices().stream(), wish.with().stream()).sorted().toList();
        return new Wish(devices, Set.of(), wish.guest(), wish.plug(), wish.forced());
    }

    private GuestMoves moves() {
        return new GuestMoves(machine.root(), machine.guests(), timeout);
    }

    private static Path memory(String guest) {
        return new JournalFolder(JOURNALS).memory("libvirt-" + guest);
    }

    private String carryOut(Answer answer) throws IOException {
        if (!(answer instanceof Answer.Ready ready)) {
            return refusals(answer);
        }
        Plan plan = ready.plan();
        last = plan.id();
        return words(passthrough.apply(plan, _ -> {
        }));
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Applied _ -> "applied";
            case Outcome.Undone undone -> undone.reason().isEmpty() ? "taken back" : "failed and taken back: " + undone.reason();
            case Outcome.Refused refused -> "refused: " + refused.reasons();
            case Outcome.Waiting _ -> "waiting";
            case Outcome.Hung hung -> "hung: " + hung.action();
            case Outcome.Stuck stuck -> "stuck: " + stuck.reason();
        };
    }

    private static String refusals(Answer answer) {
        return switch (answer) {
            case Answer.Ready ready -> "ready: " + ready.plan().title();
            case Answer.Refused refused -> "refused: " + refused.refusals().stream().map(Refusal::label).toList();
        };
    }

    private static String await(int seconds, Path file, String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long from = Files.size(file);
        while (System.nanoTime() < end) {
            byte[] bytes = Files.readAllBytes(file);
            if (new String(bytes, (int) Math.min(from, bytes.length), bytes.length - (int) Math.min(from, bytes.length), StandardCharsets.UTF_8)
                    .contains(text)) {
                return "seen";
            }
            Thread.sleep(200);
        }
        throw new IOException("within " + seconds + " s nobody wrote \"" + text + "\" to " + file + ": " + Files.readString(file));
    }

    private String driver(String device) {
        return machine.root().linkName("/sys/bus/pci/devices/" + device + "/driver").present().orElse("none");
    }

    private static String qmp(Path socket, String command) throws IOException {
        try (QmpConnection qemu = QmpConnection.open(socket, Duration.ofSeconds(10))) {
            qemu.execute(command, Map.of(), Duration.ofSeconds(10));
            return "done";
        }
    }

    private String awaitDriver(int seconds, String device, String driver) throws IOException, InterruptedException {
        for (int i = 0; i < seconds * 5; i++) {
            if (driver(device).equals(driver)) {
                return driver;
            }
            Thread.sleep(200);
        }
        throw new IOException("after " + seconds + " s " + device + " is with " + driver(device) + " and not with " + driver);
    }

    /** Whether the host's own driver passes traffic over a NIC, with the address that the guests use while they have it. */
    private static String traffic(String device) throws IOException, InterruptedException {
        return run("bb=/run/lab/busybox; n=$(ls /sys/bus/pci/devices/" + device + "/net); $bb ifconfig $n 10.0.2.16 netmask 255.255.255.0 up;"
                + " for i in 1 2 3 4 5 6 7 8 9 10; do $bb ping -c 1 -W 1 10.0.2.2 >/dev/null && break; sleep 0.5; done;"
                + " $bb ping -c 1 -W 1 10.0.2.2 >/dev/null && echo passes; $bb ifconfig $n 0.0.0.0 down");
    }

    private static String run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().replace('\n', ' ');
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(command + " ended with " + code + ": " + said);
        }
        return said;
    }

    private String write(Path file, String what, Sbdf device) throws IOException {
        Files.writeString(file, GuestForm.of(what).orElseThrow().text(List.of(device), true, machine.root()));
        return "written";
    }

    private static Sbdf device(String text) {
        return DeviceNotation.parse(text).function().orElseThrow();
    }
}
