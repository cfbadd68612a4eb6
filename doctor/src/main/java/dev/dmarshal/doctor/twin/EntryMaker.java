package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.CommandFields;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PagingTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.List;
import java.util.SortedSet;

/** Writes the context entry of a requester, and what it leads to, into the tables of one unit. Not thread-safe. */
final class EntryMaker {

    /** A page that no memory of a stage has (their tables end below) and that every unit can name. */
    private static final long NOWHERE = 0x1FF_FFFF_F000L;
    /** Above every host address width but the widest: a reserved bit in all structures that name addresses. */
    private static final long RESERVED_ADDRESS_BIT = 1L << 51;

    private static final long PAGE = 0x1000;
    /** Ranges up to this size are written out whole. */
    private static final long WRITTEN_OUT = 1L << 24;
    /** Bit 5 of a PASID entry, reserved in every edition. */
    private static final long PASID_RESERVED_BIT = 1L << 5;
    /** RTADDR.TTM 10b: neither legacy, nor scalable, nor abort. */
    private static final int UNKNOWN_MODE = 2;

    private final PhysicalMemory memory;
    private final TableBuilder tables;
    private final UnitCapabilities capabilities;
    private final TableMode mode;
    private final SortedSet<Long> asked;
    private int domains;

    /** @param asked the pages that will be asked for: of large ranges only these are written out */
    EntryMaker(PhysicalMemory memory, TableBuilder tables, UnitCapabilities capabilities, TableMode mode, SortedSet<Long> asked) {
        this.memory = memory;
        this.tables = tables;
        this.capabilities = capabilities;
        this.mode = mode;
        this.asked = asked;
    }

    void attach(long root, int sourceId, Attachment attachment) {
        domains++;
        switch (attachment) {
            case Attachment.Identity _ -> identity(root, sourceId);
            case Attachment.Translated translated -> store(root, sourceId, tree(translated.mappings()).root());
            case Attachment.Cleared _ -> clear(root, sourceId);
            case Attachment.Malformed malformed -> spoil(root, sourceId, malformed);
        }
    }

    /** Without pass-through in the hardware, page tables map every address to itself (si_domain_init, drivers/iommu/intel/iommu.c until 6.11). */
    private void identity(long root, int sourceId) {
        if (!capabilities.hasExtended(ExtendedCapability.PASS_THROUGH)) {
            store(root, sourceId, tree(asked.stream().map(page -> new Attachment.Mapping(page, page, PAGE, true, true)).toList()).root());
        } else if (mode == TableMode.LEGACY) {
            tables.context(root, sourceId, legacy().translationType(ContextEntry.TranslationType.PASS_THROUGH).build());
        } else {
            scalable(root, sourceId, pasid().translationType(PasidEntry.TranslationType.PASS_THROUGH).build());
        }
    }

    private long clear(long root, int sourceId) {
        return mode == TableMode.LEGACY ? tables.context(root, sourceId, ContextEntry.builder().build())
                : tables.context(root, sourceId, ScalableContextEntry.builder().build());
    }

    /** Returns where the context entry is. */
    private long store(long root, int sourceId, long pages) {
        return switch (mode) {
            case LEGACY -> tables.context(root, sourceId, legacy().translationType(ContextEntry.TranslationType.UNTRANSLATED_ONLY).secondStage(pages).build());
            case SCALABLE_SECOND_STAGE -> scalable(root, sourceId, pasid().translationType(PasidEntry.TranslationType.SECOND_STAGE).secondStage(pages)
                    .build());
            case SCALABLE_FIRST_STAGE -> scalable(root, sourceId, pasid().translationType(PasidEntry.TranslationType.FIRST_STAGE).firstStageLevels(4)
                    .firstStage(pages).build());
        };
    }

    private long scalable(long root, int sourceId, PasidEntry entry) {
        long directory = tables.pasidDirectory(0);
        tables.pasid(directory, 0, entry);
        return tables.context(root, sourceId, ScalableContextEntry.builder().present(true).directory(directory).build());
    }

    private ContextEntry.Builder legacy() {
        return ContextEntry.builder().present(true).domain(domains).addressWidth(width());
    }

    private PasidEntry.Builder pasid() {
        return PasidEntry.builder().present(true).domain(domains).addressWidth(width());
    }

    /** The first stage cannot forbid reading what it maps; a range that may only be written is readable there, as on hardware. */
    private PagingTree tree(List<Attachment.Mapping> mappings) {
        boolean first = mode == TableMode.SCALABLE_FIRST_STAGE;
        PagingTree tree = first ? tables.firstStage(4) : tables.secondStage(width());
        tree.largePages(largest(first));
        for (Attachment.Mapping mapping : mappings) {
            int rights = first ? FirstStageTree.USER | (mapping.write() ? FirstStageTree.WRITE : 0)
                    : (mapping.read() ? SecondStageTree.READ : 0) | (mapping.write() ? SecondStageTree.WRITE : 0);
            if (mapping.bytes() <= WRITTEN_OUT) {
                tree.map(mapping.iova(), mapping.physical(), mapping.bytes(), rights);
                continue;
            }
            for (long page : asked.subSet(mapping.iova(), mapping.iova() + mapping.bytes())) {
                tree.map(page, mapping.physical() + page - mapping.iova(), PAGE, rights);
            }
        }
        return tree;
    }

