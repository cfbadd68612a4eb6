package dev.dmarshal.host.image;

import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.PageMatch;
import dev.dmarshal.core.tables.Zone;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a kernel says of itself in its VMCOREINFO: a note of the dump, or the page in which the kernel keeps it, which every image of all memory has.
 *
 * <p>Source: Linux {@code kernel/vmcore_info.c}, {@code arch/x86/kernel/vmcore_info_64.c}; the page begins with OSRELEASE.
 *
 * @param values  key to value
 * @param address where in memory it was found; empty if it is the dump's note
 */
public record KernelNote(Map<String, String> values, OptionalLong address) {
    private static final long START = ByteBuffer.wrap("OSRELEAS".getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    private static final long KERNEL_MAP = 0xFFFF_FFFF_8000_0000L;
    /** The kernel's text is larger than this in every release with VMCOREINFO; where it ends is not in there. */
    private static final long LEAST_TEXT = 2 << 20;
    private static final int MOST_KERNELS = 64;
    /** Pages that begin like one; copies and old contents of memory among them. */
    private static final int MOST_PAGES = 256;

    /** The kernels of an image: the dump's note first, then what its memory holds. */
    public static List<KernelNote> of(SavedMachine machine) {
        List<KernelNote> found = new ArrayList<>();
        if (machine.coreInfo().isPresent()) {
            found.add(new KernelNote(machine.coreInfoValues(), OptionalLong.empty()));
            return found;
        }
        MemoryImage memory = machine.memory();
        long[] page = new long[MemoryImage.PAGE_WORDS];
        for (long at : PageMatch.find(memory, Map.of(0, START), MOST_PAGES)) {
            if (found.size() < MOST_KERNELS && memory.readPage(at, page)) {
                Map<String, String> values = parse(page);
                // A kernel that is ready to crash keeps a second copy for the crash kernel.
                if (values.containsKey("NUMBER(phys_base)") && found.stream().noneMatch(other -> other.values.equals(values))) {
                    found.add(new KernelNote(values, OptionalLong.of(at)));
                }
            }
        }
        return found;
    }

    private static Map<String, String> parse(long[] page) {
        ByteBuffer bytes = ByteBuffer.allocate(MemoryImage.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(page);
        String text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
        Map<String, String> values = new LinkedHashMap<>();
        text.substring(0, text.indexOf('\0') < 0 ? text.length() : text.indexOf('\0')).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return values;
    }

    /** The kernel's release. */
    public String release() {
        return values.getOrDefault("OSRELEASE", "of unknown release");
    }

    /** Levels of the kernel's page tables. */
    public int pagingLevels() {
        return values.getOrDefault("NUMBER(pgtable_l5_enabled)", "0").equals("1") ? 5 : 4;
    }

    /** Virtual address of a symbol, if VMCOREINFO has it. */
    OptionalLong virtual(String name) {
        return number(values.get("SYMBOL(" + name + ")"), 16);
    }

    /** Physical address of a symbol of the kernel's own image, if VMCOREINFO has it. */
    public OptionalLong symbol(String name) {
        OptionalLong virtual = virtual(name);
        OptionalLong base = number(values.get("NUMBER(phys_base)"), 10);
        if (virtual.isEmpty() || base.isEmpty() || Long.compareUnsigned(virtual.getAsLong(), KERNEL_MAP) < 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(virtual.getAsLong() - KERNEL_MAP + base.getAsLong());
    }

    /** The start of the kernel's code, as far as it is known to reach. */
    public List<Zone> text() {
        OptionalLong start = symbol("_stext");
        return start.isEmpty() ? List.of() : List.of(new Zone("code of kernel " + release(), start.getAsLong(), start.getAsLong() + LEAST_TEXT - 1,
                "reaches-kernel-text"));
    }

    private static OptionalLong number(String text, int radix) {
        try {
            return text == null ? OptionalLong.empty() : OptionalLong.of(radix == 16 ? Long.parseUnsignedLong(text, 16) : Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
