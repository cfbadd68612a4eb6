package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.ScratchMemory;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Attachment.Kind;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads a root table and all that hangs on it down to, not including, page tables: which devices and PASIDs are served, and how. Whether an entry is
 * in order is
 * asked of {@link RemappingUnit} itself.
 */
public final class DeviceScan {
    /** Most context and PASID entries that are kept. */
    public static final int MOST_ATTACHMENTS = 1 << 18;
    /** Most PASID tables that are read. */
    public static final int MOST_PASID_TABLES = 1 << 18;

    private static final int PASIDS_OF_TABLE = 64;

    private final MemoryImage image;
    private final UnitTables tables;
    private final RemappingUnit unit;
    private final Translation outcome = new Translation();
    private final List<Attachment> attachments = new ArrayList<>();
    private final List<TableFinding> findings = new ArrayList<>();
    private final Set<Long> contextTables = new HashSet<>();
    private final long[] root = new long[MemoryImage.PAGE_WORDS];
    private final long[] context = new long[MemoryImage.PAGE_WORDS];
    private final long[] directory = new long[MemoryImage.PAGE_WORDS];
    private final long[] pasids = new long[MemoryImage.PAGE_WORDS];
    private int pasidTables;

    private DeviceScan(MemoryImage image, UnitTables tables) {
        this.image = image;
        this.tables = tables;
        this.unit = tables.unit(new ScratchMemory(image));
    }

    /**
     * What a root table serves.
     *
     * @param attachments    in order of source-id and PASID
     * @param contextTables  pages of context tables, PASID directories and PASID tables that were read, and the root table
     * @param findings       what could not be read, and what is not in order
     */
    public record Contents(List<Attachment> attachments, Set<Long> contextTables, List<TableFinding> findings) {
    }

    /** Reads a unit's tables; nothing is attached if it has no known root table. */
    public static Contents scan(MemoryImage image, UnitTables tables) {
        DeviceScan scan = new DeviceScan(image, tables);
        tables.rootTable().ifPresent(scan::readRoot);
        return new Contents(scan.attachments, scan.contextTables, scan.findings);
    }

    private void readRoot(long address) {
        if (!image.readPage(address, root)) {
            findings.add(TableFinding.of("root-unreadable", "root table at " + hex(address) + ": " + image.presence(address)));
            return;
        }
        contextTables.add(address);
        for (int bus = 0; bus < 256; bus++) {
            if (tables.scalable()) {
                readContexts(bus, 0, root[bus * 2]);
                readContexts(bus, 0x80, root[bus * 2 + 1]);
            } else {
                readContexts(bus, 0, root[bus * 2]);
            }
        }
    }

    private void readContexts(int bus, int first, long entry) {
        if (!RootEntry.PRESENT.isSet(entry)) {
            return;
        }
        long address = entry & RootEntry.CONTEXT_TABLE.mask();
        if (!image.readPage(address, context)) {
            findings.add(TableFinding.of("context-unreadable", "context table of bus %02x at %s: %s".formatted(bus, hex(address), image.presence(address))));
            return;
        }
        contextTables.add(address);
        int words = tables.scalable() ? 4 : 2;
        for (int i = 0; i < MemoryImage.PAGE_WORDS; i += words) {
            if (ContextEntry.PRESENT.isSet(context[i])) {
                SourceId device = new SourceId(bus << 8 | first | i / words);
                if (tables.scalable()) {
                    readPasids(device, context[i], context[i + 1], address + i * 8L);
                } else {
                    legacy(device, context[i], context[i + 1], address + i * 8L);
                }
            }
        }
    }

    private void legacy(SourceId device, long low, long high, long address) {
        ContextEntry entry = new ContextEntry(low, high);
        Optional<AddressWidth> width = AddressWidth.of(entry.addressWidthCode());
        // LCT.4 stands for a wrong width as well as for a top table that is not there; the image may merely lack that page, which the lister says.
        boolean lacking = width.isPresent() && image.presence(entry.secondStage()) != MemoryImage.Presence.READABLE;
        Optional<FaultReason> fault = refusal(device, OptionalInt.empty()).filter(reason -> !lacking || reason != FaultReason.LCT_4);
        boolean through = entry.translationType() == ContextEntry.TranslationType.PASS_THROUGH;
        Optional<PageTree> tree = through || fault.isPresent() ? Optional.empty() : width.map(aw -> new PageTree(entry.secondStage(), aw.levels(), false));
        Kind kind = fault.isPresent() ? Kind.BROKEN : through ? Kind.PASS_THROUGH : Kind.TRANSLATED;
        add(new Attachment(device, OptionalInt.empty(), false, kind, entry.domain(), tree, address, entry.faultsDisabled(), fault));
    }

