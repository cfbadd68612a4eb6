package dev.dmarshal.host.image;

import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.tables.UnitTables;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What Jazzer drives in the long mode ({@code core/fuzz}): texts that say where tables are, and kernels whose own descriptions are spoiled. Nothing may be
 * thrown, whatever the bytes. {@link HostFuzzTest} plays what the fuzzer found.
 */
public final class HostFuzz {
    private static final int MOST_UNITS = 1024;
    /** Bytes of the made-up kernel that count. */
    private static final long KERNEL_BYTES = 0x4_0000;
    private static final long[] PAGES = {0x1000, 0x2000, 0x3000, 0x4000, 0x1_0000, 0x1_1000, 0x1_2000, 0x1_3000, 0x1_4000, 0x1_5000, 0x1_6000, 0x2_0000,
        0x3_0000, 0x3_1000, 0x3_3000};

    /** Each reads one thing. */
    enum Target {
        REGISTERS(HostFuzz::registers), ENTRIES(HostFuzz::entries), BTF(HostFuzz::btf), KERNEL(HostFuzz::kernel);

        private final Consumer<byte[]> run;

        Target(Consumer<byte[]> run) {
            this.run = run;
        }

        void play(byte[] bytes) {
            run.accept(bytes);
        }

        String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A kernel that orders spoil, and which are undone afterwards. */
    private static final class Spoiled {
        static final byte[] MEMORY = memory();
        static final byte[] WHOLE = MEMORY.clone();
        static final SavedMachine MACHINE = new RawLayout.From(0).read(new MappedBytes(MemorySegment.ofArray(MEMORY)));

        private static byte[] memory() {
            KernelImage image = new KernelImage(true).scalable().unit(0x3_1000, "dmar0", 0x3_5000, 0x3_6000, 0).unit(0x3_3000, "dmar1", 0x3_7000, 0, 1);
            return image.memory.asSlice(0, KERNEL_BYTES).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static Target target = Target.REGISTERS;

    private HostFuzz() {
    }

    /** Plays the files of folders without a fuzzer, to see what they cover: the target's name, the folders. */
    public static void main(String[] arguments) throws IOException {
        fuzzerInitialize(arguments);
        for (String folder : List.of(arguments).subList(1, arguments.length)) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.toList()) {
                    fuzzerTestOneInput(Files.readAllBytes(file));
                }
            }
        }
    }

    /** Jazzer's entry point for arguments: the target's name. */
    public static void fuzzerInitialize(String[] arguments) {
        target = Target.valueOf(arguments[0].toUpperCase(Locale.ROOT));
    }

    /** Jazzer's entry point. One thread at a time, as Jazzer does. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        target.play(bytes);
    }

    private static void registers(byte[] bytes) {
        List<UnitTables> units = RegisterText.units(new String(bytes, StandardCharsets.ISO_8859_1));
        check(units.size() <= MOST_UNITS, "too many units");
        for (UnitTables unit : units) {
            check(!unit.name().isEmpty(), "a unit without a name");
            Objects.requireNonNull(unit.capabilities().toString());
        }
    }

    private static void entries(byte[] bytes) {
        for (SeenEntries seen : EntryText.read(new String(bytes, StandardCharsets.ISO_8859_1))) {
            check(!seen.evidence().isEmpty() && !(seen.rootWords().isEmpty() && seen.interrupts().isEmpty()), "a unit of which nothing is seen");
            check(seen.rootWords().keySet().stream().allMatch(word -> word >= 0 && word < 512), "a word beyond the root table");
        }
    }

    private static void btf(byte[] bytes) {
        BtfTypes types = BtfTypes.read(bytes, Set.of("intel_iommu", "ir_table"));
        check(types.offset("intel_iommu", "name").orElse(0) >= 0 && types.offset("ir_table", "base").orElse(0) >= 0, "a member before its structure");
    }

    /** An order is a page, a word of it, how many bytes, and these. */
    private static void kernel(byte[] bytes) {
        ByteBuffer orders = ByteBuffer.wrap(bytes);
        int count = 0;
        while (orders.remaining() >= 4 && count++ < 64) {
            int at = place(orders);
            int length = Math.min(1 + (orders.get() & 0xF), orders.remaining());
            orders.get(Spoiled.MEMORY, at, length);
        }
        try {
            for (KernelNote note : KernelNote.of(Spoiled.MACHINE)) {
                KernelUnits kernel = KernelUnits.of(Spoiled.MACHINE.memory(), note);
                check(kernel.units().size() <= MOST_UNITS, "too many units");
                note.text();
                note.release();
            }
        } finally {
            mend(orders.rewind());
        }
    }

    private static int place(ByteBuffer orders) {
        int page = (orders.get() & 0xFF) % PAGES.length;
        return (int) PAGES[page] + (orders.get() & 0xFF) * Long.BYTES;
    }

    private static void mend(ByteBuffer orders) {
        int count = 0;
        while (orders.remaining() >= 4 && count++ < 64) {
            int at = place(orders);
            int length = Math.min(1 + (orders.get() & 0xF), orders.remaining());
            System.arraycopy(Spoiled.WHOLE, at, Spoiled.MEMORY, at, length);
            orders.position(orders.position() + length);
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
