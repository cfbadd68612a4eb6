package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/**
 * The command line of {@link DifferentialRun}.
 *
 * @param variants which units; those that QEMU does not offer are left out
 * @param probes  how many requests, in all
 * @param each    requests in one scenario
 * @param seed    of the generator
 * @param qemu    the QEMU to ask, if not the one on PATH
 * @param number  a scenario of the first variant and this seed to play instead
 * @param replay  a saved scenario to play instead
 * @param save    folder for the scenarios that differ
 */
record RunOptions(List<Variant> variants, int probes, int each, long seed, Optional<Path> qemu, OptionalInt number, Optional<Path> replay,
        Optional<Path> save) {

    static final String USAGE = """
            usage: lab/differential [--variant V] [--probes N] [--each N] [--seed S] [--qemu PROGRAM] [--number N] [--replay FILE] [--save FOLDER]
              --variant  legacy39, legacy48, caching48, features48, scalable, scalable39, features-scalable, first-stage,
                         or all (default): those that QEMU offers
              --probes   DMA and interrupt requests in all (default 200000)
              --each     requests in one scenario (default 150)
              --seed     a number; random and printed if left out
              --qemu     path of qemu-system-x86_64 (default: the one on PATH)
              --number   play one scenario of the variant and seed, and print what QEMU does at each step
              --replay   the same for a saved scenario
              --save     keep scenarios that differ in this folder
            """;

    static RunOptions parse(String... arguments) {
        RunOptions options = new RunOptions(List.of(Variant.values()), 200_000, 150, new Random().nextInt(Integer.MAX_VALUE), Optional.empty(),
                OptionalInt.empty(), Optional.empty(), Optional.empty());
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
            case "--variant" -> new RunOptions(value.equals("all") ? List.of(Variant.values()) : List.of(Variant.of(value)), probes, each, seed, qemu,
                    number, replay, save);
            case "--probes" -> new RunOptions(variants, positive(value), each, seed, qemu, number, replay, save);
            case "--each" -> new RunOptions(variants, probes, positive(value), seed, qemu, number, replay, save);
            case "--seed" -> new RunOptions(variants, probes, each, Long.parseLong(value), qemu, number, replay, save);
            case "--qemu" -> new RunOptions(variants, probes, each, seed, Optional.of(Path.of(value)), number, replay, save);
            case "--number" -> new RunOptions(variants, probes, each, seed, qemu, OptionalInt.of(Integer.parseInt(value)), replay, save);
            case "--replay" -> new RunOptions(variants, probes, each, seed, qemu, number, Optional.of(Path.of(value)), save);
            case "--save" -> new RunOptions(variants, probes, each, seed, qemu, number, replay, Optional.of(Path.of(value)));
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
