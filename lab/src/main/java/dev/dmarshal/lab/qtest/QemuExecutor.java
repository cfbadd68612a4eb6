package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Engine;
import dev.dmarshal.lab.scenario.Feature;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Variant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Plays scenarios on QEMU's {@code intel-iommu}. The machine is reset between scenarios, not started anew.
 *
 * <p>A whole scenario goes to QEMU in few batches: nothing in it depends on what was observed, except that copies have to be waited for.
 */
public final class QemuExecutor implements Engine {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MEMORY_MEBIBYTES = 4096;
    private static final int PAGE_BYTES = 4096;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final int FEDATA = 0x3c;
    private static final int RESET_CONTROL_PORT = 0xcf9;

    private final QemuProgram program;
    private final Variant variant;
    private final QtestMachine machine;
    private final Set<Long> dirtyPages = new TreeSet<>();

    private QemuExecutor(QemuProgram program, Variant variant, QtestMachine machine) {
        this.program = program;
        this.variant = variant;
        this.machine = machine;
    }

    /** Starts a machine with this unit; {@link QtestException} if this QEMU has no such unit (see {@link #offers}) or does not start. */
    public static QemuExecutor start(QemuProgram program, Variant variant) {
        List<String> arguments = new ArrayList<>(List.of("-m", MEMORY_MEBIBYTES + "M", "-device", unit(program, variant)));
        arguments.addAll(Seat.arguments());
        for (String event : Trace.EVENTS) {
            arguments.add("-trace");
            arguments.add(event);
        }
        return new QemuExecutor(program, variant, QtestMachine.start(program, arguments, PATIENCE));
    }

    /** Whether this QEMU can be built as this variant. */
    public static boolean offers(QemuProgram program, Variant variant) {
        return switch (variant.mode()) {
            case LEGACY -> true;
            case SECOND_STAGE -> program.iommuOption("scalable-mode").isPresent();
            case FIRST_STAGE -> program.iommuOption("flts").isPresent();
        };
    }

    private static String unit(QemuProgram program, Variant variant) {
        StringBuilder unit = new StringBuilder("intel-iommu,intremap=on,aw-bits=" + variant.addressWidth());
        if (!variant.has(Feature.EXTENDED_INTERRUPTS)) {
            unit.append(",eim=off");
        } else {
            // Without it QEMU wants KVM's interrupt controller for this mode.
            program.iommuOption("buggy-eim").ifPresent(option -> unit.append(',').append(option).append("=on"));
        }
        for (Feature feature : variant.features()) {
            program.iommuOption(feature.option()).ifPresent(option -> unit.append(',').append(option).append("=on"));
        }
        if (!offers(program, variant)) {
            throw new QtestException("QEMU " + program.version() + " has no unit of variant " + variant);
        }
        if (variant.scalable()) {
            unit.append(',').append(program.iommuOption("scalable-mode").orElseThrow()).append("=on");
        }
        if (variant.mode() == Variant.Mode.FIRST_STAGE) {
            unit.append(',').append(program.iommuOption("flts").orElseThrow()).append("=on");
        }
        return unit.toString();
    }

    @Override
    public String describe() {
        return "QEMU " + program.version();
    }

    /** The program that runs. */
    public QemuProgram program() {
        return program;
    }

    /** The unit that it has. */
    public Variant variant() {
        return variant;
    }

    /** The machine, for requests beside scenarios. */
    public QtestMachine machine() {
        return machine;
    }

    @Override
    public void close() {
        machine.close();
    }

