package dev.dmarshal.host.image;

import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Memory of a made-up kernel: page tables, VMCOREINFO, symbol table, type descriptions, and units in a list. */
final class KernelImage {
    static final long TEXT_MAP = 0xFFFF_FFFF_8000_0000L;
    static final long DIRECT_MAP = 0xFFFF_8880_0000_0000L;
    static final long CAP = 0x1d2008c222f0606L;
    static final long ECAP = 0x880000f00f4aL;
    private static final int SIZE = 8 << 20;
    private static final long NOTE = 0x10000;
    private static final long NAMES = 0x11000;
    private static final long COUNT = 0x12000;
    private static final long TOKENS = 0x13000;
    private static final long INDEX = 0x14000;
    private static final long OFFSETS = 0x15000;
    private static final long BASE = 0x16000;
    private static final long BTF = 0x20000;
    private static final long LIST = 0x30000;
    private static final long SCALABLE = 0x30100;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt HALF = ValueLayout.JAVA_INT_UNALIGNED;

    final MemorySegment memory = MemorySegment.ofArray(new byte[SIZE]);
    private final Map<String, Long> symbols = new LinkedHashMap<>();
    private final boolean countingDown;

    /** With offsets that count down from the base, as kernels until 6.14 have them, or up. */
    KernelImage(boolean countingDown) {
        this.countingDown = countingDown;
        set(0x1000 + 511 * 8, 0x2003);
        set(0x2000 + 510 * 8, 0x3003);
        for (int i = 0; i < SIZE >> 21; i++) {
            set(0x3000 + i * 8, (long) i << 21 | 0x83);
        }
        set(0x1000 + 273 * 8, 0x4003);
        set(0x4000, 0x83);
        symbols.put("_stext", TEXT_MAP + 0x40_0000);
        symbols.put("_etext", TEXT_MAP + 0x48_0000);
        symbols.put("a_long_name_that_nobody_asks_for_at_all_and_is_passed_over", TEXT_MAP);
        symbols.put("dmar_drhd_units", TEXT_MAP + LIST);
        symbols.put("intel_iommu_sm", TEXT_MAP + SCALABLE);
        symbols.put("__start_BTF", TEXT_MAP + BTF);
        byte[] types = types();
        MemorySegment.copy(types, 0, memory, ValueLayout.JAVA_BYTE, BTF, types.length);
        symbols.put("__stop_BTF", TEXT_MAP + BTF + types.length);
        names();
        set(LIST, TEXT_MAP + LIST);
        text(NOTE, """
                OSRELEASE=6.1.0-made-up
                NUMBER(phys_base)=0
                SYMBOL(init_top_pgt)=%x
                SYMBOL(kallsyms_names)=%x
                SYMBOL(kallsyms_num_syms)=%x
                SYMBOL(kallsyms_token_table)=%x
                SYMBOL(kallsyms_token_index)=%x
                SYMBOL(kallsyms_offsets)=%x
                SYMBOL(kallsyms_relative_base)=%x
                """.formatted(TEXT_MAP + 0x1000, TEXT_MAP + NAMES, TEXT_MAP + COUNT, TEXT_MAP + TOKENS, TEXT_MAP + INDEX, TEXT_MAP + OFFSETS, TEXT_MAP + BASE));
    }

    SavedMachine machine() {
        return new RawLayout.From(0).read(new MappedBytes(memory));
    }

    void set(long at, long value) {
        memory.set(WORD, at, value);
    }

    void text(long at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    /** Switches scalable mode on, as the kernel's own variable says it. */
    KernelImage scalable() {
        memory.set(HALF, SCALABLE, 1);
        return this;
    }

    /** Puts a unit at the end of the list; {@code at} and the page after it are taken. */
    KernelImage unit(long at, String name, long root, long interrupts, int flags) {
        long last = LIST;
        while (memory.get(WORD, last) != TEXT_MAP + LIST) {
            last = memory.get(WORD, last) - DIRECT_MAP;
        }
        set(last, DIRECT_MAP + at + 16);
        set(at + 16, TEXT_MAP + LIST);
        set(at + 8, DIRECT_MAP + at + 0x100);
        set(at + 0x100 + 8, CAP);
        set(at + 0x100 + 16, ECAP);
        text(at + 0x100 + 26, name);
        set(at + 0x100 + 40, root == 0 ? 0 : DIRECT_MAP + root);
        set(at + 0x100 + 48, interrupts == 0 ? 0 : DIRECT_MAP + at + 0x200);
        memory.set(HALF, at + 0x100 + 60, flags);
        set(at + 0x200, DIRECT_MAP + interrupts);
        return this;
    }

    /** Tokens are the letters themselves but for one, which stands for "dmar". */
    private void names() {
        long token = TOKENS;
        for (int i = 0; i < 256; i++) {
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, INDEX + i * 2, (short) (token - TOKENS));
            String stands = i == 1 ? "dmar" : i == 0 ? "?" : String.valueOf((char) i);
            text(token, stands);
            token += stands.length() + 1;
        }
        long at = NAMES;
        int index = 0;
        set(BASE, TEXT_MAP);
        for (Map.Entry<String, Long> symbol : symbols.entrySet()) {
            String packed = "D" + symbol.getKey().replace("dmar", "\u0001");
            memory.set(ValueLayout.JAVA_BYTE, at++, (byte) packed.length());
            text(at, packed);
            at += packed.length();
            int offset = (int) (symbol.getValue() - TEXT_MAP);
            memory.set(HALF, OFFSETS + 4L * index++, countingDown ? -1 - offset : offset);
        }
        set(COUNT, index);
    }

    /** Type descriptions with a member of another kind before, so that kinds of other lengths are passed over. */
    static byte[] types() {
        StringBuilder strings = new StringBuilder("\0");
        List<Integer> words = new ArrayList<>(List.of(name(strings, "int"), 1 << 24, 4, 32, name(strings, "choice"), 6 << 24 | 1, 4, name(strings, "one"), 1));
        structure(words, strings, "dmar_drhd_unit", Map.of("iommu", 8, "list", 16));
        structure(words, strings, "intel_iommu", Map.of("cap", 8, "ecap", 16, "name", 26, "root_entry", 40, "ir_table", 48, "flags", 60));
        structure(words, strings, "ir_table", Map.of("base", 0));
        MemorySegment all = MemorySegment.ofArray(new byte[24 + words.size() * 4 + strings.length()]);
        int[] header = {0x1EB9F, 24, 0, words.size() * 4, words.size() * 4, strings.length()};
        for (int i = 0; i < header.length; i++) {
            all.set(HALF, i * 4L, header[i]);
        }
        for (int i = 0; i < words.size(); i++) {
            all.set(HALF, 24 + i * 4L, words.get(i));
        }
        MemorySegment.copy(strings.toString().getBytes(StandardCharsets.ISO_8859_1), 0, all, ValueLayout.JAVA_BYTE, 24 + words.size() * 4L, strings.length());
        return Objects.requireNonNull((byte[]) all.heapBase().orElseThrow());
    }

    private static void structure(List<Integer> words, StringBuilder strings, String name, Map<String, Integer> members) {
        words.addAll(List.of(name(strings, name), 4 << 24 | members.size(), 256));
        members.forEach((member, offset) -> words.addAll(List.of(name(strings, member), 1, offset * 8)));
    }

    private static int name(StringBuilder strings, String name) {
        int at = strings.length();
        strings.append(name).append('\0');
        return at;
    }
}
