package dev.dmarshal.core.pci.lspci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;

/** Writes configuration spaces in the form of {@code lspci -xxxx}, which {@code lspci -F} and {@link LspciReader} read. */
public final class LspciWriter {

    private static final int ROW = 16;

    private LspciWriter() {
    }

    /** One function: its address, its bytes in rows of 16 as far as whole rows were measured, an empty line. */
    public static String write(Sbdf address, String title, ConfigSpace space) {
        StringBuilder text = new StringBuilder();
        text.append(address).append(' ').append(title).append('\n');
        byte[] bytes = space.toBytes();
        for (int at = 0; at + ROW <= bytes.length; at += ROW) {
            if (space.measured(at, ROW)) {
                row(text, at, bytes);
            }
        }
        return text.append('\n').toString();
    }

    private static void row(StringBuilder text, int at, byte[] bytes) {
        String offset = Integer.toHexString(at);
        text.append(offset.length() < 2 ? "0" : "").append(offset).append(':');
        for (int i = 0; i < ROW; i++) {
            int value = bytes[at + i] & 0xff;
            text.append(' ').append(Character.forDigit(value >>> 4, 16)).append(Character.forDigit(value & 0xf, 16));
        }
        text.append('\n');
    }
}
