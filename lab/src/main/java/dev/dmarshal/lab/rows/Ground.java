package dev.dmarshal.lab.rows;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.WordLayout;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.FirstStageEntry;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.PostedDescriptor;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.ScalableRootEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tables that every row starts from, in memory at fixed addresses: what {@code root}, {@code context}, {@code ss1}, … and {@code @root}, … of the row
 * language mean. IOVA pages 0 to F000h go to 5000000h and up, in domain 5; one table a level.
 */
final class Ground {

    static final long PAGE = 0x1000;
    static final long FRAMES = 0x500_0000L;
    static final int QUEUE_BYTES = 4096;
    private static final int DOMAIN = 5;
    private static final int PAGES = 16;

    /** Names of addresses. */
    static final Map<String, Long> SYMBOLS = Map.ofEntries(Map.entry("root", 0x100_0000L), Map.entry("context", 0x100_1000L),
            Map.entry("upper-context", 0x100_2000L), Map.entry("directory", 0x100_3000L), Map.entry("pasids", 0x100_4000L),
            Map.entry("ss1", 0x100_5000L), Map.entry("ss2", 0x100_6000L), Map.entry("ss3", 0x100_7000L), Map.entry("ss4", 0x100_8000L),
            Map.entry("ss5", 0x100_9000L), Map.entry("fs1", 0x100_a000L), Map.entry("fs2", 0x100_b000L), Map.entry("fs3", 0x100_c000L),
            Map.entry("fs4", 0x100_d000L), Map.entry("fs5", 0x100_e000L), Map.entry("irt", 0x101_0000L), Map.entry("queue", 0x101_1000L),
            Map.entry("status", 0x101_2000L), Map.entry("pd", 0x101_3000L), Map.entry("log", 0x101_4000L), Map.entry("pq", 0x101_6000L),
            Map.entry("spare", 0x102_0000L), Map.entry("frames", FRAMES), Map.entry("hole", 0x9000_0000L));
    /** The devices that have a context entry: one that reads, one that writes, one that interrupts. */
    static final List<Integer> DEVICES = List.of(SourceId.of(0, 2, 0).value(), SourceId.of(0, 3, 0).value(), SourceId.of(0, 4, 0).value());
    static final int INTERRUPTER = SourceId.of(0, 4, 0).value();

    /**
     * A structure in memory.
     *
     * @param address of its first word
     * @param words   fields of each word
     */
    record Structure(long address, List<List<BitField>> words) {
        static Structure of(long address, EntryLayout layout) {
            return new Structure(address, Ground.words(layout));
        }
    }

    private final BaseKind kind;
    private final Map<Long, Long> memory = new TreeMap<>();

    Ground(BaseKind kind) {
        this.kind = kind;
        store(at("root"), at("context") | 1);
        for (int source : DEVICES) {
            if (kind.scalable()) {
                store(at("context") + 32L * source, at("directory") | (kind.full() ? 0x1C : 0) | 1);
            } else {
                store(at("context") + 16L * source, at("ss" + kind.levels()) | 1);
                store(at("context") + 16L * source + 8, kind.levels() - 2 | DOMAIN << 8);
            }
        }
        if (kind.scalable()) {
            pasids();
        }
        secondStage();
        if (kind.firstStage()) {
            firstStage();
        }
        store(at("irt") + 16 * 5, 0x300_0041_0001L);
        store(at("irt") + 16 * 5 + 8, 1 << 18 | INTERRUPTER);
    }

    static long at(String symbol) {
        Long address = SYMBOLS.get(symbol);
        if (address == null) {
            throw new RowException("no address is called @" + symbol);
        }
        return address;
    }

    private void store(long address, long word) {
        memory.put(address, word);
    }

    /** What memory holds as far as software has written it. */
    Map<Long, Long> memory() {
        return memory;
    }

