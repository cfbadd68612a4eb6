package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Optional;

/**
 * The last entry of the one page walk that the log prints (CONFIG_DMAR_DEBUG of Linux; Xen's print_vtd_entries with iommu=debug), where it is the page's own.
 *
 * @param line  the line
 * @param value the entry: bit 0 read, bit 1 write
 */
record WalkedLeaf(LogMessage line, long value) {

    /** The walk for a group of faults; empty without one, with several, of which it is not said whose they are, or where the walk ended above the page. */
    static Optional<WalkedLeaf> of(Symptoms symptoms, FaultGroup group) {
        int walks = symptoms.all(MessageKind.TABLE_DUMP).size() + symptoms.all(MessageKind.XEN_WALK).size();
        if (walks != 1 || symptoms.has(MessageKind.TABLE_MISSING) || !group.reasonIs(FaultReason.LGN_2, FaultReason.LGN_3)) {
            return Optional.empty();
        }
        List<LogMessage> entries = symptoms.each(MessageKind.TABLE_ENTRY, MessageKind.XEN_WALK_ENTRY).toList();
        return entries.isEmpty() || entries.getLast().field("level").filter("1"::equals).isEmpty() ? Optional.empty() : entries.getLast().field("value")
                .filter(text -> text.matches("[0-9a-fA-F]{1,16}")).map(text -> new WalkedLeaf(entries.getLast(), Long.parseUnsignedLong(text, 16)));
    }

    boolean allows(boolean write) {
        return (value & (write ? 2 : 1)) != 0;
    }
}
