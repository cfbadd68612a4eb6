package dev.dmarshal.host.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Addresses of a kernel's symbols, from the table that it carries for its own messages; its VMCOREINFO says where that is since Linux 6.0. Names are packed:
 * each is a length and so many bytes, each byte stands for a token; the first character of a name is its kind.
 *
 * <p>Source: Linux {@code kernel/kallsyms.c} kallsyms_expand_symbol, kallsyms_sym_address; {@code kernel/crash_core.c} (commit 5fd8fea935a1).
 */
final class KernelSymbols {
    private static final int MOST_SYMBOLS = 1 << 22;
    private static final int TOKENS = 256;
    private static final int PIECE = 1 << 16;
    /** A name with all its tokens has at most 512 (KSYM_NAME_LEN); without a bound a few bytes of names would stand for gigabytes of letters. */
    private static final int MOST_TOKEN_BYTES = 512;

    private final KernelMemory memory;
    private final String[] tokens = new String[TOKENS];
    private byte[] piece = new byte[0];
    private long pieceStart;

    private KernelSymbols(KernelMemory memory) {
        this.memory = memory;
    }

    /** Virtual addresses of those of these symbols that the kernel has; none if it does not say where its table is, or the image lacks a part of it. */
    static Map<String, Long> find(KernelMemory memory, KernelNote kernel, Set<String> wanted) {
        Map<String, Long> found = new HashMap<>();
        OptionalLong names = kernel.virtual("kallsyms_names");
        OptionalLong offsets = kernel.virtual("kallsyms_offsets");
        OptionalLong base = word(memory, kernel.virtual("kallsyms_relative_base"));
        OptionalLong count = word(memory, kernel.virtual("kallsyms_num_syms"));
        KernelSymbols symbols = new KernelSymbols(memory);
        if (names.isEmpty() || offsets.isEmpty() || base.isEmpty() || count.isEmpty() || !symbols.readTokens(kernel)) {
            return found;
        }
        long most = Math.min(count.getAsLong() & 0xFFFF_FFFFL, MOST_SYMBOLS);
        long at = names.getAsLong();
        int longest = wanted.stream().mapToInt(String::length).max().orElse(0);
        for (long i = 0; i < most && found.size() < wanted.size(); i++) {
            int length = symbols.at(at++);
            if (length >= 0x80) {
                length = length & 0x7F | symbols.at(at++) << 7;
            }
            if (length < 0) {
                return found;
            }
            Optional<String> name = symbols.name(at, length, longest).filter(wanted::contains);
            if (name.isPresent()) {
                OptionalLong address = address(memory, offsets.getAsLong() + i * 4, base.getAsLong());
                address.ifPresent(value -> found.putIfAbsent(name.get(), value));
            }
            at += length;
        }
        return found;
    }

    private static OptionalLong word(KernelMemory memory, OptionalLong at) {
        return at.isPresent() ? memory.read64(at.getAsLong() & -8L) : OptionalLong.empty();
    }

    /**
     * Offsets are negative, counted from one below the base, in kernels that keep positive ones for addresses within a processor's own area (until 6.14), and
     * positive in later ones. Symbols of a processor's own area are not asked for here.
     */
    private static OptionalLong address(KernelMemory memory, long at, long base) {
        Optional<byte[]> bytes = memory.bytes(at, 4);
        if (bytes.isEmpty()) {
            return OptionalLong.empty();
        }
        int offset = ByteBuffer.wrap(bytes.get()).order(ByteOrder.LITTLE_ENDIAN).getInt();
        return OptionalLong.of(offset < 0 ? base - 1 - offset : base + offset);
    }

    private boolean readTokens(KernelNote kernel) {
        OptionalLong table = kernel.virtual("kallsyms_token_table");
        OptionalLong index = kernel.virtual("kallsyms_token_index");
        if (table.isEmpty() || index.isEmpty()) {
            return false;
        }
        Optional<byte[]> starts = memory.bytes(index.getAsLong(), TOKENS * 2);
        if (starts.isEmpty()) {
            return false;
        }
        ByteBuffer start = ByteBuffer.wrap(starts.get()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < TOKENS; i++) {
            long at = table.getAsLong() + Short.toUnsignedInt(start.getShort(i * 2));
            StringBuilder token = new StringBuilder();
            for (int next = at(at); next > 0 && token.length() < MOST_TOKEN_BYTES; next = at(++at)) {
                token.append((char) next);
            }
            tokens[i] = token.toString();
        }
        return true;
    }

    /** The name without its kind, if it is no longer than {@code longest}. Most names are put away by their length alone. */
    private Optional<String> name(long at, int length, int longest) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < length && name.length() <= 1 + longest; i++) {
            int token = at(at + i);
            if (token < 0) {
                return Optional.empty();
            }
            name.append(tokens[token]);
        }
        return name.isEmpty() || name.length() > 1 + longest ? Optional.empty() : Optional.of(name.substring(1));
    }

    /** The byte at an address, -1 if it is not there. Read in pieces, backwards rarely. */
    private int at(long virtual) {
        if (virtual < pieceStart || virtual >= pieceStart + piece.length) {
            pieceStart = virtual & -4096L;
            piece = new byte[0];
            for (int length = PIECE; length >= 4096 && piece.length == 0; length = length == 4096 ? 0 : 4096) {
                piece = memory.bytes(pieceStart, length).orElse(piece);
            }
        }
        return virtual - pieceStart < piece.length ? piece[(int) (virtual - pieceStart)] & 0xFF : -1;
    }
}