    private void pasids() {
        store(at("directory"), at("pasids") | 1);
        for (int pasid : kind.full() ? new int[] {0, 9} : new int[] {0}) {
            long entry = at("pasids") + 64L * pasid;
            store(entry, (kind.secondStage() ? at("ss" + kind.levels()) : 0) | (long) kind.pasidType() << 6 | kind.levels() - 2 << 2 | 1);
            store(entry + 8, DOMAIN | (kind.full() ? 1 << 23 : 0));
            store(entry + 16, kind.firstStage() ? at("fs4") : 0);
        }
    }

    private void secondStage() {
        for (int level = kind.levels(); level > 1; level--) {
            store(at("ss" + level), at("ss" + (level - 1)) | 3);
        }
        for (int page = 0; page < PAGES; page++) {
            store(at("ss1") + 8 * page, FRAMES + PAGE * page | 3);
        }
        if (kind.nested()) {
            // The first stage's tables and the guest's frames lie where the second stage has them: 1000000h and 5000000h are 2 MiB pages onto themselves.
            store(at("ss2") + 8 * 8, at("root") | 0x83);
            store(at("ss2") + 8 * 40, FRAMES | 0x83);
        }
    }

    private void firstStage() {
        // Units without coherent walks (SMPWCS) must not be asked to set accessed and dirty bits.
        int table = kind.full() ? 7 : 0x27;
        int page = kind.full() ? 7 : 0x67;
        for (int level = 5; level > 1; level--) {
            store(at("fs" + level), at("fs" + (level - 1)) | table);
        }
        for (int number = 0; number < PAGES; number++) {
            store(at("fs1") + 8 * number, FRAMES + PAGE * number | page);
        }
    }

    /** The structures that a name with its argument means; more than one for {@code context} without a device. */
    List<Structure> structures(String name, List<String> arguments) {
        if (name.equals("context") && arguments.isEmpty()) {
            return DEVICES.stream().map(this::context).toList();
        }
        if (name.matches("[sf]s[1-5]")) {
            return List.of(paging(name, Words.optional(arguments, 0x1000)));
        }
        return List.of(switch (name) {
            case "context" -> context(Words.source(Words.only(arguments)));
            case "root" -> Structure.of(at("root") + 16 * Words.optional(arguments, 0), kind.scalable() ? ScalableRootEntry.LAYOUT : RootEntry.LAYOUT);
            case "directory" -> Structure.of(at("directory") + 8 * Words.optional(arguments, 0), PasidDirectoryEntry.LAYOUT);
            case "pasid" -> Structure.of(at("pasids") + 64 * Words.optional(arguments, 0), PasidEntry.LAYOUT);
            case "irte" -> irte(Words.optional(arguments, 5));
            case "pd" -> Structure.of(at("pd"), PostedDescriptor.LAYOUT);
            default -> throw new RowException("no structure is called " + name);
        });
    }

    private Structure context(int source) {
        if (!kind.scalable()) {
            return Structure.of(at("context") + 16L * (source & 0xff), ContextEntry.LAYOUT);
        }
        return Structure.of((source & 0x80) == 0 ? at("context") + 32L * (source & 0x7f) : at("upper-context") + 32L * (source & 0x7f),
                ScalableContextEntry.LAYOUT);
    }

    private Structure paging(String name, long iova) {
        int level = name.charAt(2) - '0';
        long address = at(name) + (iova >>> 12 + 9 * (level - 1) & 511) * 8;
        long word = memory.getOrDefault(address, 0L);
        return Structure.of(address, name.charAt(0) == 's' ? SecondStageEntry.layout(level, word) : FirstStageEntry.layout(level, word));
    }

    private Structure irte(long index) {
        long address = at("irt") + 16 * index;
        boolean posted = Irte.IM.isSet(memory.getOrDefault(address, 0L));
        return Structure.of(address, posted ? Irte.POSTED : Irte.REMAPPED);
    }

    static List<List<BitField>> words(EntryLayout layout) {
        return layout.words().stream().map(WordLayout::fields).toList();
    }
}
