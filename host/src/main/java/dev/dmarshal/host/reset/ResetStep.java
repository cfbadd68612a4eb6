package dev.dmarshal.host.reset;

/**
 * One method of the kernel's order, judged for one function.
 *
 * @param method   the method
 * @param standing whether it applies
 * @param words    why
 */
public record ResetStep(ResetMethod method, Standing standing, String words) {

    /** Whether a method applies. */
    public enum Standing {
        /** It does. */
        APPLIES,
        /** It does by the capabilities, but does harm or nothing on this device, and this kernel does not know that. */
        DOUBTFUL,
        /** It does not. */
        LACKS,
        /** What decides was not measured. */
        UNMEASURED
    }
}
