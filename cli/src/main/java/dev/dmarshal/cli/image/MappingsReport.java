package dev.dmarshal.cli.image;

import dev.dmarshal.cli.image.MappingsCommand.Filter;
import dev.dmarshal.cli.image.MappingsCommand.Listed;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TreeLister;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Goes through units, page tables and runs, and has them printed. Trees that several devices share are listed once. */
public final class MappingsReport implements MappingSink {
    private final OpenTables tables;
    private final Filter filter;
    private final MappingsPrinter printer;
    private final BooleanSupplier unread;
    private long runs;
    private long bytes;
    private long gaps;

    /**
     * A report to be written.
     *
     * @param unread whether nobody reads what is printed any more; asked before each tree
     */
    MappingsReport(OpenTables tables, Filter filter, MappingsPrinter printer, BooleanSupplier unread) {
        this.tables = tables;
        this.filter = filter;
        this.printer = printer;
        this.unread = unread;
    }

    /** Parts of tables that could not be listed because the image or a bound does not allow it. */
    long gaps() {
        return gaps;
    }

    void write(List<Listed> units) throws IOException {
        printer.start(tables);
        for (Listed unit : units) {
            printer.unit(unit);
            unit(unit);
            gaps += unit.contents().findings().size();
            printer.endUnit(unit.contents().findings());
        }
        printer.end();
    }

    private void unit(Listed unit) throws IOException {
        Map<PageTree, List<Attachment>> trees = new LinkedHashMap<>();
        for (Attachment attachment : unit.contents().attachments()) {
            if (filter.device().isPresent() && !filter.device().get().equals(attachment.device())) {
                continue;
            }
            if (attachment.tree().isPresent()) {
                trees.computeIfAbsent(attachment.tree().get(), tree -> new ArrayList<>()).add(attachment);
            } else {
                printer.direct(attachment);
            }
        }
        TreeLister lister = new TreeLister(tables.machine().memory(), unit.unit().capabilities());
        for (Map.Entry<PageTree, List<Attachment>> tree : trees.entrySet()) {
            if (unread.getAsBoolean()) {
                return;
            }
            printer.tree(tree.getKey(), tree.getValue());
            runs = 0;
            bytes = 0;
            long small = lister.pages(1);
            long large = lister.pages(2);
            long huge = lister.pages(3);
            long read = lister.tablesRead();
            try {
                lister.list(tree.getKey(), unit.unit().scalable(), this);
            } catch (UncheckedIOException failed) {
                throw failed.getCause();
            }
            printer.endTree(new MappingsPrinter.Totals(runs, bytes, lister.pages(1) - small, lister.pages(2) - large, lister.pages(3) - huge,
                    lister.tablesRead() - read));
        }
    }

    @Override
    public void run(long input, long output, long sizeBytes, int rights) {
        if (filter.shows(input, output, sizeBytes)) {
            runs++;
            bytes += sizeBytes;
            try {
                printer.run(input, output, sizeBytes, rights);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) {
        gaps += gap == Gap.UNREADABLE_TABLE || gap == Gap.TOO_MANY_TABLES ? 1 : 0;
        try {
            printer.gap(input, sizeBytes, gap, entryAddress, entry, presence);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
