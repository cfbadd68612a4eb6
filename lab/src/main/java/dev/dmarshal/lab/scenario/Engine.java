package dev.dmarshal.lab.scenario;

import java.util.List;

/** Something that remaps: plays scenarios and tells what it saw. One thread at a time. */
public interface Engine extends AutoCloseable {

    /** Resets the machine, plays the scenario and gives one observation for each observed step, in order. */
    List<Observation> play(Scenario scenario);

    /** What it is, for reports: such as {@code QEMU 7.2.22}. */
    String describe();

    @Override
    void close();
}
