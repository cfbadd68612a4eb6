package dev.dmarshal.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Standard output that remembers why it could not be written: a {@link java.io.PrintWriter} over it would not tell, and a full disk would look like success. */
public final class StandardOutput extends OutputStream {

    private final OutputStream below;
    private Optional<String> failure = Optional.empty();

    StandardOutput(OutputStream below) {
        this.below = below;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            below.write(bytes, from, length);
        } catch (IOException failed) {
            failure = failure.or(() -> Optional.of(String.valueOf(failed.getMessage())));
            throw failed;
        }
    }

    /** Why output was lost; empty if none was, or if its reader had seen enough, as {@code head} does. */
    Optional<String> lost() {
        return failure.filter(why -> !why.contains("Broken pipe"));
    }
}
