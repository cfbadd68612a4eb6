package dev.dmarshal.lab.machine;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.play.Act;
import dev.dmarshal.lab.play.Means;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.Staging;
import dev.dmarshal.lab.qtest.Lab;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.Stock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where a test gets its machines from: starts them, remembers what real things they were, ends them. One for each test; see {@link OnTheLab}. */
public final class Stand implements AutoCloseable {

    /** How long a small command may take. */
    public static final Duration MOMENT = Duration.ofSeconds(30);

    private final List<Machine> machines = new ArrayList<>();
    private final Set<String> used = new LinkedHashSet<>();

    Stand() {
    }

    /** What plays are staged with: the QEMU that was asked for, the setup's stock, dmarshal's image if this test run has one. */
    public Means means() throws LabFailure {
        return with(Lab.qemu());
    }

    /** The same with the newer QEMU of the setup, which records interrupt faults and has {@code igb}. */
    public Means newerMeans() throws LabFailure {
        return with(QemuProgram.of(stock().newerQemu()));
    }

    /** The setup's stock. */
    public Stock stock() {
        return Stock.ofEnvironment(System.getenv());
    }

    /** A play's machine, up and with its agent there. */
    public Machine start(Play play) throws LabFailure {
        return start(play, means());
    }

    /** A play's machine on other means. */
    public Machine start(Play play, Means means) throws LabFailure {
        Machine machine = new Staging(means).start(play);
        machines.add(machine);
        used.add("Linux " + machine.kernelRelease());
        if (play.xen().isPresent()) {
            used.add("Xen of " + means.stock().version("xen"));
        }
        used.add("QEMU " + machine.program().version());
        System.out.printf("%s: %s came up in %.1f s%n", play.name(), machine.kernelRelease(), machine.bootTook().toMillis() / 1000.0);
        return machine;
    }

    /** Plays the acts of a play on its machine, each of which must end well; gives what each printed, nothing for one that ends a kernel. */
    public List<String> act(Machine machine, Play play) throws LabFailure {
        List<String> printed = new ArrayList<>();
        for (Act act : play.acts()) {
            if (act.ends()) {
                machine.reboot(act.script(), act.limit());
                printed.add("");
            } else {
                Outcome outcome = machine.run(act.script(), act.limit());
                System.out.println(outcome.describe());
                printed.add(outcome.out() + outcome.err());
            }
        }
        return printed;
    }

    /** The real things that this test ran on. */
    Set<String> used() {
        return used;
    }

    @Override
    public void close() {
        machines.forEach(Machine::close);
    }

    private Means with(QemuProgram program) throws LabFailure {
        String image = System.getProperty("image", "");
        Means means = Means.of(program, stock());
        return image.isEmpty() ? means : means.withImage(Path.of(image));
    }
}
