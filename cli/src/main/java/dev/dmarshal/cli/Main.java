package dev.dmarshal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code dmarshal}: the root of the commands. */
@Command(name = "dmarshal", description = "PCI passthrough on Intel VT-d: explains DMAR faults, names causes and fixes.", version = "dmarshal 0.1.0",
        mixinStandardHelpOptions = true, subcommands = {DoctorCommand.class})
public final class Main {

    private Main() {
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main());
        System.exit(line.execute(arguments));
    }
}
