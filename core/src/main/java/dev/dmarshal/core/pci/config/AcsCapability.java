package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Access control services, extended capability 000Dh: what keeps functions and ports from talking to each other past the remapping unit.
 *
 * <pre>
 *  04 ACSCap: 0 V source validation, 1 B translation blocking, 2 R request redirect, 3 C completion redirect, 4 U upstream forwarding,
 *             5 E egress control, 6 T direct translated, 7 enhanced, 15:8 size of the egress vector in bits (0 is 256)
 *  06 ACSCtl: 6:0 the same; 7 I/O request blocking, 9:8 and 11:10 memory targets below and above, 12 unclaimed redirect   08 egress vector
 * </pre>
 *
 * Source: PCI Express Base Specification 6.0, section 7.7.11.
 *
 * @param at where it is
 */
public record AcsCapability(PciCapability at) {
    /** Source validation. */
    public static final BitField SOURCE_VALIDATION = BitField.of("SrcValid", 0, 1);
    /** Translation blocking. */
    public static final BitField TRANSLATION_BLOCKING = BitField.of("TransBlk", 1, 1);
    /** Peer-to-peer request redirect. */
    public static final BitField REQUEST_REDIRECT = BitField.of("ReqRedir", 2, 1);
    /** Peer-to-peer completion redirect. */
    public static final BitField COMPLETION_REDIRECT = BitField.of("CmpltRedir", 3, 1);
    /** Upstream forwarding. */
    public static final BitField UPSTREAM_FORWARDING = BitField.of("UpstreamFwd", 4, 1);
    /** Peer-to-peer egress control. */
    public static final BitField EGRESS_CONTROL = BitField.of("EgressCtrl", 5, 1);
    /** Direct translated peer-to-peer. */
    public static final BitField DIRECT_TRANSLATED = BitField.of("DirectTrans", 6, 1);
    /** Size of the egress control vector. */
    public static final BitField VECTOR_SIZE = BitField.of("EgressVectorSize", 8, 8);
    /** Capabilities. */
    public static final ConfigRegister ACS_CAP = ConfigRegister.of("ACSCap", 0x04, 2, SOURCE_VALIDATION, TRANSLATION_BLOCKING, REQUEST_REDIRECT,
            COMPLETION_REDIRECT, UPSTREAM_FORWARDING, EGRESS_CONTROL, DIRECT_TRANSLATED, flag("Enhanced", 7), VECTOR_SIZE);
    /** Control. */
    public static final ConfigRegister ACS_CTL = ConfigRegister.of("ACSCtl", 0x06, 2, SOURCE_VALIDATION, TRANSLATION_BLOCKING, REQUEST_REDIRECT,
            COMPLETION_REDIRECT, UPSTREAM_FORWARDING, EGRESS_CONTROL, DIRECT_TRANSLATED, flag("IOReqBlk", 7), BitField.of("DspMemTarget", 8, 2),
            BitField.of("UspMemTarget", 10, 2), flag("UnclaimedRedir", 12));
    /** All registers of fixed size. */
    static final List<ConfigRegister> REGISTERS = List.of(ACS_CAP, ACS_CTL);

    private static final int VECTOR = 0x08;
    private static final int LARGEST_VECTOR = 256;

    /** That of a function. */
    public static Optional<AcsCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.ACCESS_CONTROL).map(AcsCapability::new);
    }

    /** What the function can, all 16 bits. */
    public OptionalInt capabilities() {
        return at.number(ACS_CAP);
    }

    /** What is switched on, all 16 bits. */
    public OptionalInt control() {
        return at.number(ACS_CTL);
    }

    /** Bits of the egress control vector: 0 if the function has none. */
    public OptionalInt egressVectorBits() {
        Optional<Boolean> has = at.isSet(ACS_CAP, EGRESS_CONTROL);
        OptionalInt size = at.read(ACS_CAP, VECTOR_SIZE);
        if (has.isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(!has.get() ? 0 : size.getAsInt() == 0 ? LARGEST_VECTOR : size.getAsInt());
    }

    /** The egress control vector: each bit set is a port or function that this one may not address directly. Empty if not measured. */
    public Optional<BitSet> egressVector() {
        OptionalInt bits = egressVectorBits();
        if (bits.isEmpty()) {
            return Optional.empty();
        }
        BitSet blocked = new BitSet();
        for (int word = 0; word * Integer.SIZE < bits.getAsInt(); word++) {
            OptionalLong value = at.space().read(at.offset() + VECTOR + word * Integer.BYTES, Integer.BYTES);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            for (int bit = 0; bit < Integer.SIZE && word * Integer.SIZE + bit < bits.getAsInt(); bit++) {
                blocked.set(word * Integer.SIZE + bit, (value.getAsLong() >>> bit & 1) != 0);
            }
        }
        return Optional.of(blocked);
    }
}
