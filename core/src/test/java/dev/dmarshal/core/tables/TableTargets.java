package dev.dmarshal.core.tables;

import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.ScratchMemory;
import dev.dmarshal.core.tables.Attachment.Kind;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a fuzzer calls to spoil tables rather than files: its bytes are not memory but orders to write words into a few pages, so that a hundred bytes make whole
 * trees, loops and towers, and no time goes by in reading zeros. {@link CoreFuzz} has the targets' names.
 *
 * <p>The first byte says where the root table is and its mode; then each order has two bytes (page, place, and what follows), and a pointer's flags or 8 bytes.
 */
public final class TableTargets {
    private static final int PAGES = 16;
    private static final int WORDS = PAGES * MemoryImage.PAGE_WORDS;
    private static final int MOST_BYTES = 4096;
    private static final int MOST_RUNS = 16;
    private static final long[] MEMORY = new long[WORDS];
    private static final MemoryImage IMAGE = new RawLayout.From(0).read(new MappedBytes(MemorySegment.ofArray(MEMORY))).memory();
    /** Places that were written, so that not all of memory has to be cleared each time. */
    private static final int[] WRITTEN = new int[MOST_BYTES / 3 * 64];
    private static int written;

    private TableTargets() {
    }

    /** What is done with tables that were made. */
    @FunctionalInterface
    private interface Look {
        void at(UnitTables unit, int first);
    }

    /** One request with every entry that is read, as {@code walk} does it. */
    public static void walk(byte[] bytes) {
        make(bytes, (unit, first) -> {
            RemappingUnit hardware = unit.unit(new ScratchMemory(IMAGE));
            hardware.trace(first & 0xFF, 0x1000, Request.READ, 0);
            hardware.trace(first & 0xFF, 1L << 40 | 0x20_0000, Request.WRITE | Request.PASID, 3);
            hardware.trace(0x100, -0x1000L, Request.READ | Request.PRIVILEGED, 0);
        });
    }

    /** Devices and all that they have mapped; of the runs some are asked of the unit, which must translate them as listed. */
    public static void mappings(byte[] bytes) {
        make(bytes, (unit, first) -> {
            DeviceScan.Contents contents = DeviceScan.scan(IMAGE, unit);
            RemappingUnit hardware = unit.unit(new ScratchMemory(IMAGE));
            TreeLister lister = new TreeLister(IMAGE, unit.capabilities());
            contents.attachments().stream().filter(attachment -> attachment.tree().isPresent()).limit(4).forEach(attachment -> {
                RunList runs = new RunList(1 << 12, 1 << 8);
                lister.list(attachment.tree().get(), unit.scalable(), runs);
                boolean plain = attachment.kind() == Kind.TRANSLATED && !attachment.tree().get().firstStage();
                for (int i = 0; plain && i < Math.min(runs.size(), MOST_RUNS); i++) {
                    translated(hardware, attachment, runs, i);
                }
            });
        });
    }

    private static void translated(RemappingUnit hardware, Attachment attachment, RunList runs, int run) {
        int pasid = attachment.ownPasid() || attachment.pasid().isEmpty() ? 0 : Request.PASID;
        int request = ((runs.rights(run) & MappingSink.READ) != 0 ? Request.READ : Request.WRITE) | pasid;
        Translation out = new Translation();
        for (long page : new long[] {0, runs.sizeBytes(run) - MemoryImage.PAGE_BYTES}) {
            long input = runs.input(run) + page;
            if (input >>> 20 == 0xFEE || runs.output(run) + page >>> 20 == 0xFEE) {
                continue;
            }
            boolean through = hardware.translate(attachment.device().value(), input, request, attachment.pasid().orElse(0), out);
            if (!through || out.address() != runs.output(run) + page) {
                throw new AssertionError("%s 0x%x is listed as 0x%x, and the unit says %s".formatted(attachment, input, runs.output(run) + page, out));
            }
        }
    }

    /** The search that knows nothing, and which of two kernels' tables are older. */
    public static void search(byte[] bytes) {
        make(bytes, (unit, first) -> {
            TableSearch.Result found = TableSearch.all(IMAGE);
            Kinship.among(IMAGE, found.roots(), Optional.empty());
        });
    }

    /** Everything that is judged of tables. */
    public static void audit(byte[] bytes) {
        make(bytes, (unit, first) -> {
            ZoneCollector collector = new ZoneCollector(IMAGE);
            List<Zone> zones = collector.ofUnit(unit);
            zones.addAll(collector.ofProcessor(0x3000, 5));
            judge(IMAGE, unit, zones);
        });
    }

    /** Audits; each finding must have a text. */
    static void judge(MemoryImage image, UnitTables unit, List<Zone> zones) {
        var interrupts = new InterruptCheck(image).table(image == IMAGE ? 0x4000 : 0).map(List::of).orElse(List.of());
        for (TableFinding finding : Audit.of(image, new AuditScope(List.of(unit), interrupts, zones, List.of()))) {
            if (FindingTexts.of(finding.label()).isEmpty()) {
                throw new AssertionError("no text for " + finding.label());
            }
        }
    }

    private static void make(byte[] bytes, Look look) {
        if (bytes.length == 0 || bytes.length > MOST_BYTES) {
            return;
        }
        ByteBuffer orders = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int first = orders.get();
        try {
            while (orders.remaining() >= 3) {
                write(orders);
            }
            long register = (long) (first & PAGES - 1) << 12 | (long) (first >>> 4 & 3) << 10;
            look.at(new UnitTables("fuzz", OptionalLong.of(register), OptionalLong.empty(), UnitTables.anyUnit(), false, "fuzz", Confidence.TOLD), first);
        } finally {
            for (int i = 0; i < written; i++) {
                MEMORY[WRITTEN[i]] = 0;
            }
            written = 0;
        }
    }

    /** Bits 15:7 of the first two bytes are the place, 6:3 the page; then bit 0 says pointer (flags and page in a byte) or word, 2:1 how often. */
    private static void write(ByteBuffer orders) {
        int head = orders.getShort() & 0xFFFF;
        int at = (head >>> 3 & PAGES - 1) * MemoryImage.PAGE_WORDS + (head >>> 7);
        long value;
        if ((head & 1) == 0 || orders.remaining() < Long.BYTES) {
            int pointer = orders.get() & 0xFF;
            value = (long) (pointer & PAGES - 1) << 12 | switch (pointer >>> 4 & 3) {
                case 0 -> 1;
                case 1 -> 3;
                case 2 -> 7;
                default -> 0x83;
            };
        } else {
            value = orders.getLong();
        }
        for (int i = 0; i < 1 << 2 * (head >>> 1 & 3); i++) {
            WRITTEN[written++] = (at + i * 2) % WORDS;
            MEMORY[(at + i * 2) % WORDS] = value;
        }
    }
}
