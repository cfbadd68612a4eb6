package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;

/** The tables that one kernel makes: an entry a device, each with a domain of its own. */
final class Domains {

    private static final long PAGE = 4096;
    private static final int BOTH = SecondStageTree.READ | SecondStageTree.WRITE;
    /** What a context entry takes: legacy and scalable mode. */
    private static final int LEGACY_BYTES = 16;
    private static final int SCALABLE_BYTES = 32;

    private final PhysicalMemory memory;
    private final TableBuilder tables;
    private final boolean scalable;

    Domains(PhysicalMemory memory, TableBuilder tables, boolean scalable) {
        this.memory = memory;
        this.tables = tables;
        this.scalable = scalable;
    }

    /** Enters a device with the ranges that {@code mapped} maps. */
    void enter(long root, int sourceId, int domain, SecondStageTree mapped) {
        if (!scalable) {
            tables.context(root, sourceId, ContextEntry.builder().present(true).domain(domain).addressWidth(AddressWidth.BITS_48)
                    .translationType(ContextEntry.TranslationType.UNTRANSLATED_ONLY).secondStage(mapped.root()).build());
        } else {
            pasid(root, sourceId, PasidEntry.builder().present(true).domain(domain).addressWidth(AddressWidth.BITS_48)
                    .translationType(PasidEntry.TranslationType.SECOND_STAGE).secondStage(mapped.root()).build());
        }
    }

    /** Enters a device whose addresses are physical ones. */
    void enterPassThrough(long root, int sourceId, int domain) {
        if (!scalable) {
            tables.context(root, sourceId, ContextEntry.builder().present(true).domain(domain).addressWidth(AddressWidth.BITS_48)
                    .translationType(ContextEntry.TranslationType.PASS_THROUGH).build());
        } else {
            pasid(root, sourceId, PasidEntry.builder().present(true).domain(domain).addressWidth(AddressWidth.BITS_48)
                    .translationType(PasidEntry.TranslationType.PASS_THROUGH).build());
        }
    }

    private void pasid(long root, int sourceId, PasidEntry entry) {
        long directory = tables.pasidDirectory(0);
        tables.pasid(directory, 0, entry);
        tables.context(root, sourceId, ScalableContextEntry.builder().present(true).directory(directory).build());
    }

    /** An empty tree. */
    SecondStageTree tree() {
        return tables.secondStage(AddressWidth.BITS_48);
    }

    static void map(SecondStageTree tree, long iova, long physical, long bytes) {
        tree.map(iova, physical, bytes + PAGE - 1 & -PAGE, BOTH);
    }

    static void mapReserved(SecondStageTree tree, BusyDevice device) {
        for (Span span : device.reserved()) {
            long first = span.first() & -PAGE;
            map(tree, first, first, span.last() - first + 1);
        }
    }

    /** Where a device's context entry lies below a root table; 0 if its part of the root table is empty. */
    long contextEntry(long root, int sourceId) {
        int devfn = sourceId & 0xFF;
        boolean upper = scalable && devfn >= 0x80;
        long half = memory.read64(root + (sourceId >>> 8) * 16L + (upper ? 8 : 0));
        if ((half & 1) == 0) {
            return 0;
        }
        return (half & -PAGE) + (scalable ? (devfn & 0x7F) * (long) SCALABLE_BYTES : devfn * (long) LEGACY_BYTES);
    }

    /** Takes an entry away. */
    void clear(long entry) {
        for (int at = 0; at < (scalable ? SCALABLE_BYTES : LEGACY_BYTES); at += 8) {
            memory.write64(entry + at, 0);
        }
    }
}