    private int largest(boolean first) {
        long pages = Capability.LARGE_PAGES.get(capabilities.cap());
        return first ? 2 : (pages & 2) != 0 ? 3 : (pages & 1) != 0 ? 2 : 1;
    }

    private void spoil(long root, int sourceId, Attachment.Malformed malformed) {
        PagingTree tree = tree(malformed.mappings());
        long page = malformed.mappings().getFirst().iova();
        long entry = store(root, sourceId, malformed.flaw() == Flaw.PAGES_LOST ? NOWHERE : tree.root());
        long rootEntry = mode == TableMode.LEGACY ? root + (sourceId >>> 8) * 16L : root + (sourceId >>> 8) * 16L + (sourceId >>> 7 & 1) * 8L;
        if (mode == TableMode.LEGACY && malformed.flaw().scalableOnly()) {
            return;
        }
        switch (malformed.flaw()) {
            case ROOT_RESERVED -> set(rootEntry, RESERVED_ADDRESS_BIT);
            case CONTEXT_TABLE_LOST -> memory.write64(rootEntry, NOWHERE | 1);
            case CONTEXT_RESERVED -> set(entry, RESERVED_ADDRESS_BIT);
            case CONTEXT_INVALID -> invalidWidth(root, sourceId, tree.root());
            case PAGE_TABLE_LOST -> memory.write64(tree.entryAddress(page, 2), NOWHERE | 3);
            case PAGE_SUPERVISOR -> memory.write64(tree.entryAddress(page, 1), memory.read64(tree.entryAddress(page, 1)) & ~(long) FirstStageTree.USER);
            case PAGE_RESERVED -> set(tree.entryAddress(page, 1), RESERVED_ADDRESS_BIT);
            case PASID_DIRECTORY_LOST -> memory.write64(entry, memory.read64(entry) & 0xfffL | NOWHERE);
            case PASID_DIRECTORY_RESERVED -> set(directory(entry), RESERVED_ADDRESS_BIT);
            case PASID_TABLE_LOST -> memory.write64(directory(entry), NOWHERE | 1);
            case PASID_RESERVED -> set(memory.read64(directory(entry)) & ~0xfffL, PASID_RESERVED_BIT);
            case PAGES_LOST, ROOT_MODE_UNKNOWN, ROOT_TABLE_LOST -> {
                // Elsewhere: the first above, the others in the register that names the root table.
            }
        }
    }

    private long directory(long contextEntry) {
        return memory.read64(contextEntry) & ~0xfffL;
    }

    /** Where the root table is said to be, and in which mode: RTADDR.TTM, bits 11:10. */
    static long rootAddress(Scene scene, long root) {
        boolean lost = has(scene, Flaw.ROOT_TABLE_LOST);
        int mode = has(scene, Flaw.ROOT_MODE_UNKNOWN) ? UNKNOWN_MODE : scene.mode() == TableMode.LEGACY ? 0 : 1;
        return CommandFields.Rtaddr.TTM.set(lost ? NOWHERE : root, mode);
    }

    private static boolean has(Scene scene, Flaw flaw) {
        return scene.attachments().values().stream().anyMatch(one -> one instanceof Attachment.Malformed malformed && malformed.flaw() == flaw);
    }

    /** Code 0, 30 bits, which no unit has had since the specification's first edition. */
    private void invalidWidth(long root, int sourceId, long pages) {
        if (mode == TableMode.LEGACY) {
            ContextEntry sound = legacy().secondStage(pages).build();
            tables.context(root, sourceId, new ContextEntry(sound.low(), ContextEntry.ADDRESS_WIDTH.set(sound.high(), 0)));
        } else {
            PasidEntry sound = pasid().translationType(PasidEntry.TranslationType.SECOND_STAGE).secondStage(pages).build();
            scalable(root, sourceId, new PasidEntry(PasidEntry.ADDRESS_WIDTH.set(sound.word0(), 0), sound.word1(), 0, 0, 0, 0, 0, 0));
        }
    }

    private void set(long address, long bits) {
        memory.write64(address, memory.read64(address) | bits);
    }

    /** The widest that the unit has up to four levels, as Linux chooses (drivers/iommu/intel/iommu.c, iommu_calculate_agaw). */
    private AddressWidth width() {
        return capabilities.supports(AddressWidth.BITS_48) ? AddressWidth.BITS_48
                : capabilities.supports(AddressWidth.BITS_57) ? AddressWidth.BITS_57 : AddressWidth.BITS_39;
    }
}
