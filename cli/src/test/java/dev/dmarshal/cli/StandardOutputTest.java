package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import org.junit.jupiter.api.Test;

/** What cannot be written is known, unless nobody wants it any more. */
class StandardOutputTest {

    private static StandardOutput written(String failure) {
        StandardOutput output = new StandardOutput(new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException(failure);
            }
        });
        PrintWriter out = new PrintWriter(output);
        out.println("text");
        out.flush();
        assertThat(out.checkError()).isTrue();
        return output;
    }

    @Test
    void aFullDiskIsNoSuccess() {
        assertThat(written("No space left on device").lost()).contains("No space left on device");
    }

    @Test
    void aReaderThatHasSeenEnoughIsNoFailure() {
        assertThat(written("Broken pipe").lost()).isEmpty();
    }

    @Test
    void whatIsWrittenIsNotLost() {
        StandardOutput output = new StandardOutput(OutputStream.nullOutputStream());
        new PrintWriter(output, true).println("text");
        assertThat(output.lost()).isEmpty();
    }
}
