package dev.dmarshal.lab.qtest;

import java.util.Arrays;

/**
 * The firmware of a machine whose processor shall do nothing: 64 KiB of HLT.
 *
 * <p>The processor starts 16 bytes below the end, where interrupts are switched off and a loop of HLT begins, so that nothing but the test touches memory.
 */
final class HaltRom {

    private static final int SIZE_BYTES = 64 * 1024;
    private static final int RESET_VECTOR = SIZE_BYTES - 16;
    private static final byte HLT = (byte) 0xf4;
    /** cli; hlt; jmp to the hlt. */
    private static final byte[] LOOP = {(byte) 0xfa, HLT, (byte) 0xeb, (byte) 0xfd};

    private HaltRom() {
    }

    static byte[] bytes() {
        byte[] rom = new byte[SIZE_BYTES];
        Arrays.fill(rom, HLT);
        System.arraycopy(LOOP, 0, rom, RESET_VECTOR, LOOP.length);
        return rom;
    }
}
