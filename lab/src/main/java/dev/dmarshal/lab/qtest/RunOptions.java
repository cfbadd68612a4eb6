package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Variant;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/**
 * The command line of {@link DifferentialRun}.
 *
 * @param variant which unit
 * @param probes  how many requests
 * @param each    requests in one scenario
 * @param seed    of the generator
 * @param qemu    the QEMU to ask, if not the one on PATH
 * @param against another QEMU to compare with
 * @param replay  a saved scenario to play instead
 * @param save    folder for the scenarios that differ
 */
record RunOptions(Variant variant, int probes, int each, long seed, Optional<Path> qemu, Optional<Path> against, Optional<Path> replay,
        Optional<Path> save) {

    static final String USAGE = """
            usage: DifferentialRun [--variant V] [--probes N] [--each N] [--seed S] [--qemu PROGRAM] [--against PROGRAM] [--replay FILE] [--save FOLDER]
              --variant  legacy39, legacy48, caching48, scalable, scalable39 or first-stage (default legacy48)
              --probes   DMA and interrupt requests in all (default 200000)
              --each     requests in one scenario (default 150)
              --seed     a number; random and printed if left out
              --qemu     path of qemu-system-x86_64 (default: the one on PATH)
              --against  compare with another QEMU
              --replay   play one saved scenario and print what is seen at each step
              --save     keep scenarios that differ in this folder
            """;

    static RunOptions parse(String... arguments) {
        RunOptions options = new RunOptions(Variant.LEGACY48, 200_000, 150, new Random().nextInt(Integer.MAX_VALUE), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty());
        if (arguments.length % 2 != 0) {
            throw new IllegalArgumentException("each option has a value");
        }
        for (int i = 0; i < arguments.length; i += 2) {
            options = options.with(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private RunOptions with(String name, String value) {
        return switch (name) {
            case "--variant" -> new RunOptions(Variant.of(value), probes, each, seed, qemu, against, replay, save);
            case "--probes" -> new RunOptions(variant, positive(value), each, seed, qemu, against, replay, save);
            case "--each" -> new RunOptions(variant, probes, positive(value), seed, qemu, against, replay, save);
            case "--seed" -> new RunOptions(variant, probes, each, Long.parseLong(value), qemu, against, replay, save);
            case "--qemu" -> new RunOptions(variant, probes, each, seed, Optional.of(Path.of(value)), against, replay, save);
            case "--against" -> new RunOptions(variant, probes, each, seed, qemu, Optional.of(Path.of(value)), replay, save);
            case "--replay" -> new RunOptions(variant, probes, each, seed, qemu, against, Optional.of(Path.of(value)), save);
            case "--save" -> new RunOptions(variant, probes, each, seed, qemu, against, replay, Optional.of(Path.of(value)));
            default -> throw new IllegalArgumentException("no option is called " + name);
        };
    }

    private static int positive(String value) {
        int number = Integer.parseInt(value);
        if (number < 1) {
            throw new IllegalArgumentException("at least 1, not " + value);
        }
        return number;
    }
}
