package dev.dmarshal.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmarshal doctor}. */
@Command(name = "doctor", description = "Reads logs and says what happened, why, and what to do.", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Parameters(paramLabel = "SOURCE", arity = "0..*")
    private List<String> sources = List.of();

    @Override
    public Integer call() {
        System.out.println("sources " + sources + " " + json);
        return 0;
    }
}
