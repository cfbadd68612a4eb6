package dev.dmarshal.bench.unit;

import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.unit.CacheSizes;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ContextEntry.TranslationType;
import dev.dmarshal.core.vtd.RegisterName;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One requester's 48-bit second stage in native memory, a unit with caches over it and one without, and a stream of inputs in random order. */
@State(Scope.Benchmark)
public class Tables {
    static final int REQUESTER = 0x0118;
    static final int DOMAIN = 5;
    private static final int IOTLB_ENTRIES = 1 << 17;
    private static final long MEMORY_BYTES = 320L << 20;

    /** {@code near512}: 512 pages side by side; {@code random32768}: 32,768 pages anywhere in 47 bits, so nearly every page has tables of its own. */
    @Param({"near512", "random32768"})
    public String layout;

    final MemorySegment segment = Arena.global().allocate(MEMORY_BYTES, 4096);
    long root;
    long[] inputs;
    RemappingUnit cached;
    RemappingUnit uncached;
    /** What a plain look-up has: key and value by the IOTLB's hash, the next free slot if that is taken. */
    final long[] plain = new long[IOTLB_ENTRIES * 2];

    /** Builds the tables and fills the caches. */
    @Setup(Level.Trial)
    public void build() {
        SegmentMemory memory = new SegmentMemory(segment);
        TableBuilder tables = new TableBuilder(memory, 0x10_0000);
        SecondStageTree tree = tables.secondStage(AddressWidth.BITS_48);
        root = tables.page();
        tables.context(root, REQUESTER, ContextEntry.builder().present(true).translationType(TranslationType.UNTRANSLATED_ONLY).secondStage(tree.root())
                .addressWidth(AddressWidth.BITS_48).domain(DOMAIN).build());
        SplittableRandom random = new SplittableRandom(42);
        LongStream pages = "near512".equals(layout) ? LongStream.range(0x7_F000, 0x7_F200)
                : LongStream.generate(() -> random.nextLong(1L << 35)).distinct().limit(32_768);
        inputs = pages.map(page -> page << 12).toArray();
        for (long input : inputs) {
            tree.map(input, random.nextLong(1L << 19) << 12, 0x1000, SecondStageTree.READ | SecondStageTree.WRITE);
        }
        for (int i = inputs.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            long kept = inputs[i];
            inputs[i] = inputs[other];
            inputs[other] = kept;
        }
        cached = unit(memory, new CacheSizes(256, 0, IOTLB_ENTRIES, 0));
        uncached = unit(memory, CacheSizes.NONE);
        Translation out = new Translation();
        for (long input : inputs) {
            if (!cached.translate(REQUESTER, input, 1, 0, out)) {
                throw new IllegalStateException(out.toString());
            }
            int at = slot(input);
            while (plain[at] != 0) {
                at = at + 2 & plain.length - 1;
            }
            plain[at] = input | 1;
            plain[at + 1] = out.address();
        }
    }

    static int slot(long input) {
        long mixed = ((input & -0x1000L | 1) ^ (long) DOMAIN << 40) * 0x9E37_79B9_7F4A_7C15L;
        return ((int) (mixed >>> 36) & IOTLB_ENTRIES - 1) << 1;
    }

    private RemappingUnit unit(SegmentMemory memory, CacheSizes sizes) {
        UnitCapabilities capabilities = UnitCapabilities.builder().with(Capability.MAXIMUM_WIDTH, 47).build();
        RemappingUnit unit = RemappingUnit.builder(capabilities, memory).caches(sizes).build();
        unit.write(RegisterName.RTADDR, root);
        unit.write(RegisterName.GCMD, 1L << 30);
        unit.write(RegisterName.GCMD, 1L << 31);
        return unit;
    }
}
