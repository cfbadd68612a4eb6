package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the trace events of QEMU's unit ({@code hw/i386/trace-events}) out of what it printed. */
final class Trace {

    /** The events to switch on. */
    static final List<String> EVENTS = List.of("vtd_dmar_fault", "vtd_fault_disabled", "vtd_ir_remap_msi");

    private static final Pattern FAULT = Pattern.compile("vtd_dmar_fault sid 0x([0-9a-f]+) fault (\\d+) addr 0x([0-9a-f]+) write (\\d)");
    private static final Pattern REMAP =
            Pattern.compile("vtd_ir_remap_msi \\(addr 0x([0-9a-f]+), data 0x([0-9a-f]+)\\) -> \\(addr 0x([0-9a-f]+), data 0x([0-9a-f]+)\\)");

    private Trace() {
    }

    /** The first fault of this source-id and direction, recorded or dropped. */
    static Optional<Transfer> fault(List<String> notes, int sourceId, boolean write) {
        for (String note : notes) {
            Matcher matcher = FAULT.matcher(note);
            if (matcher.find() && Integer.parseInt(matcher.group(1), 16) == sourceId && matcher.group(4).equals(write ? "1" : "0")) {
                long address = Long.parseUnsignedLong(matcher.group(3), 16);
                return Optional.of(new Transfer.Blocked(Integer.parseInt(matcher.group(2)), address & ~0xfffL));
            }
        }
        return Optional.empty();
    }

    /** Whether a request was blocked with fault processing disabled; QEMU does not say whose. */
    static boolean quiet(List<String> notes) {
        for (String note : notes) {
            if (note.contains("vtd_fault_disabled")) {
                return true;
            }
        }
        return false;
    }

    /** What became of the one interrupt request that was made. */
    static Delivery delivery(List<String> notes) {
        for (String note : notes) {
            Matcher matcher = REMAP.matcher(note);
            if (matcher.find()) {
                long address = Long.parseUnsignedLong(matcher.group(3), 16);
                int data = Integer.parseUnsignedInt(matcher.group(4), 16);
                boolean same = matcher.group(1).equals(matcher.group(3)) && matcher.group(2).equals(matcher.group(4));
                return same ? new Delivery.Passed((int) address, data) : Delivery.Remapped.of(address, data);
            }
        }
        return new Delivery.Dropped();
    }
}