    private void readPasids(SourceId device, long word0, long word1, long address) {
        ScalableContextEntry entry = new ScalableContextEntry(word0, word1, 0, 0);
        int own = (int) ScalableContextEntry.RID_PASID.get(word1);
        Optional<FaultReason> fault = refusal(device, OptionalInt.empty());
        if (fault.isPresent() && fault.get().code() < FaultReason.SPD_1.code()) {
            add(new Attachment(device, OptionalInt.empty(), true, Kind.BROKEN, 0, Optional.empty(), address, entry.faultsDisabled(), fault));
            return;
        }
        long base = word0 & ScalableContextEntry.DIRECTORY.mask();
        int entries = entry.pasidLimit() / PASIDS_OF_TABLE;
        for (int first = 0; first < entries; first += MemoryImage.PAGE_WORDS) {
            long page = base + first * 8L;
            if (!image.readPage(page, directory)) {
                findings.add(TableFinding.of("pasid-unreadable", device, "PASID directory at " + hex(page) + ": " + image.presence(page)));
                return;
            }
            contextTables.add(page);
            for (int i = 0; i < Math.min(MemoryImage.PAGE_WORDS, entries - first); i++) {
                if (PasidDirectoryEntry.PRESENT.isSet(directory[i]) && !readTable(device, own, (first + i) * PASIDS_OF_TABLE, directory[i])) {
                    return;
                }
            }
        }
    }

    /** Reads a PASID table; says whether there is room for more. */
    private boolean readTable(SourceId device, int own, int first, long pointer) {
        if (++pasidTables > MOST_PASID_TABLES || attachments.size() >= MOST_ATTACHMENTS) {
            findings.add(TableFinding.of("too-many-pasids", device, "PASID tables from PASID " + first + " on are not read"));
            return false;
        }
        long address = pointer & PasidDirectoryEntry.TABLE.mask();
        if (!image.readPage(address, pasids)) {
            findings.add(TableFinding.of("pasid-unreadable", device, "PASID table at " + hex(address) + ": " + image.presence(address)));
            return true;
        }
        contextTables.add(address);
        for (int i = 0; i < PASIDS_OF_TABLE; i++) {
            if (PasidEntry.PRESENT.isSet(pasids[i * 8])) {
                pasid(device, own, first + i, i, address + i * 64L);
            }
        }
        return true;
    }

    private void pasid(SourceId device, int own, int pasid, int at, long address) {
        PasidEntry entry = new PasidEntry(pasids[at * 8], pasids[at * 8 + 1], pasids[at * 8 + 2], 0, 0, 0, 0, 0);
        Optional<FaultReason> fault = refusal(device, pasid == own ? OptionalInt.empty() : OptionalInt.of(pasid));
        Optional<PasidEntry.TranslationType> type = entry.translationType();
        if (fault.isPresent() || type.isEmpty()) {
            add(new Attachment(device, OptionalInt.of(pasid), pasid == own, Kind.BROKEN, entry.domain(), Optional.empty(), address, entry.faultsDisabled(),
                    fault));
            return;
        }
        Optional<PageTree> second = AddressWidth.of(entry.addressWidthCode()).map(aw -> new PageTree(entry.secondStage(), aw.levels(), false));
        Optional<PageTree> tree = switch (type.get()) {
            case FIRST_STAGE -> Optional.of(new PageTree(entry.firstStage(), 4 + entry.pagingMode(), true));
            case SECOND_STAGE, NESTED -> second;
            case PASS_THROUGH -> Optional.empty();
        };
        Kind kind = switch (type.get()) {
            case FIRST_STAGE, SECOND_STAGE -> Kind.TRANSLATED;
            case NESTED -> Kind.NESTED;
            case PASS_THROUGH -> Kind.PASS_THROUGH;
        };
        add(new Attachment(device, OptionalInt.of(pasid), pasid == own, kind, entry.domain(), tree, address, entry.faultsDisabled(), Optional.empty()));
    }

    /** Why the unit refuses every request of a device before it looks at page tables, if it does. */
    private Optional<FaultReason> refusal(SourceId device, OptionalInt pasid) {
        int request = Request.READ | (pasid.isPresent() ? Request.PASID : 0);
        // Not a trace: that describes each entry in words, which nobody reads here.
        return unit.translate(device.value(), 0, request, pasid.orElse(0), outcome) ? Optional.empty() : outcome.reason().filter(DeviceScan::beforePaging);
    }

    private static boolean beforePaging(FaultReason reason) {
        return switch (reason.stage()) {
            case ROOT_REGISTER, ROOT_ENTRY, CONTEXT_ENTRY, PASID_DIRECTORY, PASID_ENTRY -> true;
            default -> false;
        };
    }

    private void add(Attachment attachment) {
        if (attachments.size() < MOST_ATTACHMENTS) {
            attachments.add(attachment);
        }
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
