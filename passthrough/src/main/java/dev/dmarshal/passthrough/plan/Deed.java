package dev.dmarshal.passthrough.plan;

/** What came of doing something to a host. */
public sealed interface Deed {

    /** The host took it. Whether it had the effect is for the conditions to say. */
    record Done() implements Deed {
    }

    /** The host refused. @param reason in the host's words */
    record Refused(String reason) implements Deed {
    }

    /** It did not come back in time, and may still take effect. */
    record Hung() implements Deed {
    }
}
