package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.cli.image.WalkCommand;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
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

    /** The program, its commands, and theirs. */
    private static List<CommandLine> all(CommandLine line) {
        return Stream.concat(Stream.of(line), line.getSubcommands().values().stream().flatMap(sub -> all(sub).stream())).toList();
    }

    /** A single word is not broken. */
    @ParameterizedTest
    @ValueSource(ints = {40, 50, 54, 55, 80, 100})
    void noLineIsWiderThanTheScreen(int columns) {
        List<CommandLine> lines = all(Main.commandLine(""));
        assertThat(lines).extracting(line -> line.getCommandSpec().qualifiedName())
                .contains("dmarshal", "dmarshal walk", "dmarshal kdump check", "dmarshal lab rehearse");
        for (CommandLine line : lines) {
            StringWriter out = new StringWriter();
            Help.print(line, OptionalInt.of(columns), new PrintWriter(out, true));
            assertThat(out.toString().lines()).as(line.getCommandSpec().qualifiedName()).allMatch(row -> row.length() <= columns || !row.strip().contains(" "))
                    .anyMatch(row -> row.contains("Usage: ")).anyMatch(row -> row.contains("--help")).anyMatch(row -> row.contains("64"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "kdump", "lab"})
    void whereACommandIsMissingTheHelpIsOnStandardError(String words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(words.isEmpty() ? new String[0] : words.split(" "), new PrintWriter(out, true), new PrintWriter(err, true));
        assertThat(code).isEqualTo(Exit.USAGE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("Usage: dmarshal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "walk --help", "kdump --help", "kdump check --help", "lab run --help"})
    void whoAsksForHelpGetsItOnStandardOutput(String words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(Main.run(words.split(" "), new PrintWriter(out, true), new PrintWriter(err, true))).isEqualTo(Exit.FINE);
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).startsWith("Usage: dmarshal" + (words.equals("--help") ? "" : " " + words.replace(" --help", "")));
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
