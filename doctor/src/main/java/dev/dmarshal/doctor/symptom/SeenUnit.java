package dev.dmarshal.doctor.symptom;

import java.util.OptionalLong;

/**
 * A VT-d remapping unit as the log tells of it.
 *
 * @param name such as {@code dmar0}
 * @param base physical address of its registers
 * @param cap  capability register
 * @param ecap extended capability register
 */
public record SeenUnit(String name, OptionalLong base, OptionalLong cap, OptionalLong ecap) {

    /** Maximum guest address width in bits: CAP.MGAW + 1 (bits 21:16); 0 if the register was not seen. */
    public int addressWidth() {
        return cap.isPresent() ? (int) (cap.getAsLong() >>> 16 & 0x3f) + 1 : 0;
    }
}
