package dev.dmarshal.trials.inside;

import dev.dmarshal.passthrough.apply.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * At the n-th moment of a run ends its process, or waits: for ever, so that the machine's power is cut there, or until it may go on. At point 0 nothing
 * happens, but for {@code each}, which waits at every moment.
 */
final class EndingRun implements Consumer<Moment> {

    /** Lets a run that waits go on. */
    static final Path GO_ON = Path.of("/tmp/go-on");
    /** What a process that was ended so ends with. */
    static final int KILLED = 137;

    /** What a run dies of where its process goes on. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    private final String ending;
    private final int point;
    private int moments;

    EndingRun(String ending, int point) {
        this.ending = ending;
        this.point = point;
    }

    int moments() {
        return moments;
    }

    @Override
    public void accept(Moment moment) {
        if (++moments != point && !ending.equals("each")) {
            return;
        }
        try {
            switch (ending) {
                case "kill" -> Runtime.getRuntime().halt(KILLED);
                case "power" -> {
                    told();
                    Thread.sleep(Long.MAX_VALUE);
                }
                case "pause", "each" -> pause();
                case "die" -> throw new Died();
                default -> throw new IllegalArgumentException(ending);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whoever watches from outside reads the console: to look from inside is what an emulated processor is busy with then. */
    private void told() throws IOException {
        Files.writeString(Path.of("/dev/console"), "rehearsal: at moment " + moments + ".\n");
    }

    private void pause() throws IOException, InterruptedException {
        told();
        while (!Files.exists(GO_ON)) {
            Thread.sleep(50);
        }
        Files.delete(GO_ON);
    }
}
