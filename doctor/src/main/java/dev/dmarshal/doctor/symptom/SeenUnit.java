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

    /** Maximum guest address width in bits: CAP.MGAW + 1 (bits 21:16); 0 if the register was not seen, or reads as 0 as no unit's does. */
    public int addressWidth() {
        return cap.orElse(0) != 0 ? (int) (cap.getAsLong() >>> 16 & 0x3f) + 1 : 0;
    }

    /** Whether the unit can remap interrupts: ECAP.IR, bit 3. */
    public boolean interruptRemapping() {
        return ecap.isPresent() && (ecap.getAsLong() >>> 3 & 1) != 0;
    }

    /** Whether the unit has the pass-through translation type: ECAP.PT, bit 6. */
    public boolean passThrough() {
        return ecap.isPresent() && (ecap.getAsLong() >>> 6 & 1) != 0;
    }

    /** Whether the unit has scalable mode: ECAP.SMTS, bit 43. */
    public boolean scalable() {
        return ecap.isPresent() && (ecap.getAsLong() >>> 43 & 1) != 0;
    }

    /** One sentence for people. */
    public String says() {
        StringBuilder text = new StringBuilder("Unit ").append(name);
        base.ifPresent(address -> text.append(" at 0x").append(Long.toHexString(address)));
        if (addressWidth() > 0) {
            text.append(": ").append(addressWidth()).append("-bit addresses");
        }
        if (ecap.isPresent()) {
            text.append(interruptRemapping() ? ", interrupt remapping" : ", no interrupt remapping").append(passThrough() ? ", hardware pass-through"
                    : ", no hardware pass-through")
                    .append(scalable() ? ", scalable mode" : "");
        }
        return text.append('.').toString();
    }
}
