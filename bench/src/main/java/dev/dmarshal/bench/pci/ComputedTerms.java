package dev.dmarshal.bench.pci;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigRegister;
import dev.dmarshal.core.pci.config.EnhancedAllocationCapability;
import dev.dmarshal.core.pci.config.MsiCapability;
import dev.dmarshal.core.pci.config.PciCapability;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.ResizableBarCapability;
import dev.dmarshal.core.pci.config.SmallCapabilities;
import dev.dmarshal.core.pci.config.SriovCapability;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Values that lspci works out of more than one field, or writes in a way of its own. */
final class ComputedTerms {

    private static final List<String> PRESETS = List.of("-6dB de-emphasis, 0dB preshoot", "-3.5dB de-emphasis, 0dB preshoot",
            "-4.4dB de-emphasis, 0dB preshoot", "-2.5dB de-emphasis, 0dB preshoot", "0dB de-emphasis, 0dB preshoot", "0dB de-emphasis, 1.9dB preshoot",
            "0dB de-emphasis, 2.5dB preshoot", "-6.0dB de-emphasis, 3.5dB preshoot", "-3.5dB de-emphasis, 3.5dB preshoot",
            "0dB de-emphasis, 3.5dB preshoot");
    private static final List<String> SPEEDS = List.of("Unknown", "2.5GT/s", "2.5-5GT/s", "2.5-8GT/s", "2.5-16GT/s", "2.5-32GT/s");
    private static final int[] POWER_ON_US = {2, 10, 100};

    /** Works a value out. */
    interface Value {

        /** What lspci should have written; {@code index} is the number of the label, such as that of a region. */
        String of(PciCapability at, int index);
    }

    /** One such value: what lspci wrote is group 1. */
    record Term(CapabilityKind kind, String label, Pattern pattern, Value value) {
    }

    static final List<Term> TERMS = List.of(
            term(CapabilityKind.MSI, "Address", "^([0-9a-f]+)", ComputedTerms::msiAddress),
            term(CapabilityKind.MSI, "Address", "Data: ([0-9a-f]+)", (at, i) -> hex(new MsiCapability(at).datum().orElse(0), 4)),
            term(CapabilityKind.MSI, "Masking", "^([0-9a-f]+)", (at, i) -> hex(word(at, mask(at)), 8)),
            term(CapabilityKind.MSI, "Masking", "Pending: ([0-9a-f]+)", (at, i) -> hex(word(at, mask(at).plus(4)), 8)),
            term(CapabilityKind.PCI_EXPRESS, "DevCap", "SlotPowerLimit (\\S+)", (at, i) -> power(at, PcieRegisters.DEVICE_CAP, 18, 26)),
            term(CapabilityKind.PCI_EXPRESS, "SltCap", "PowerLimit (\\S+);", (at, i) -> power(at, PcieRegisters.SLOT_CAP, 7, 15)),
            term(CapabilityKind.PCI_EXPRESS, "LnkCap2", "Supported Link Speeds: ([^,]+),", (at, i) -> speeds(at)),
            term(CapabilityKind.PCI_EXPRESS, "LnkCtl2", "Compliance Preset/De-emphasis: (.*)", ComputedTerms::preset),
            term(CapabilityKind.LATENCY_TOLERANCE, "Max snoop latency", "^(\\d+)ns", (at, i) -> tolerance(at, SmallCapabilities.SNOOP)),
            term(CapabilityKind.LATENCY_TOLERANCE, "Max no snoop latency", "^(\\d+)ns", (at, i) -> tolerance(at, SmallCapabilities.NO_SNOOP)),
            term(CapabilityKind.SECONDARY_EXPRESS, "LaneErrStat", "^(0|LaneErr.*)$", (at, i) -> lanes(at)),
            term(CapabilityKind.L1_SUBSTATES, "L1SubCap", "PortTPowerOnTime=(\\S+)", (at, i) -> powerOn(at, SmallCapabilities.L1_CAP)),
            term(CapabilityKind.L1_SUBSTATES, "L1SubCtl2", "T_PwrOn=(\\S+)", (at, i) -> powerOn(at, SmallCapabilities.L1_CTL_2)),
            term(CapabilityKind.L1_SUBSTATES, "L1SubCtl1", "LTR1.2_Threshold=(\\S+)", (at, i) -> threshold(at)),
            term(CapabilityKind.VIRTUAL_CHANNEL, "Status", "Table \\[([0-9a-f]+)]", (at, i) -> Long.toHexString(at.offset() + 16 * (word(at,
                    SmallCapabilities.VC_CAP_2) >>> 24))),
            term(CapabilityKind.SRIOV, "Region *", "^(Memory at .*)", ComputedTerms::virtualRegion),
            term(CapabilityKind.RESIZABLE_BAR, "BAR *", "^(current size.*)", ComputedTerms::resizable),
            term(CapabilityKind.VF_RESIZABLE_BAR, "BAR *", "^(current size.*)", ComputedTerms::resizable),
            term(CapabilityKind.HYPERTRANSPORT, "Mapping Address Base", "^([0-9a-f]+)", (at, i) -> hex(at.space().read(at.offset() + 8, 4).orElse(0) << 32
                    | at.space().read(at.offset() + 4, 4).orElse(0) & ~0xfffffL, 16)),
            term(CapabilityKind.ENHANCED_ALLOCATION, "", "NumEntries=(\\d+)", (at, i) -> Integer.toString(at.read(EnhancedAllocationCapability.EA_CAP,
                    EnhancedAllocationCapability.COUNT).orElse(0))),
            term(CapabilityKind.ENHANCED_ALLOCATION, "Entry *", "^(Enable. Writable. EntrySize=\\d)", (at, i) -> "Enable" + sign(entry(at, i)
                    .enabled()) + " Writable"
                    + sign(entry(at, i).writable()) + " EntrySize=" + entry(at, i).words()),
            term(CapabilityKind.ENHANCED_ALLOCATION, "Entry *", "^BAR Equivalent Indicator: (.*)", (at, i) -> equivalent(entry(at, i).equivalent())),
            term(CapabilityKind.ENHANCED_ALLOCATION, "Entry *", "^PrimaryProperties: (.*)", (at, i) -> properties(entry(at, i).primary(), false)),
            term(CapabilityKind.ENHANCED_ALLOCATION, "Entry *", "^SecondaryProperties: (.*)", (at, i) -> properties(entry(at, i).secondary(), true)),
            term(CapabilityKind.ENHANCED_ALLOCATION, "Entry *", "^Base: 0*([0-9a-f]+)", (at, i) -> Long.toHexString(entry(at, i).base())),
            term(CapabilityKind.ENHANCED_ALLOCATION, "Entry *", "^MaxOffset: 0*([0-9a-f]+)", (at, i) -> Long.toHexString(entry(at, i).maxOffset())));

