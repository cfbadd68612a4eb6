package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.cli.doctor.DoctorCommand;
import dev.dmarshal.cli.image.AuditCommand;
import dev.dmarshal.cli.image.DiffCommand;
import dev.dmarshal.cli.image.MappingsCommand;
import dev.dmarshal.cli.image.WalkCommand;
import dev.dmarshal.cli.page.Command;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help fits the screen that it is printed on. */
class HelpTest {

    private static String help(Command command, OptionalInt columns) {
        StringWriter out = new StringWriter();
        Help.print(new CommandLine(command.spec()), columns, new PrintWriter(out, true));
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 50, 54, 55, 80, 100})
    void noLineIsWiderThanTheScreen(int columns) {
        for (Command command : new Command[] {new MappingsCommand(), new WalkCommand(), new AuditCommand(), new DiffCommand(), new DoctorCommand()}) {
            assertThat(help(command, OptionalInt.of(columns)).lines()).as(command.name()).allMatch(line -> line.length() <= columns)
                    .anyMatch(line -> line.contains("--json")).anyMatch(line -> line.contains("Usage: " + command.name()))
                    .anyMatch(line -> line.contains("64"));
        }
    }

    @Test
    void aNarrowScreenLosesNothing() {
        String narrow = help(new WalkCommand(), OptionalInt.of(50)).replaceAll("\\s+", " ");
        assertThat(narrow).contains("Usage: walk [OPTIONS] IMAGE BDF IOVA", "--pasid=NUMBER", "The request carries this PASID (hexadecimal).",
                "The device, as 03:00.0.", "-h, --help", "2 could not measure");
    }

    @Test
    void withoutColumnsItIsAsPicocliHasIt() {
        assertThat(help(new WalkCommand(), OptionalInt.empty()).lines()).allMatch(line -> line.length() <= 80);
    }
}
