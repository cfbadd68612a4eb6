package dev.dmarshal.host.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where members lie in structures of a kernel, as the type descriptions say that it carries (BTF). Of damaged descriptions the part before the damage counts.
 *
 * <p>Source: Linux {@code Documentation/bpf/btf.rst}, {@code include/uapi/linux/btf.h}.
 */
final class BtfTypes {
    private static final int MAGIC = 0xEB9F;
    private static final int TYPE_BYTES = 12;
    private static final int MEMBER_BYTES = 12;
    private static final int STRUCT = 4;
    /** Bytes that follow a type of each kind, as far as their number is fixed; by index of the kind. */
    private static final int[] FIXED = {0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0};
    /** Bytes that follow for each member, parameter or variable. */
    private static final int[] EACH = {0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12};

    private final Map<String, Map<String, Integer>> structures = new HashMap<>();

    private BtfTypes() {
    }

    /** Reads the layouts of some structures. */
    static BtfTypes read(byte[] bytes, Set<String> wanted) {
        BtfTypes types = new BtfTypes();
        ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 24 || Short.toUnsignedInt(all.getShort(0)) != MAGIC) {
            return types;
        }
        long header = Integer.toUnsignedLong(all.getInt(4));
        long start = header + Integer.toUnsignedLong(all.getInt(8));
        long end = Math.min(start + Integer.toUnsignedLong(all.getInt(12)), bytes.length);
        long strings = header + Integer.toUnsignedLong(all.getInt(16));
        for (long at = start; at >= 0 && at + TYPE_BYTES <= end;) {
            int word = all.getInt((int) at + 4);
            int kind = word >>> 24 & 0x1F;
            int count = word & 0xFFFF;
            if (kind >= FIXED.length) {
                return types;
            }
            long next = at + TYPE_BYTES + FIXED[kind] + (long) count * EACH[kind];
            if (kind == STRUCT && next <= end) {
                Optional<String> name = text(all, strings, all.getInt((int) at)).filter(wanted::contains);
                if (name.isPresent()) {
                    types.structures.putIfAbsent(name.get(), members(all, strings, (int) at, count));
                }
            }
            at = next;
        }
        return types;
    }

    private static Map<String, Integer> members(ByteBuffer all, long strings, int at, int count) {
        boolean packed = all.getInt(at + 4) < 0;
        Map<String, Integer> members = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int member = at + TYPE_BYTES + i * MEMBER_BYTES;
            int bits = all.getInt(member + 8) & (packed ? 0xFF_FFFF : -1);
            text(all, strings, all.getInt(member)).ifPresent(name -> members.putIfAbsent(name, bits >>> 3));
        }
        return members;
    }

    private static Optional<String> text(ByteBuffer all, long strings, int offset) {
        StringBuilder text = new StringBuilder();
        for (long at = strings + Integer.toUnsignedLong(offset); at < all.capacity() && text.length() < 128; at++) {
            byte next = all.get((int) at);
            if (next == 0) {
                return Optional.of(text.toString());
            }
            text.append((char) (next & 0xFF));
        }
        return Optional.empty();
    }

    /** Offset of a member in bytes. */
    OptionalInt offset(String structure, String member) {
        Integer offset = structures.getOrDefault(structure, Map.of()).get(member);
        return offset == null ? OptionalInt.empty() : OptionalInt.of(offset);
    }
}