    private ComputedTerms() {
    }

    private static Term term(CapabilityKind kind, String label, String pattern, Value value) {
        return new Term(kind, label, Pattern.compile(pattern), value);
    }

    /** The first term of a kind and label whose pattern is in the text. */
    static Optional<Term> find(CapabilityKind kind, String label, String text) {
        String open = label.replaceFirst(" \\d+$", " *");
        return TERMS.stream().filter(term -> term.kind() == kind && term.label().equals(open) && term.pattern().matcher(text).find())
                .findFirst();
    }

    private static String sign(boolean set) {
        return set ? "+" : "-";
    }

    private static long word(PciCapability at, ConfigRegister register) {
        return at.read(register).orElse(0);
    }

    private static String hex(long value, int digits) {
        return HeaderTerms.hex(value, digits);
    }

    private static String msiAddress(PciCapability at, int index) {
        OptionalLong address = new MsiCapability(at).address();
        return hex(address.orElse(0), at.isSet(MsiCapability.CONTROL, MsiCapability.WIDE).orElse(false) ? 16 : 8);
    }

    private static ConfigRegister mask(PciCapability at) {
        return at.isSet(MsiCapability.CONTROL, MsiCapability.WIDE).orElse(false) ? MsiCapability.MASK_64 : MsiCapability.MASK_32;
    }

    /** Watts in the form of C's %g: from F0h on the value means something else if the scale is 1. */
    private static String power(PciCapability at, ConfigRegister register, int valueLow, int scaleLow) {
        long word = word(at, register);
        int value = (int) BitField.of("value", valueLow, 8).get(word);
        int scale = (int) BitField.of("scale", scaleLow, 2).get(word);
        if (scale == 0 && value == 0xff) {
            return ">600W";
        }
        double watts = scale == 0 && value >= 0xf0 ? 250 + 25 * (value - 0xf0) : value * Math.pow(10, -scale);
        return new java.math.BigDecimal(watts).round(new java.math.MathContext(6)).stripTrailingZeros().toPlainString() + "W";
    }

    private static String speeds(PciCapability at) {
        int bits = at.read(PcieRegisters.LINK_CAP_2, PcieRegisters.LINK_CAP_2.fields().getFirst()).orElse(0);
        return (bits & 0x60) != 0 ? "RsvdP" : SPEEDS.get(Integer.SIZE - Integer.numberOfLeadingZeros(bits));
    }

