package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;

/**
 * How one parameter is read: a row of {@code names.txt}.
 *
 * @param platform who reads it
 * @param name its name as its maker writes it
 * @param kind where it is read
 * @param commaList whether its value is a list of pieces that are read one by one
 * @param lastWins whether the last occurrence replaces the ones before it
 */
public record ParameterName(Platform platform, String name, Kind kind, boolean commaList, boolean lastWins) {

    /** Where a parameter is read. */
    public enum Kind {
        /** early_param. */
        EARLY,
        /** __setup. */
        SETUP,
        /** A parameter of a module, {@code module.parameter}. */
        MODULE,
        /** Read by user space at boot. */
        BOOT,
        /** Read by nothing in the platform's own code. */
        FOREIGN,
        /** Xen. */
        XEN
    }

    /** The name with dashes as underscores, as kernel/params.c parameq compares names. */
    static String canonical(Platform platform, String name) {
        return platform == Platform.LINUX ? name.replace('-', '_') : name;
    }
}
