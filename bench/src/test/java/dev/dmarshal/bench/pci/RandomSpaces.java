package dev.dmarshal.bench.pci;

import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.BridgeHeader;
import dev.dmarshal.core.pci.config.BridgeWindow;
import dev.dmarshal.core.pci.config.CapabilityBuilder;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CardBusHeader;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigRegister;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.HeaderType;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.core.pci.config.ResizableBarCapability;
import dev.dmarshal.core.pci.config.SmallCapabilities;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random configuration spaces: any header, any capabilities that have registers, any bits in them, reserved ones too. */
final class RandomSpaces {

    /** Sizes of capabilities that are larger than their last register, because parts of them repeat. */
    private static final Map<CapabilityKind, Integer> SIZES = Map.of(CapabilityKind.MSI, 0x18, CapabilityKind.VIRTUAL_CHANNEL, 0x10 + 8 * 12,
            CapabilityKind.VIRTUAL_CHANNEL_9, 0x10 + 8 * 12, CapabilityKind.RESIZABLE_BAR, 4 + 8 * 6, CapabilityKind.VF_RESIZABLE_BAR, 4 + 8 * 6,
            CapabilityKind.SRIOV, 0x40, CapabilityKind.ACCESS_CONTROL, 0x28, CapabilityKind.SUBSYSTEM, 8, CapabilityKind.HYPERTRANSPORT, 0xc);

    private static final ConfigRegister LAST_VIRTUAL_BAR = ConfigRegister.of("BAR5", 0x38, 4);

    private final Random random;

    RandomSpaces(Random random) {
        this.random = random;
    }

    ConfigSpace next() {
        ConfigSpaceBuilder space = ConfigSpace.builder(random.nextBoolean() ? 4096 : 256);
        space.ids(random.nextInt(0xffff), random.nextInt(0x10000));
        HeaderType type = HeaderType.values()[random.nextInt(3)];
        space.type(type).classCode(type == HeaderType.ENDPOINT ? 0x020000 + random.nextInt(0x10000) : 0x060000 + random.nextInt(0x10000));
        ConfigHeader.COMMON.stream().filter(register -> register != ConfigHeader.VENDOR_ID && register != ConfigHeader.DEVICE_ID
                && register != ConfigHeader.HEADER_TYPE).forEach(register -> space.set(register, bits(register)));
        space.set(ConfigHeader.INTERRUPT_PIN, random.nextInt(5)).multifunction(random.nextBoolean()).set(ConfigHeader.STATUS, ConfigHeader.HAS_CAPABILITIES, 0);
        bars(space, type);
        switch (type) {
            case ENDPOINT -> List.of(ConfigHeader.SUBSYSTEM_VENDOR, ConfigHeader.SUBSYSTEM, ConfigHeader.MIN_GRANT, ConfigHeader.MAX_LATENCY)
                    .forEach(register -> space.set(register, bits(register)));
            case BRIDGE -> bridge(space);
            case CARDBUS -> List.of(CardBusHeader.PRIMARY, CardBusHeader.SECONDARY, CardBusHeader.SUBORDINATE, CardBusHeader.SECONDARY_LATENCY,
                    CardBusHeader.BRIDGE_CONTROL).forEach(register -> space.set(register, bits(register)));
        }
        capabilities(space, type);
        return space.build();
    }

    private void bars(ConfigSpaceBuilder space, HeaderType type) {
        for (int i = 0; i < type.bars(); i++) {
            Bar.Kind kind = Bar.Kind.values()[random.nextInt(4)];
            if (random.nextInt(3) == 0 || kind == Bar.Kind.MEMORY_64 && i + 1 >= type.bars()) {
                continue;
            }
            long address = switch (kind) {
                case IO -> random.nextLong() & 0xfffc;
                case MEMORY_64 -> random.nextLong() & 0xff_ffff_fff0L;
                default -> random.nextLong() & 0x7fff_fff0L;
            };
            space.bar(new Bar(i, kind, kind != Bar.Kind.IO && random.nextBoolean(), address));
            i += kind == Bar.Kind.MEMORY_64 ? 1 : 0;
        }
        if (type == HeaderType.ENDPOINT && random.nextBoolean()) {
            space.raw(0x30, 4, random.nextLong() & 0xffff_f801L);
        }
    }