    private static String preset(PciCapability at, int index) {
        int code = at.read(PcieRegisters.LINK_CTL_2, PcieRegisters.LINK_CTL_2.fields().getLast()).orElse(0);
        return code < PRESETS.size() ? PRESETS.get(code) : "Unknown";
    }

    private static String tolerance(PciCapability at, ConfigRegister register) {
        long word = word(at, register);
        int shift = 5 * (int) register.fields().get(1).get(word);
        // lspci shifts 32-bit numbers, so a scale of 7 wraps round; no device may have one.
        return Long.toUnsignedString(register.fields().get(0).get(word) * (1L << shift % 32));
    }

    private static String lanes(PciCapability at) {
        long word = word(at, SmallCapabilities.LANE_ERRORS) & 0xffff;
        if (word == 0) {
            return "0";
        }
        StringBuilder text = new StringBuilder("LaneErr at lane:");
        for (int lane = 0; lane < Integer.SIZE; lane++) {
            text.append((word >>> lane & 1) != 0 ? " " + lane : "");
        }
        return text.toString();
    }

    private static String powerOn(PciCapability at, ConfigRegister register) {
        long word = word(at, register);
        List<BitField> fields = register.fields();
        int scale = (int) fields.get(fields.size() - 2).get(word);
        long value = fields.getLast().get(word);
        return scale < POWER_ON_US.length ? POWER_ON_US[scale] * value + "us" : "<error>";
    }

    private static String threshold(PciCapability at) {
        long word = word(at, SmallCapabilities.L1_CTL_1);
        List<BitField> fields = SmallCapabilities.L1_CTL_1.fields();
        int scale = (int) fields.getLast().get(word);
        return scale > 5 ? "<error>" : fields.get(fields.size() - 2).get(word) * (1L << 5 * scale) + "ns";
    }

    private static String virtualRegion(PciCapability at, int index) {
        return new SriovCapability(at).bars().stream().filter(bar -> bar.index() == index).map(ComputedTerms::virtualRegion).findFirst().orElse("(none)");
    }

    private static String virtualRegion(Bar bar) {
        return "Memory at " + hex(bar.address(), bar.kind() == Bar.Kind.MEMORY_64 ? 16 : 8) + (bar.kind() == Bar.Kind.MEMORY_32 ? " (32" : " (64") + "-bit, "
                + (bar.prefetchable() ? "" : "non-") + "prefetchable)";
    }

    private static String resizable(PciCapability at, int index) {
        return new ResizableBarCapability(at).entries().stream().filter(entry -> entry.bar() == index).map(ComputedTerms::resizable).findFirst()
                .orElse("(none)");
    }

    private static String resizable(ResizableBarCapability.Entry entry) {
        StringBuilder text = new StringBuilder("current size: ").append(megabytes(entry.power()));
        text.append(entry.supported() == 0 ? "" : ", supported:");
        for (int i = 0; i < 44; i++) {
            text.append((entry.supported() >>> i & 1) != 0 ? " " + megabytes(i) : "");
        }
        return text.toString();
    }

    private static String megabytes(int power) {
        return power >= 44 ? "<unknown>" : (1 << power % 10) + List.of("MB", "GB", "TB", "PB", "EB").get(power / 10);
    }

    private static EnhancedAllocationCapability.Entry entry(PciCapability at, int index) {
        return new EnhancedAllocationCapability(at).entries().get(index);
    }

    private static String equivalent(int code) {
        if (code <= 5) {
            return "BAR " + code;
        }
        return code >= 9 && code <= 14 ? "VF-BAR " + (code - 9) : switch (code) {
            case 6 -> "resource behind function";
            case 7 -> "not indicated";
            case 8 -> "expansion ROM";
            default -> "reserved";
        };
    }

    private static String properties(int code, boolean secondary) {
        return switch (code) {
            case 0 -> "memory space, non-prefetchable";
            case 1 -> "memory space, prefetchable";
            case 2 -> "I/O space";
            case 3 -> "VF memory space, prefetchable";
            case 4 -> "VF memory space, non-prefetchable";
            case 5 -> "allocation behind bridge, non-prefetchable memory";
            case 6 -> "allocation behind bridge, prefetchable memory";
            case 7 -> "allocation behind bridge, I/O space";
            case 0xfd -> "memory space resource unavailable for use";
            case 0xfe -> "I/O space resource unavailable for use";
            case 0xff -> "entry unavailable for use" + (secondary ? ", PrimaryProperties should be used" : "");
            default -> "[" + hex(code, 2) + "]";
        };
    }
}
