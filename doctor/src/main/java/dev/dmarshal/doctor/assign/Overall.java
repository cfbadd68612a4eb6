package dev.dmarshal.doctor.assign;

/** The answer about a device as a whole, the best first: of several reasons the worst decides. */
public enum Overall {
    /** Nothing is against it. */
    ASSIGNABLE,
    /** It can be given away, at a cost. */
    AT_A_COST,
    /** Nothing known forbids it, but something that could was not measured. */
    UNMEASURED,
    /** It must not or cannot be given away as things are. */
    REFUSED,
    /** It is nothing that could ever be given away: a bridge. */
    NEVER;

    /** The name in JSON. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
