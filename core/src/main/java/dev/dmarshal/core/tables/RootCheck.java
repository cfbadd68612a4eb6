package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Candidate.RootTable;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;
import java.util.Optional;

/**
 * Follows what may be a root table one and two steps down: all its context tables must be in order, and the more devices lead to page tables that are in order,
 * the surer it is. Not thread-safe.
 */
final class RootCheck {
    /** What non-present context entries may have set: FPD. */
    private static final long ABSENT = ContextEntry.FAULT_DISABLE.mask();
    private static final long BEYOND = -1L << 52;
    private static final int MOST_TREES = 256;

    private final MemoryImage image;
    private final long[] root = new long[MemoryImage.PAGE_WORDS];
    private final long[] context = new long[MemoryImage.PAGE_WORDS];
    private final long[] below = new long[MemoryImage.PAGE_WORDS];

    private int buses;
    private int devices;
    private int trees;
    private int tried;
    private int missing;
    private long lowest;
    private long highest;

    RootCheck(MemoryImage image) {
        this.image = image;
    }

    /** The root table at an address in the mode that fits, if either does. */
    Optional<RootTable> check(long address) {
        if (!image.readPage(address, root)) {
            return Optional.empty();
        }
        Optional<RootTable> legacy = oddWordsZero() ? check(address, false) : Optional.empty();
        return legacy.isPresent() && legacy.get().trees() > 0 ? legacy : check(address, true).filter(found -> found.trees() > 0).or(() -> legacy);
    }

    private boolean oddWordsZero() {
        for (int i = 1; i < root.length; i += 2) {
            if (root[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private Optional<RootTable> check(long address, boolean scalable) {
        buses = 0;
        devices = 0;
        trees = 0;
        tried = 0;
        missing = 0;
        lowest = Long.MAX_VALUE;
        highest = 0;
        for (long entry : root) {
            if (entry != 0 && !bus(address, entry, scalable)) {
                return Optional.empty();
            }
        }
        if (buses == 0) {
            return Optional.empty();
        }
        String evidence = "%d context tables, %d devices, page tables of %d of %d looked at in order%s".formatted(buses, devices, trees, tried,
                missing == 0 ? "" : ", " + missing + " tables not in the image");
        return Optional.of(new RootTable(address, scalable, buses, devices, trees, lowest, highest, confidence(), evidence));
    }

    private Confidence confidence() {
        if (devices == 0) {
            return Confidence.LOW;
        }
        return trees >= 2 && missing == 0 ? Confidence.HIGH : trees >= 1 ? Confidence.MEDIUM : Confidence.LOW;
    }

    private boolean bus(long address, long entry, boolean scalable) {
        long table = entry & RootEntry.CONTEXT_TABLE.mask();
        if (!RootEntry.PRESENT.isSet(entry) || table == 0 || table == address) {
            return false;
        }
        if (!image.readPage(table, context)) {
            missing++;
            // One missing table is bad luck; nothing but missing tables is no root table.
            return missing < 4 && image.presence(table) != MemoryImage.Presence.NO_MEMORY;
        }
        buses++;
        lowest = Math.min(lowest, table);
        highest = Math.max(highest, table);
        return scalable ? scalableContexts() : legacyContexts();
    }

    private boolean legacyContexts() {
        for (int i = 0; i < context.length; i += 2) {
            long low = context[i];
            long high = context[i + 1];
            if (!ContextEntry.PRESENT.isSet(low)) {
                if ((low & ~ABSENT) != 0 || high != 0) {
                    return false;
                }
                continue;
            }
            boolean reserved = (low & (ContextEntry.LAYOUT.reservedMask(0) | BEYOND)) != 0 || (high & ContextEntry.LAYOUT.reservedMask(1)) != 0;
            Optional<AddressWidth> width = AddressWidth.of((int) ContextEntry.ADDRESS_WIDTH.get(high));
            if (reserved || width.isEmpty() || ContextEntry.TRANSLATION_TYPE.get(low) == 3) {
                return false;
            }
            devices++;
            if (ContextEntry.TRANSLATION_TYPE.get(low) == 2) {
                trees++;
                tried++;
            } else if (!follow(low & ContextEntry.SECOND_STAGE.mask(), width.get().levels())) {
                return false;
            }
        }
        return true;
    }

    /** Looks at a second stage's top table: a wrong one says that this is no root table; a missing one says nothing. */
    private boolean follow(long top, int level) {
        if (tried >= MOST_TREES) {
            return true;
        }
        tried++;
        if (!image.readPage(top, below)) {
            missing++;
            return true;
        }
        for (long entry : below) {
            if ((entry & 3) != 0 && ((entry & SecondStageEntry.layout(level, entry).reservedMask(0)) != 0 || (entry & SecondStageEntry.ADDRESS.mask()) == 0)) {
                return false;
            }
        }
        trees++;
        return true;
    }

    private boolean scalableContexts() {
        for (int i = 0; i < context.length; i += 4) {
            long word = context[i];
            if ((context[i + 2] | context[i + 3]) != 0) {
                return false;
            }
            if (!ScalableContextEntry.PRESENT.isSet(word)) {
                if ((word & ~ABSENT) != 0 || context[i + 1] != 0) {
                    return false;
                }
                continue;
            }
            boolean reserved = (word & (ScalableContextEntry.LAYOUT.reservedMask(0) | BEYOND)) != 0
                    || (context[i + 1] & ScalableContextEntry.LAYOUT.reservedMask(1)) != 0;
            if (reserved || !directory(word & ScalableContextEntry.DIRECTORY.mask())) {
                return false;
            }
            devices++;
        }
        return true;
    }

    private boolean directory(long address) {
        if (tried >= MOST_TREES) {
            return true;
        }
        tried++;
        if (!image.readPage(address, below)) {
            missing++;
            return true;
        }
        boolean any = false;
        for (int i = 0; i < 128; i++) {
            long entry = below[i];
            if (entry != 0 && (entry & (PasidDirectoryEntry.LAYOUT.reservedMask(0) | BEYOND)) != 0) {
                return false;
            }
            any |= PasidDirectoryEntry.PRESENT.isSet(entry);
        }
        trees += any ? 1 : 0;
        return true;
    }
}