    private void bridge(ConfigSpaceBuilder space) {
        space.bridge(random.nextInt(256), random.nextInt(256), random.nextInt(256));
        space.set(BridgeHeader.SECONDARY_LATENCY, bits(BridgeHeader.SECONDARY_LATENCY)).set(BridgeHeader.SECONDARY_STATUS, bits(BridgeHeader.SECONDARY_STATUS))
                .set(BridgeHeader.BRIDGE_CONTROL, bits(BridgeHeader.BRIDGE_CONTROL));
        boolean wide = random.nextBoolean();
        space.window(new BridgeWindow(BridgeWindow.Kind.IO, random.nextLong() & (wide ? 0xffff_f000L : 0xf000), random.nextLong() & (wide ? 0xffff_f000L
                : 0xf000)
                | 0xfff, wide ? 32 : 16));
        space.window(new BridgeWindow(BridgeWindow.Kind.MEMORY, random.nextLong() & 0xfff0_0000L, random.nextLong() & 0xfff0_0000L | 0xfffff, 32));
        space.window(new BridgeWindow(BridgeWindow.Kind.PREFETCHABLE, random.nextLong() & (wide ? 0xff_fff0_0000L : 0xfff0_0000L),
                random.nextLong() & (wide ? 0xff_fff0_0000L : 0xfff0_0000L) | 0xfffff, wide ? 64 : 32));
    }

    private void capabilities(ConfigSpaceBuilder space, HeaderType type) {
        boolean large = space.build().end() > ConfigSpace.CONVENTIONAL_BYTES;
        List<CapabilityKind> kinds = new ArrayList<>(List.of(CapabilityKind.values()));
        kinds.removeIf(kind -> kind.registers().isEmpty() || kind.extended() && !large || kind == CapabilityKind.ENHANCED_ALLOCATION
                || kind == CapabilityKind.HYPERTRANSPORT || kind == CapabilityKind.VITAL_PRODUCT_DATA);
        Collections.shuffle(kinds, random);
        if (large) {
            kinds.remove(CapabilityKind.PCI_EXPRESS);
            kinds.addFirst(CapabilityKind.PCI_EXPRESS);
        }
        int low = 0;
        int high = ConfigSpace.CONVENTIONAL_BYTES;
        for (CapabilityKind kind : kinds) {
            int size = size(kind);
            int room = kind.extended() ? 3600 - high : 180 - low;
            // A CardBus header goes on to 48h, and its capabilities must not begin before.
            if (size <= room && type != HeaderType.CARDBUS && random.nextInt(4) != 0 || kind == CapabilityKind.PCI_EXPRESS && type != HeaderType.CARDBUS
                    && large) {
                capability(space, kind, size);
                low += kind.extended() ? 0 : size + 4;
                high += kind.extended() ? size + 4 : 0;
            }
        }
    }

    private static int size(CapabilityKind kind) {
        int end = kind.registers().stream().mapToInt(register -> register.offset() + register.sizeBytes()).max().orElse(4);
        return Math.max(end, SIZES.getOrDefault(kind, 4));
    }

    private void capability(ConfigSpaceBuilder space, CapabilityKind kind, int size) {
        CapabilityBuilder at = kind.extended() ? space.extended(kind, random.nextInt(1, 16), size) : space.capability(kind, size);
        for (int word = 4; word + 4 <= size; word += 4) {
            at.set(ConfigRegister.of("any", word, 4), random.nextLong() & 0xffff_ffffL);
        }
        kind.registers().forEach(register -> at.set(register, bits(register)));
        switch (kind) {
            case PCI_EXPRESS -> at.set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, random.nextInt(1, 3))
                    .set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, PortType.values()[random.nextInt(PortType.values().length)].code());
            case VIRTUAL_CHANNEL, VIRTUAL_CHANNEL_9 -> channels(at);
            case RESIZABLE_BAR, VF_RESIZABLE_BAR -> resizable(at);
            // lspci reads the upper half of a 64-bit BAR in the last place from the register behind it; there is none, and we say nothing of such a BAR.
            case SRIOV -> at.set(LAST_VIRTUAL_BAR, random.nextLong() & 0xffff_fff9L);
            default -> {
            }
        }
    }

    /** Without reserved bits, which lspci shows with names of its own making. */
    private void channels(CapabilityBuilder at) {
        at.set(SmallCapabilities.VC_CAP_1, random.nextInt(8) | random.nextInt(256) << 4);
        at.set(SmallCapabilities.VC_CAP_2, defined(SmallCapabilities.VC_CAP_2));
        for (int i = 0; i < 8; i++) {
            ConfigRegister capabilities = SmallCapabilities.VC_RESOURCE_CAP.plus(i * SmallCapabilities.VC_STEP);
            at.set(capabilities, defined(capabilities));
        }
    }

    private long defined(ConfigRegister register) {
        return bits(register) & ~register.reservedMask();
    }

    /** Distinct BARs, so that an entry can be found by its BAR. */
    private void resizable(CapabilityBuilder at) {
        int count = random.nextInt(1, 7);
        at.set(ResizableBarCapability.REBAR_CTL, ResizableBarCapability.COUNT, count);
        for (int i = 0; i < count; i++) {
            at.set(ResizableBarCapability.REBAR_CTL.plus(8 * i), ResizableBarCapability.BAR, i);
        }
    }

    private long bits(ConfigRegister register) {
        return random.nextLong() & register.widthMask();
    }
}
