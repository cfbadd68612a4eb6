package dev.dmarshal.cli.lab;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.lab.rehearsal.Rehearsal;
import dev.dmarshal.lab.rehearsal.Rehearsed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A rehearsal for people. */
public final class RehearsalText {

    private static final int HANG = 4;

    private final Page page;
    private final Rehearsal rehearsal;

    RehearsalText(Page page, Rehearsal rehearsal) {
        this.page = page;
        this.rehearsal = rehearsal;
    }

    Page page(String source) {
        page.heading("Rehearsal of " + source).blank();
        page.paragraph(0, String.format(Locale.ROOT, "Linux %s on QEMU %s came up in %.1f s with:", rehearsal.kernel(), rehearsal.qemu(),
                rehearsal.bootTook().toMillis() / 1000.0));
        page.paragraph(HANG, rehearsal.commandLine().isEmpty() ? "(nothing)" : rehearsal.commandLine());
        list("Of the plan", rehearsal.changes());
        page.blank().heading("What the IOMMU did").blank();
        page.paragraph(0, rehearsal.units().isEmpty() ? "Nothing: the kernel drives no remapping unit with this command line. Devices reach all memory, and"
                + " no guest can"
                + " have one." : "DMA is remapped (" + String.join(", ", rehearsal.units()) + "); interrupts are "
                + (rehearsal.interrupts() ? "remapped." : "not remapped."));
        groups();
        if (!rehearsal.units().isEmpty()) {
            page.blank().paragraph(0, rehearsal.differences().isEmpty() ? "These are the groups computed for the host with this command line."
                    : "Not as computed for the host with this command line:");
        }
        rehearsal.differences().forEach(difference -> page.row(HANG, "- " + difference, ""));
        faults();
        list("What could not be mirrored", rehearsal.shortfalls());
        return page;
    }

    private void groups() {
        Map<Integer, List<Rehearsed>> groups = new TreeMap<>();
        for (Rehearsed function : rehearsal.functions()) {
            groups.computeIfAbsent(function.group().orElse(Integer.MAX_VALUE), none -> new java.util.ArrayList<>()).add(function);
        }
        groups.forEach((number, members) -> {
            page.blank().line(0, number == Integer.MAX_VALUE ? "no group" : "group " + number
                    + members.getFirst().type().map(type -> " (" + type + ")").orElse(""));
            for (Rehearsed member : members) {
                page.row(HANG, "  " + member.standIn().original().address() + member.standIn().original().ids().pair().map(ids -> " " + ids).orElse("") + ": "
                        + member.standIn().model() + member.address().filter(at -> !at.equals(member.standIn().original().address()))
                                .map(at -> " at " + at).orElse("") + ", " + member.driver().map(driver -> "driver " + driver).orElse("no driver"), "");
            }
        });
    }

    private void faults() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        rehearsal.faults().forEach(fault -> counts.merge(words(fault), 1, Integer::sum));
        page.blank().paragraph(0, counts.isEmpty() ? "No faults." : "Faults:");
        counts.forEach((words, count) -> page.row(HANG, "- " + words + (count > 1 ? " (" + count + " times)" : ""), ""));
    }

    private static String words(FaultEvent fault) {
        return fault.kind().name().toLowerCase(Locale.ROOT) + " " + fault.access().name().toLowerCase(Locale.ROOT)
                + fault.source().map(source -> " of " + source).orElse("")
                + (fault.address().isPresent() ? " at 0x" + Long.toHexString(fault.address().getAsLong()) : "")
                + (fault.reason().isPresent() ? ": reason 0x" + Integer.toHexString(fault.reason().getAsInt())
                        + FaultReason.of(fault.reason().getAsInt()).map(reason -> ", " + reason.meaning()).orElse("") : "");
    }

    private void list(String title, List<String> lines) {
        if (!lines.isEmpty()) {
            page.blank().heading(title).blank();
            lines.forEach(line -> page.row(2, "- " + line, ""));
        }
    }
}
