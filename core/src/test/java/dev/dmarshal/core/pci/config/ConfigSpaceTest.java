package dev.dmarshal.core.pci.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.BitField;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfigSpaceTest {

    private static ConfigSpace port() {
        ConfigSpaceBuilder port = ConfigSpace.builder(4096).ids(0x8086, 0x1901).classCode(0x060400).bridge(0, 1, 3).multifunction(true);
        port.capability(CapabilityKind.SUBSYSTEM, 8).set(SubsystemCapability.VENDOR, 0x1234).set(SubsystemCapability.DEVICE, 0x5678);
        port.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 2)
                .set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, PortType.ROOT_PORT.code()).set(PcieRegisters.PCIE_CAP, PcieRegisters.SLOT, 1);
        port.capability(CapabilityKind.POWER_MANAGEMENT, 8).set(PowerManagementCapability.PM_CTL, PowerManagementCapability.NO_SOFT_RESET, 1);
        port.capability(CapabilityKind.ACCESS_CONTROL, 0x10).set(AcsCapability.ACS_CAP, 0x053f).set(AcsCapability.ACS_CTL, 0x001d)
                .set(ConfigRegister.of("vector", 8, 4), 0x12);
        return port.build();
    }

    @Test
    void aPortSaysWhatItIs() {
        ConfigSpace space = port();
        ConfigHeader header = space.header();
        assertThat(header.vendorId()).hasValue(0x8086);
        assertThat(header.classCode()).hasValue(0x060400);
        assertThat(header.type()).contains(HeaderType.BRIDGE);
        assertThat(header.multifunction()).contains(true);
        assertThat(header.subsystemVendor()).hasValue(0x1234);
        assertThat(header.subsystemId()).hasValue(0x5678);
        assertThat(header.bridge()).hasValueSatisfying(bridge -> {
            assertThat(bridge.primary()).hasValue(0);
            assertThat(bridge.secondary()).hasValue(1);
            assertThat(bridge.subordinate()).hasValue(3);
        });
        CapabilityList list = space.capabilities();
        assertThat(list.complete()).isTrue();
        assertThat(list.findings()).isEmpty();
        PcieCapability pcie = PcieCapability.of(list).orElseThrow();
        assertThat(pcie.portType()).contains(PortType.ROOT_PORT);
        assertThat(pcie.slot()).contains(true);
        assertThat(pcie.functionLevelReset()).contains(false);
        assertThat(pcie.registers()).contains(PcieRegisters.SLOT_CAP, PcieRegisters.ROOT_CTL, PcieRegisters.LINK_CAP_2);
        assertThat(PowerManagementCapability.of(list).orElseThrow().softReset()).contains(false);
        AcsCapability acs = AcsCapability.of(list).orElseThrow();
        assertThat(acs.capabilities()).hasValue(0x053f);
        assertThat(acs.control()).hasValue(0x1d);
        assertThat(acs.egressVectorBits()).hasValue(5);
        assertThat(acs.egressVector()).hasValueSatisfying(ports -> assertThat(ports.stream().toArray()).containsExactly(1, 4));
    }

    @Test
    void whatWasNotDumpedIsNotMeasured() {
        byte[] all = port().toBytes();
        ConfigSpace head = ConfigSpace.of(java.util.Arrays.copyOf(all, 64));
        assertThat(head.header().bridge().orElseThrow().secondary()).hasValue(1);
        assertThat(head.header().subsystemVendor()).isEmpty();
        assertThat(head.capabilities().all()).isEmpty();
        assertThat(head.capabilities().complete()).isFalse();
        ConfigSpace low = ConfigSpace.of(java.util.Arrays.copyOf(all, 256));
        assertThat(PcieCapability.of(low.capabilities())).isPresent();
        assertThat(AcsCapability.of(low.capabilities())).isEmpty();
        assertThat(low.capabilities().complete()).isFalse();
        BitSet holes = new BitSet();
        holes.set(0, 16);
        assertThat(ConfigSpace.of(all, holes).header().bridge().orElseThrow().secondary()).isEmpty();
        assertThat(ConfigSpace.of(new byte[0]).header().vendorId()).isEmpty();
    }

    @Test
    void endpointsThatCanBeResetSaySo() {
        ConfigSpaceBuilder plain = ConfigSpace.builder(256).ids(0x8086, 0x1e31);
        plain.capability(CapabilityKind.ADVANCED_FEATURES, 6).flags(AdvancedFeaturesCapability.AF_CAP, AdvancedFeaturesCapability.FUNCTION_LEVEL_RESET);
        assertThat(AdvancedFeaturesCapability.of(plain.build().capabilities()).orElseThrow().functionLevelReset()).contains(false);
        ConfigSpaceBuilder express = ConfigSpace.builder(256).ids(0x8086, 0x10d3);
        express.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 1)
                .flags(PcieRegisters.DEVICE_CAP, PcieRegisters.FUNCTION_LEVEL_RESET).set(PcieRegisters.DEVICE_CAP, PcieRegisters.PHANTOM_FUNCTIONS, 2);
        PcieCapability pcie = PcieCapability.of(express.build().capabilities()).orElseThrow();
        assertThat(pcie.functionLevelReset()).contains(true);
        assertThat(pcie.phantomFunctions()).hasValue(3);
        assertThat(pcie.registers()).doesNotContain(PcieRegisters.SLOT_CAP, PcieRegisters.ROOT_CTL, PcieRegisters.LINK_CAP_2);
    }

    @Test
    void brokenListsGiveFindingsAndEnd() {
        ConfigSpaceBuilder loop = ConfigSpace.builder(256).ids(1, 2);
        int first = loop.capability(CapabilityKind.POWER_MANAGEMENT, 8).offset();
        int second = loop.capability(CapabilityKind.MSI, 0x18).offset();
        assertThat(labels(loop.raw(second + 1, 1, first).build())).containsExactly("capability-loop");
        assertThat(loop.build().capabilities().all()).hasSize(2);
        assertThat(labels(loop.raw(second + 1, 1, 0x0c).build())).containsExactly("capability-in-header");
        assertThat(labels(loop.raw(second + 1, 1, 0x82).raw(0x80, 2, 0xff).build())).containsExactly("capability-misaligned", "capability-broken");
        ConfigSpaceBuilder express = ConfigSpace.builder(4096).ids(1, 2);
        express.capability(CapabilityKind.PCI_EXPRESS, 0x3c);
        express.capability(CapabilityKind.ACCESS_CONTROL, 8);
        assertThat(labels(express.raw(0x102, 2, 0x1001).build())).containsExactly("extended-capability-loop");
        assertThat(labels(express.raw(0x102, 2, 0x2011).build())).containsExactly("extended-capability-misaligned", "extended-capability-broken");
        assertThat(labels(express.raw(0x102, 2, 0x0401).build())).containsExactly("extended-capability-in-header");
        assertThat(labels(express.raw(0x100, 4, 0x00020001).build())).containsExactly("extended-space-aliased");
        assertThat(labels(express.raw(0x100, 4, 0xffffffffL).build())).containsExactly("extended-capability-broken");
    }

    private static List<String> labels(ConfigSpace space) {
        return space.capabilities().findings().stream().map(ConfigFinding::label).toList();
    }

    @Test
    void windowsAndBarsAreReadAsTheyWereBuilt() {
        ConfigSpaceBuilder bridge = ConfigSpace.builder(64).ids(1, 2).bridge(0, 1, 1);
        BridgeWindow io = new BridgeWindow(BridgeWindow.Kind.IO, 0x1_e000, 0x1_ffff, 32);
        BridgeWindow memory = new BridgeWindow(BridgeWindow.Kind.MEMORY, 0xf700_0000L, 0xf7ff_ffffL, 32);
        BridgeWindow high = new BridgeWindow(BridgeWindow.Kind.PREFETCHABLE, 0x38_0000_0000L, 0x3b_ffff_ffffL, 64);
        BridgeHeader read = bridge.window(io).window(memory).window(high).build().header().bridge().orElseThrow();
        assertThat(read.ioWindow()).contains(io);
        assertThat(read.memoryWindow()).contains(memory);
        assertThat(read.prefetchableWindow()).contains(high);
        BridgeWindow closed = new BridgeWindow(BridgeWindow.Kind.MEMORY, 0xfff0_0000L, 0xf_ffff, 32);
        assertThat(bridge.window(closed).build().header().bridge().orElseThrow().memoryWindow().orElseThrow().open()).isFalse();
        Bar wide = new Bar(0, Bar.Kind.MEMORY_64, true, 0x40_1000_0000L);
        Bar small = new Bar(2, Bar.Kind.MEMORY_32, false, 0xfe00_0000L);
        Bar ports = new Bar(5, Bar.Kind.IO, false, 0xe000);
        ConfigSpace endpoint = ConfigSpace.builder(64).ids(1, 2).bar(wide).bar(small).bar(ports).build();
        assertThat(endpoint.header().bars()).containsExactly(wide, small, ports);
    }

    @Test
    void checksNameWhatCannotBeBelieved() {
        assertThat(checks(ConfigSpace.builder(64).ids(0xffff, 0xffff).build())).containsExactly("no-answer");
        assertThat(checks(ConfigSpace.builder(64).ids(1, 2).set(ConfigHeader.HEADER_TYPE, 0x7f).build())).containsExactly("header-type-unknown");
        assertThat(checks(ConfigSpace.builder(64).ids(1, 2).classCode(0x060400).build())).containsExactly("class-against-header");
        assertThat(checks(ConfigSpace.builder(64).ids(1, 2).classCode(0x060400).bridge(0, 5, 3).build())).containsExactly("bus-numbers-inverted");
        assertThat(checks(ConfigSpace.builder(64).ids(1, 2).classCode(0x060400).bridge(2, 2, 2).build())).containsExactly("bus-below-itself");
        assertThat(checks(ConfigSpace.builder(64).ids(1, 2).raw(0x24, 4, 0xf000_0004L).build())).containsExactly("bar-without-upper-half");
        assertThat(checks(ConfigSpace.builder(64).ids(1, 2).raw(0x10, 4, 0xf000_0006L).build())).containsExactly("bar-type-reserved");
        ConfigSpaceBuilder express = ConfigSpace.builder(256).ids(1, 2);
        CapabilityBuilder port = express.capability(CapabilityKind.PCI_EXPRESS, 0x3c);
        port.set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, 2);
        assertThat(checks(express.build())).containsExactly("port-type-reserved");
        port.set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, PortType.ROOT_PORT.code());
        assertThat(checks(express.build())).containsExactly("port-type-against-header");
        assertThat(checks(express.classCode(0x060000).build())).isEmpty();
        ConfigSpaceBuilder vectors = ConfigSpace.builder(256).ids(1, 2);
        vectors.capability(CapabilityKind.MSI_X, 12).set(MsixCapability.TABLE, MsixCapability.BAR, 3);
        assertThat(checks(vectors.build())).containsExactly("msix-table-nowhere");
        assertThat(checks(vectors.bar(new Bar(3, Bar.Kind.MEMORY_32, false, 0xf000_0000L)).build())).isEmpty();
        assertThat(checks(port())).isEmpty();
    }

    private static List<String> checks(ConfigSpace space) {
        return ConfigChecks.of(space).stream().map(ConfigFinding::label).toList();
    }

    @Test
    void fieldsKeepTheirHandsOffEachOther() {
        Random random = new Random(5);
        for (CapabilityKind kind : CapabilityKind.values()) {
            for (ConfigRegister register : kind.registers()) {
                long union = register.reservedMask();
                for (BitField field : register.fields()) {
                    assertThat(union & field.mask()).as("%s.%s", register.name(), field.name()).isZero();
                    union |= field.mask();
                    long before = random.nextLong() & register.widthMask();
                    long value = field.get(random.nextLong());
                    assertThat(field.get(field.set(before, value))).isEqualTo(value);
                }
                assertThat(union).as(register.name()).isEqualTo(register.widthMask());
            }
        }
    }
}
