package dev.dmarshal.cli.image;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TableFinding;
import java.io.PrintWriter;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Mappings for people. */
public final class MappingsText implements MappingsPrinter {
    private final PrintWriter out;
    private final boolean summary;
    private final StringBuilder line = new StringBuilder();

    MappingsText(PrintWriter out, boolean summary) {
        this.out = out;
        this.summary = summary;
    }

    @Override
    public void start(OpenTables tables) {
        out.println(tables.path() + ": " + tables.machine().format());
    }

    @Override
    public void unit(MappingsCommand.Listed unit) {
        Page page = Page.forTerminal();
        page.blank().heading(WalkPrinter.title(unit.unit()));
        page.print(out);
    }

    @Override
    public void direct(Attachment attachment) {
        String what = switch (attachment.kind()) {
            case PASS_THROUGH -> "passes through: reaches all memory";
            case BROKEN -> "every request is refused" + attachment.fault().map(f -> ": fault %02Xh %s, %s".formatted(f.code(), f.label(), f.meaning()))
                    .orElse("");
            case TRANSLATED, NESTED -> "its context entry has no page tables that can be read";
        };
        Page page = Page.forTerminal();
        page.paragraph(2, "%s (domain %d): %s".formatted(MappingsCommand.who(attachment), attachment.domain(), what)).print(out);
    }

    @Override
    public void tree(PageTree tree, List<Attachment> users) {
        TreeSet<Integer> domains = users.stream().map(Attachment::domain).collect(Collectors.toCollection(TreeSet::new));
        String nested = users.stream().anyMatch(user -> user.kind() == Attachment.Kind.NESTED) ? " (under a first stage of the device's own)" : "";
        Page page = Page.forTerminal();
        page.blank().paragraph(2, "domain %s: %s%s, used by %s".formatted(domains.stream().map(String::valueOf).collect(Collectors.joining(", ")), tree, nested,
                users.stream().map(MappingsCommand::who).collect(Collectors.joining(", ")))).print(out);
    }

    @Override
    public void run(long input, long output, long sizeBytes, int rights) {
        if (summary) {
            return;
        }
        line.setLength(0);
        line.append("    0x");
        hex(input, 12);
        line.append(" -> 0x");
        hex(output, 12);
        line.append("  ");
        int from = line.length();
        size(sizeBytes, line);
        line.insert(from, " ".repeat(Math.max(0, 10 - (line.length() - from))));
        line.append("  ").append((rights & MappingSink.READ) != 0 ? 'R' : '-').append((rights & MappingSink.WRITE) != 0 ? 'W' : '-');
        line.append((rights & MappingSink.EXECUTE) != 0 ? "X" : "").append((rights & MappingSink.SNOOP) != 0 ? " snooped" : "").append('\n');
        out.append(line);
    }

    private void hex(long value, int digits) {
        int wanted = Math.max(digits, (67 - Long.numberOfLeadingZeros(value)) / 4);
        for (int shift = wanted * 4 - 4; shift >= 0; shift -= 4) {
            line.append(Character.forDigit((int) (value >>> shift) & 15, 16));
        }
    }

    /** A size in the largest unit that needs no fraction. */
    static void size(long bytes, StringBuilder to) {
        String[] names = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        int unit = bytes == 0 ? 0 : Math.min(names.length - 1, Long.numberOfTrailingZeros(bytes) / 10);
        to.append(bytes >>> unit * 10).append(' ').append(names[unit]);
    }

    @Override
    public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) {
        StringBuilder size = new StringBuilder();
        size(sizeBytes, size);
        String why = switch (gap) {
            case UNREADABLE_TABLE -> "its table is not in the image: " + presence;
            case RESERVED_BITS -> "reserved bits are set: hardware refuses these addresses";
            case REPEATED_TABLE -> "its table was listed before: a loop, or a table used twice";
            case TOO_MANY_TABLES -> "not listed: more tables than are read";
        };
        out.append("    0x%012x and %s on: entry 0x%x at 0x%x, %s\n".formatted(input, size, entry, entryAddress, why));
    }

    @Override
    public void endTree(Totals totals) {
        StringBuilder text = new StringBuilder();
        size(totals.bytes(), text);
        out.append("    %d runs, %s; pages of 4 KiB: %d, of 2 MiB: %d, of 1 GiB: %d; %d tables\n".formatted(totals.runs(), text, totals.small(), totals.large(),
                totals.huge(), totals.tables()));
    }

    @Override
    public void endUnit(List<TableFinding> findings) {
        Page page = Page.forTerminal();
        for (TableFinding finding : findings) {
            page.paragraph(2, finding.label() + ": " + finding.detail());
        }
        page.print(out);
    }

    @Override
    public void end() {
        out.flush();
    }
}
