package dev.dmarshal.passthrough.apply;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.plan.Action;
import java.time.Duration;

/** The host that is acted on. {@link LiveMachine} is the one that this runs on; tests have one that behaves, refuses, hangs and dies. */
public interface Machine {

    /** For reading. */
    HostRoot root();

    /** Names this boot of the host; another one after each restart. */
    String bootId();

    /** Does one thing, within a time. Never throws for what the host does. */
    Deed perform(Action action, Duration limit);
}
