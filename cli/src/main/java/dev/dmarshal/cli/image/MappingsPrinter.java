package dev.dmarshal.cli.image;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TableFinding;
import java.io.IOException;
import java.util.List;

/** Writes mappings as they are listed, so that any number of them takes no memory. Called in the order of the document. */
public interface MappingsPrinter {

    void start(OpenTables tables) throws IOException;

    void unit(MappingsCommand.Listed unit) throws IOException;

    /** Devices that no page tables serve: they pass through, or all their requests are refused. */
    void direct(Attachment attachment) throws IOException;

    /** Page tables and who uses them. */
    void tree(PageTree tree, List<Attachment> users) throws IOException;

    void run(long input, long output, long sizeBytes, int rights) throws IOException;

    void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) throws IOException;

    void endTree(Totals totals) throws IOException;

    void endUnit(List<TableFinding> findings) throws IOException;

    void end() throws IOException;

    /**
     * What was listed of one tree.
     *
     * @param runs      runs shown
     * @param bytes     bytes that these map
     * @param small     4 KiB pages of the whole tree
     * @param large     2 MiB pages
     * @param huge      1 GiB pages
     * @param tables    tables read
     */
    record Totals(long runs, long bytes, long small, long large, long huge, long tables) {
    }
}
