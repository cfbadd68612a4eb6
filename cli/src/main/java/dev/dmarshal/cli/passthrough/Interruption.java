package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.Main;
import java.io.PrintWriter;

/**
 * What is said when a run that acts on the host is ended from outside, by Ctrl-C or by a signal. Nothing is taken back then: the journal has all that was done,
 * and a second Ctrl-C could end that as well.
 */
public final class Interruption implements AutoCloseable {

    private final Thread hook;

    private Interruption(Thread hook) {
        this.hook = hook;
    }

    /** From here until closed, the end of the process says how the plan is settled. Ends by {@code halt}, as of {@link Main}, say nothing. */
    static Interruption of(String planId, PrintWriter err) {
        Thread hook = new Thread(() -> {
            err.println();
            err.println("dmarshal: interrupted; plan " + planId + " is half done. dmarshal resume " + planId + " goes on, dmarshal undo " + planId
                    + " takes it back.");
            err.flush();
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The end has begun, and the hook speaks.
            return;
        }
    }
}
