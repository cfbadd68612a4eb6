package dev.dmarshal.cli.image;

import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TableFinding;
import java.io.PrintWriter;
import java.util.List;

/**
 * Mappings as CSV: one row a run and user, columns of one type each, unsigned decimal numbers, so that they load into a column store as they are. Rows of kind
 * {@code through} and {@code refused} have no addresses.
 */
public final class MappingsCsv implements MappingsPrinter {
    private final PrintWriter out;
    private final StringBuilder row = new StringBuilder();
    private String unit = "";
    private PageTree tree = new PageTree(0, 0, false);
    private List<Attachment> users = List.of();

    MappingsCsv(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void start(OpenTables tables) {
        out.print("unit,device,pasid,domain,kind,stage,table,iova,physical,bytes,readable,writable,executable,snooped\n");
    }

    @Override
    public void unit(MappingsCommand.Listed listed) {
        unit = listed.unit().name();
    }

    @Override
    public void direct(Attachment attachment) {
        start(attachment, attachment.kind() == Attachment.Kind.PASS_THROUGH ? "through" : "refused");
        out.append(row.append(",,,,,,,,\n"));
    }

    private void start(Attachment user, String kind) {
        row.setLength(0);
        row.append(unit).append(',').append(user.device()).append(',');
        user.pasid().ifPresent(row::append);
        row.append(',').append(user.domain()).append(',').append(kind);
    }

    @Override
    public void tree(PageTree pages, List<Attachment> attached) {
        tree = pages;
        users = attached;
    }

    @Override
    public void run(long input, long output, long sizeBytes, int rights) {
        for (Attachment user : users) {
            start(user, "page");
            row.append(',').append(tree.firstStage() ? "first" : "second").append(',').append(tree.top()).append(',').append(Long.toUnsignedString(input));
            row.append(',').append(output).append(',').append(sizeBytes);
            for (int flag : new int[] {MappingSink.READ, MappingSink.WRITE, MappingSink.EXECUTE, MappingSink.SNOOP}) {
                row.append((rights & flag) != 0 ? ",true" : ",false");
            }
            out.append(row.append('\n'));
        }
    }

    @Override
    public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) {
        for (Attachment user : users) {
            start(user, "gap-" + gap.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
            row.append(',').append(tree.firstStage() ? "first" : "second").append(',').append(tree.top()).append(',').append(Long.toUnsignedString(input));
            out.append(row.append(",,").append(sizeBytes).append(",,,,\n"));
        }
    }

    @Override
    public void endTree(Totals totals) {
        users = List.of();
    }

    @Override
    public void endUnit(List<TableFinding> findings) {
        unit = "";
    }

    @Override
    public void end() {
        out.flush();
    }
}
