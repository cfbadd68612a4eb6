package dev.dmarshal.lab.compare;

import java.util.Map;
import java.util.Set;

/** The codes of legacy mode that QEMU reports in scalable mode, and what each stands for. */
final class ScalableCodes {

    /** QEMU's code, and the codes by the tables for which it gives that one. */
    private static final Map<String, Set<Integer>> STAND_FOR = Map.ofEntries(
            Map.entry("01h", Set.of(0x39)), Map.entry("02h", Set.of(0x41)), Map.entry("04h", Set.of(0x84)), Map.entry("05h", Set.of(0x79, 0x85)),
            Map.entry("06h", Set.of(0x79, 0x86)), Map.entry("07h", Set.of(0x78)), Map.entry("03h", Set.of(0x7b)), Map.entry("08h", Set.of(0x38)),
            Map.entry("09h", Set.of(0x40)), Map.entry("0ah", Set.of(0x3a)), Map.entry("0bh", Set.of(0x42)), Map.entry("0ch", Set.of(0x7a)),
            Map.entry("0eh", Set.of(0x87)));

    private ScalableCodes() {
    }

    static boolean legacyInstead(DifferenceCase known) {
        String code = known.difference().qemu();
        int meant = KnownPredicates.code(known);
        boolean direction = !code.equals("05h") && !code.equals("06h") || known.write() == code.equals("05h");
        return known.reason() && direction && STAND_FOR.getOrDefault(code, Set.of()).contains(meant) && known.difference().other()
                .equals("%02xh".formatted(meant));
    }
}