    @Override
    public List<Observation> play(Scenario scenario) {
        if (scenario.variant() != variant) {
            throw new IllegalArgumentException("this machine is " + variant + ", the scenario is for " + scenario.variant());
        }
        reset();
        List<Step> steps = scenario.steps();
        steps.forEach(this::noteWhatItMayWrite);
        Run run = new Run(machine.batch());
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Step.Copy) {
                int end = Step.Copy.endOfGroup(steps, i);
                run.copies(steps, i, end);
                i = end - 1;
            } else {
                run.play(i, steps.get(i));
            }
        }
        run.batch.send();
        return run.observed.stream().map(Supplier::get).toList();
    }

    /** DMA also writes beside baits: to any page that a stored word points to, and, untranslated, to its own address. */
    private void noteWhatItMayWrite(Step step) {
        switch (step) {
            case Step.Store store -> noteWritten(store.value() & FRAME);
            case Step.Probe probe -> noteWritten(probe.iova());
            case Step.Copy copy -> noteWritten(copy.to());
            default -> {
            }
        }
    }

    private void noteWritten(long address) {
        boolean low = address >= PAGE_BYTES && address < Scenario.LOW_MEMORY_END;
        if (low || address >= Scenario.HIGH_MEMORY && address < Scenario.HIGH_MEMORY_END) {
            dirtyPages.add(address & -PAGE_BYTES);
        }
    }

    private void reset() {
        Batch batch = machine.batch();
        for (long page : dirtyPages) {
            batch.memset(page, PAGE_BYTES, 0);
        }
        // Through a damaged entry of a large page DMA may have written to any of the tables.
        batch.memset(Scenario.LOW_TABLES, Scenario.TABLES_BYTES, 0);
        batch.memset(Scenario.HIGH_TABLES, Scenario.TABLES_BYTES, 0);
        dirtyPages.clear();
        batch.writel(Registers.BASE + FEDATA, 1);
        batch.outb(RESET_CONTROL_PORT, 0x02);
        batch.outb(RESET_CONTROL_PORT, 0x06);
        batch.send();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Answer answer;
        do {
            if (System.nanoTime() > deadline) {
                throw new QtestException("QEMU does not reset its machine");
            }
            answer = batch.readl(Registers.BASE + FEDATA);
            batch.send();
        } while (answer.value() != 0);
        Seat.bringUp(batch);
        DeviceDriver.bringUp(batch);
        batch.send();
    }

    /** One play: the batch being built and what is to be read from its answers. */
    private final class Run {
        private final Batch batch;
        private final DeviceDriver driver;
        private final List<Supplier<Observation>> observed = new ArrayList<>();
        private final List<Bait> baits = new ArrayList<>();

        Run(Batch batch) {
            this.batch = batch;
            this.driver = new DeviceDriver(batch, baits);
        }

        void play(int index, Step step) {
            switch (step) {
                case Step.Store store -> {
                    touch(store.address());
                    batch.writeq(store.address(), store.value());
                }
                case Step.Write write when write.width() == 8 -> batch.writeq(Registers.BASE + write.offset(), write.value());
                case Step.Write write -> batch.writel(Registers.BASE + write.offset(), (int) write.value());
                case Step.Read read -> {
                    long address = Registers.BASE + read.offset();
                    value(index, read.width() == 8 ? batch.readq(address) : batch.readl(address));
                }
                case Step.Load load -> {
                    touch(load.address());
                    value(index, batch.readq(load.address()));
                }
                case Step.Lay lay -> {
                    touch(lay.bait().address());
                    baits.add(lay.bait());
                    driver.lay(lay.bait());
                }
                case Step.Probe probe when probe.access() == Step.Access.WRITE -> observed.add(driver.write(index, probe));
                case Step.Probe probe -> observed.add(driver.read(index, probe));
                case Step.Interrupt interrupt -> observed.add(driver.interrupt(index, interrupt));
                case Step.Copy copy -> throw new IllegalStateException("copies come in groups: " + copy);
            }
        }

        void copies(List<Step> steps, int from, int to) {
            List<CopyRun> group = new ArrayList<>();
            for (int i = from; i < to; i++) {
                group.add(new CopyRun(i, (Step.Copy) steps.get(i), baits));
            }
            CopyRun.runAll(batch, group, driver);
            group.forEach(run -> observed.add(run::observation));
        }

        private void value(int index, Answer answer) {
            observed.add(() -> new Observation.Value(index, answer.value()));
        }

        private void touch(long address) {
            dirtyPages.add(address & -PAGE_BYTES);
        }
    }
}
