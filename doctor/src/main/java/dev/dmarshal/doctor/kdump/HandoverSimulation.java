package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.vtd.InterruptMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays a crash and its hand-over: devices go on with what the crashed kernel told them to do, at every moment once, while a crash kernel changes the tables
 * under them. What becomes of each request, the units of {@code core.unit} decide; nothing here has a fault reason in it.
 */
public final class HandoverSimulation {

    private static final long PAGE = 4096;

    private final CrashScene scene;
    private final CrashedHost host;
    private final Map<BusyDevice, Map<Moment, Outcome>> outcomes = new LinkedHashMap<>();

    private HandoverSimulation(CrashScene scene, CrashedHost host) {
        this.scene = scene;
        this.host = host;
        scene.devices().forEach(device -> outcomes.put(device, new EnumMap<>(Moment.class)));
    }

    /** One crash, and what follows under each behaviour, in the order of {@link Behaviour}. */
    public static List<HandoverReport> playAll(CrashScene scene) {
        CrashedHost crashed = CrashedHost.of(scene);
        return Arrays.stream(Behaviour.values()).map(behaviour -> play(scene, crashed.copy(), behaviour)).toList();
    }

    /** What follows under one behaviour. */
    public static HandoverReport play(CrashScene scene, Behaviour behaviour) {
        return play(scene, CrashedHost.of(scene), behaviour);
    }

    private static HandoverReport play(CrashScene scene, CrashedHost host, Behaviour behaviour) {
        HandoverSimulation run = new HandoverSimulation(scene, host);
        CrashKernel kernel = new CrashKernel(scene, host, behaviour);
        run.all(Moment.CRASHED);
        kernel.takeInterrupts(() -> run.interrupts(Moment.TAKING_OVER));
        kernel.takeTranslation(() -> run.memory(Moment.TAKING_OVER));
        run.all(Moment.TAKEN_OVER);
        for (BusyDevice device : scene.devices()) {
            if (device.driver() != BusyDevice.CrashDriver.NONE) {
                kernel.startDriver(device);
            }
        }
        run.goOn();
        List<HandoverReport.Line> lines = new ArrayList<>();
        run.outcomes.forEach((device, moments) -> lines.add(new HandoverReport.Line(device, moments)));
        return new HandoverReport(behaviour, lines, kernel.notes());
    }

    private void all(Moment moment) {
        memory(moment);
        interrupts(moment);
    }

    private void memory(Moment moment) {
        scene.devices().forEach(device -> memory(device, moment));
    }

    private void interrupts(Moment moment) {
        scene.devices().forEach(device -> interrupts(device, moment));
    }

    /** Only devices that nobody stopped go on with the old kernel's work. */
    private void goOn() {
        for (BusyDevice device : scene.devices()) {
            if (device.driver() == BusyDevice.CrashDriver.STOPS_FIRST) {
                note(device, Moment.DRIVERS, Outcome.NOTHING);
            } else {
                memory(device, Moment.DRIVERS);
                interrupts(device, Moment.DRIVERS);
            }
        }
    }

    private void note(BusyDevice device, Moment moment, Outcome outcome) {
        outcomes.get(device).merge(moment, outcome, Outcome::plus);
    }

    private void memory(BusyDevice device, Moment moment) {
        for (BusyDevice.Buffer buffer : device.buffers()) {
            for (long done = 0; done < buffer.bytes(); done += PAGE) {
                note(device, moment, request(device, buffer, done));
            }
        }
    }

    private Outcome request(BusyDevice device, BusyDevice.Buffer buffer, long offset) {
        long bytes = Math.min(PAGE, buffer.bytes() - offset);
        Translation out = new Translation();
        host.unit(device.unit()).translate(device.sourceId(), buffer.iova() + offset, buffer.write() ? Request.WRITE : Request.READ, 0, out);
        if (out.outcome() == Translation.Outcome.BLOCKED) {
            return out.reason().map(Outcome::fault).orElseGet(() -> Outcome.abort(bytes));
        }
        if (out.outcome() == Translation.Outcome.INTERRUPT) {
            return Outcome.straySignal();
        }
        if (out.address() == buffer.physical() + offset) {
            return Outcome.reached();
        }
        if (scene.crashKernel().contains(out.address())) {
            return Outcome.misplaced(bytes, buffer.write(), true);
        }
        boolean memoryThere = scene.memory().stream().anyMatch(span -> span.contains(out.address()));
        return memoryThere ? Outcome.misplaced(bytes, buffer.write(), false) : Outcome.abort(bytes);
    }

    private void interrupts(BusyDevice device, Moment moment) {
        RemappingUnit unit = host.unit(device.unit());
        for (int i = 0; i < device.interrupts().size(); i++) {
            InterruptMessage message = InterruptMessage.remappable(device.interrupts().get(i));
            RemappedInterrupt out = new RemappedInterrupt();
            unit.remap(device.sourceId(), message.address(), message.value(), out);
            note(device, moment, switch (out.outcome()) {
                case REMAPPED, POSTED -> Outcome.interruptAsBefore();
                case BLOCKED -> Outcome.interruptBlocked(out.fault().orElseThrow());
                case PASSED, NONE -> Outcome.interruptAstray();
            });
        }
    }
}
