package dev.dmarshal.passthrough.apply;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.time.Duration;

/** The host that is acted on. {@link LiveMachine} is the one that this runs on; tests have one that behaves, refuses, hangs and dies. */
public interface Machine {

    /** For reading. */
    HostRoot root();

    /** Names this boot of the host; another one after each restart. */
    String bootId();

    /** Looks whether something is so. Never throws for what the host or a guest answers. */
    default Condition.Answer look(Condition condition) {
        return switch (condition) {
            case Condition.OfFiles files -> files.on(root());
            case Condition.GuestHas guest -> guests().to(guest.guest()).look(guest.device(), guest.has());
            case Condition.GuestKeeps guest -> guests().to(guest.guest()).lookSaved(guest.device(), guest.has());
        };
    }

    /** Ways to guests. */
    Guests guests();

    /** Whether an action that did not return in an earlier run, of whatever process, has still not returned. */
    boolean pending(Action action);

    /** Does one thing, within a time. Never throws for what the host does. */
    Deed perform(Action action, Duration limit);
}
