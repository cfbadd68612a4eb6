package dev.dmarshal.lab.machine;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.guest.Agent;
import dev.dmarshal.lab.guest.Line;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.qtest.QemuProgram;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A running machine. Starting it waits for the agent inside; closing it ends QEMU. QEMU ends as well when this JVM does, however it does.
 * Sockets are in a private folder, so any number of machines can run side by side. One thread at a time may talk to one machine.
 */
public final class Machine implements AutoCloseable {

    private static final Duration CONNECTING = Duration.ofSeconds(20);
    private static final Duration ANSWERING = Duration.ofSeconds(120);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    private static final Set<Machine> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Machine::end), "lab-end"));
    }

    private final QemuProgram program;
    private final Path folder;
    private final Supervised qemu;
    private final Console console = new Console();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Agent agent;
    private Qmp qmp;
    private Duration bootTook = Duration.ZERO;
    private boolean ended;

    private Machine(QemuProgram program, Path folder, Supervised qemu) {
        this.program = program;
        this.folder = folder;
        this.qemu = qemu;
        OPEN.add(this);
    }

    /**
     * Starts a machine and waits until its agent answers.
     *
     * @param patience how long the boot may take
     */
    public static Machine start(QemuProgram program, MachineSpec spec, Boot boot, Duration patience) throws LabFailure {
        long start = System.nanoTime();
        Machine machine = launch(program, spec, boot);
        try {
            machine.agent.greet(patience);
            machine.bootTook = Duration.ofNanos(System.nanoTime() - start);
            return machine;
        } catch (LabFailure e) {
            LabFailure told = machine.told(e);
            machine.close();
            throw told;
        }
    }

    private static Machine launch(QemuProgram program, MachineSpec spec, Boot boot) throws LabFailure {
        Map<String, ServerSocketChannel> servers = new LinkedHashMap<>();
        Machine machine = null;
        Path folder = null;
        try {
            folder = PrivateFolder.create("lab-");
            for (String name : QemuArguments.SOCKETS) {
                servers.put(name, ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(folder.resolve(name))));
            }
            List<String> command = new ArrayList<>(List.of(program.path().toString()));
            command.addAll(QemuArguments.of(spec, boot, folder));
            machine = new Machine(program, folder, Supervised.start(command));
            machine.connect(servers);
            return machine;
        } catch (IOException e) {
            LabFailure failure = new LabFailure(Kind.REFUSED, "cannot start " + program.path(), e);
            if (machine != null) {
                machine.close();
            } else if (folder != null) {
                PrivateFolder.delete(folder);
            }
            throw failure;
        } catch (LabFailure e) {
            machine.close();
            throw e;
        } finally {
            servers.values().forEach(Machine::closeQuietly);
        }
    }

    private void connect(Map<String, ServerSocketChannel> servers) throws IOException, LabFailure {
        SocketChannel consoleChannel = accept(servers.get("console"));
        open.add(consoleChannel);
        Thread.ofPlatform().daemon().name("lab-console-" + qemu.pid()).start(() -> console.follow(consoleChannel));
        Line agentLine = new Line(accept(servers.get("agent")));
        open.add(agentLine);
        Line qmpLine = new Line(accept(servers.get("qmp")));
        open.add(qmpLine);
        agent = new Agent(agentLine);
        qmp = connectQmp(qmpLine);
    }

    private Qmp connectQmp(Line line) throws LabFailure {
        try {
            return new Qmp(line, CONNECTING);
        } catch (LabFailure e) {
            // Before the monitor answers, QEMU ends only because it does not like the description.
            throw e.kind() == Kind.ENDED ? new LabFailure(Kind.REFUSED, "QEMU did not take the machine" + qemu.ending()) : e;
        }
    }

    private SocketChannel accept(ServerSocketChannel server) throws IOException, LabFailure {
        long deadline = System.nanoTime() + CONNECTING.toNanos();
        server.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                SocketChannel channel = server.accept();
                if (channel != null) {
                    return channel;
                }
                if (!qemu.alive()) {
                    throw new LabFailure(Kind.REFUSED, "QEMU did not take the machine" + qemu.ending());
                }
                if (System.nanoTime() > deadline) {
                    throw new LabFailure(Kind.HANGS, "QEMU did not connect within " + CONNECTING.toSeconds() + " s");
                }
                selector.select(100);
                selector.selectedKeys().clear();
            }
        }
    }

    /** Runs a script inside; see {@link Agent#run}. A failure carries the end of the console. */
    public Outcome run(String script, Duration limit) throws LabFailure {
        try {
            return agent.run(script, limit);
        } catch (LabFailure e) {
            throw told(e);
        }
    }

    /** Runs a script inside that must end with exit code 0, and gives its standard output. */
    public String must(String script, Duration limit) throws LabFailure {
        Outcome outcome = run(script, limit);
        if (!outcome.fine()) {
            throw told(new LabFailure(Kind.GUEST, "in the guest: " + script.strip() + "\n" + outcome.describe()));
        }
        return outcome.out();
    }

    /** Writes a file inside. */
    public void put(String path, byte[] content, boolean executable) throws LabFailure {
        try {
            agent.put(path, content, executable);
        } catch (LabFailure e) {
            throw told(e);
        }
    }

    /** Reads a file inside, also one of proc or sysfs. */
    public byte[] get(String path) throws LabFailure {
        try {
            return agent.get(path);
        } catch (LabFailure e) {
            throw told(e);
        }
    }

    /** Runs a script that ends this kernel and starts another one, such as a crash with a crash kernel loaded, and waits for the agent of the other. */
    public void reboot(String script, Duration patience) throws LabFailure {
        try {
            agent.runWithoutAnswer(script);
            agent.greet(patience);
        } catch (LabFailure e) {
            throw told(e);
        }
    }

    /** Fails with {@link Kind#NO_REMAPPING} unless the kernel inside drives a remapping unit. */
    public void requireRemapping() throws LabFailure {
        Outcome units = run("ls /sys/class/iommu/ | grep -q dmar || { dmesg | grep -iE 'DMAR|IOMMU' | tail -n 5; cat /proc/cmdline; exit 1; }", ANSWERING);
        if (units.late()) {
            // A crowded host lets an emulated machine take minutes; that says nothing of its units.
            throw told(new LabFailure(Kind.HANGS, "kernel " + agent.kernelRelease() + " did not list its units within " + ANSWERING.toSeconds() + " s"));
        }
        if (!units.fine()) {
            throw told(new LabFailure(Kind.NO_REMAPPING, "kernel " + agent.kernelRelease() + " drives no remapping unit (is CONFIG_INTEL_IOMMU on,"
                    + " intel_iommu=on "
                    + "given, intel-iommu in the machine?); it said:\n" + units.out().strip()));
        }
    }

    /** The release of the kernel inside. */
    public String kernelRelease() {
        return agent.kernelRelease();
    }

    /** How long the boot took, from the start of QEMU to the agent's greeting. */
    public Duration bootTook() {
        return bootTook;
    }

    /** What the console has shown. */
    public Console console() {
        return console;
    }

    /** QEMU's monitor. */
    public Qmp qmp() {
        return qmp;
    }

    /** Which QEMU it runs on. */
    public QemuProgram program() {
        return program;
    }

    /** Whether QEMU runs. */
    public boolean alive() {
        return qemu.alive();
    }

    /** The process id of the shell that watches over QEMU. */
    public long pid() {
        return qemu.pid();
    }

    /** Ends QEMU, waits until it is gone and removes its folder. */
    @Override
    public void close() {
        end();
        OPEN.remove(this);
    }

    private LabFailure told(LabFailure failure) {
        String more = switch (failure.kind()) {
            case ENDED -> qemu.ending();
            case HANGS -> stopped();
            default -> "";
        };
        return failure.with(more + console.end(), console.text());
    }

    /**
     * What QEMU says of a guest that says nothing: it stops one whose disk it cannot write any more (its werror=enospc). Otherwise it tells where each
     * processor stands, twice, for who stands at the same place both times stands still.
     */
    private String stopped() {
        if (Thread.currentThread().isInterrupted()) {
            return "";
        }
        try {
            String status = qmp.execute("query-status", Map.of());
            if (status.contains("\"io-error\"")) {
                return "; QEMU stopped the guest because it could not write what the guest wrote to its disk: is the disk of this machine full (TMPDIR,"
                        + " /var/tmp)?";
            }
            String first = qmp.processors();
            Thread.sleep(BETWEEN_LOOKS);
            return "; QEMU says that the machine " + (status.contains("\"running\"") ? "runs" : "does not run") + ", and of its processors: " + first + "; "
                    + BETWEEN_LOOKS.toSeconds() + " s later: " + qmp.processors();
        } catch (LabFailure e) {
            return "; QEMU's monitor does not answer either: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** The private folder with the sockets. */
    Path folder() {
        return folder;
    }

    private synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        qemu.end();
        open.forEach(Machine::closeQuietly);
        PrivateFolder.delete(folder);
    }

    private static void closeQuietly(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            // A socket that does not close is of no use to anybody; QEMU is gone by now.
            System.err.println("lab: " + e.getMessage());
        }
    }
}
