package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal explain}: log lines on the command line in, the same answer as {@code doctor} out. */
public final class ExplainCommand implements Command {

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Explains one or more log lines given as arguments. With a log at hand, doctor says more.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/doctor-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("LINE").arity("1..*").required(true).type(List.class).auxiliaryTypes(String.class)
                .description("A line as the log has it, in quotes; two-line faults as two arguments.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        List<String> lines = arguments.matchedPositionalValue(0, List.of());
        byte[] log = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        Examination examination = new Examination().log("the line given", new ByteArrayInputStream(log));
        var symptoms = examination.symptoms();
        if (symptoms.faults().isEmpty() && symptoms.counts().isEmpty()) {
            err.println("dmarshal: this line is none that bears on remapping or passthrough, or it is cut: give it whole, as the log has it.");
            return Exit.UNMEASURED;
        }
        return DoctorCommand.report(Doctor.examine(symptoms), List.of(), arguments.matchedOptionValue("--json", false), out, false);
    }
}
