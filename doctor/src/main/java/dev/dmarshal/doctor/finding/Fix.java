package dev.dmarshal.doctor.finding;

import java.util.List;

/**
 * A way out, ready to be followed by somebody who has not seen it before.
 *
 * @param label    stable name, such as {@code group-identity-domain}
 * @param scope    how much of the host it touches
 * @param what     what it does, one or two sentences
 * @param commands exact commands, in order; lines starting with {@code #} are remarks
 * @param exists   on which kernels or Xen versions it exists
 * @param risk     what it leaves at risk; never empty
 * @param verify   how to see that it worked
 * @param undo     how to take it back
 * @param source   where this is documented: kernel file and version, specification, document
 */
public record Fix(String label, Scope scope, String what, List<String> commands, String exists, String risk, String verify, String undo, String source) {

    /** Refuses fixes that do not state their cost. */
    public Fix {
        commands = List.copyOf(commands);
        if (risk.isBlank() || verify.isBlank() || undo.isBlank()) {
            throw new IllegalArgumentException("fix " + label + " lacks risk, verification or undo");
        }
    }
}
