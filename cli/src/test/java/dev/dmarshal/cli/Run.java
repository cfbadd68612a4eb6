package dev.dmarshal.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One run of the program inside the test: its exit code and what it wrote on its two streams. */
public record Run(int code, String out, String err) {

    public static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Run(code, out.toString(), err.toString());
    }
}
