package dev.dmarshal.cli.page;

import java.util.LinkedHashMap;
import java.util.Map;

/** Exit codes, the same for every command. */
public final class Exit {

    /** Nothing is wrong. */
    public static final int FINE = 0;
    /** There are findings. */
    public static final int FINDINGS = 1;
    /** Could not measure; the message says what is missing. */
    public static final int UNMEASURED = 2;
    /** The command was not understood (sysexits.h, EX_USAGE). */
    public static final int USAGE = 64;
    /** A defect of dmarshal itself (sysexits.h, EX_SOFTWARE). */
    static final int DEFECT = 70;

    /** For help texts. */
    public static final Map<String, String> LIST = list();

    private Exit() {
    }

    private static Map<String, String> list() {
        Map<String, String> list = new LinkedHashMap<>();
        list.put(" 0", "nothing is wrong");
        list.put(" 1", "there are findings");
        list.put(" 2", "could not measure; says what is missing");
        list.put("64", "the command was not understood");
        list.put("70", "a defect of dmarshal itself");
        return list;
    }
}
