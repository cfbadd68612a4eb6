package dev.dmarshal.doctor.cause;

import java.util.List;

/** The causes, from the special to the general: among findings of equal severity and confidence this order decides. */
public final class Causes {

    private static final List<Cause> KNOWN = List.of(new KdumpHandover(), new RequesterAlias(), new InterruptFaults(), new FirmwareTables(),
            new UntranslatedAddress(), new XenSetup(), new KdumpReadiness(), new Parameters(), new Prerequisites());

    private Causes() {
    }

    /** All causes. */
    public static List<Cause> known() {
        return KNOWN;
    }
}
