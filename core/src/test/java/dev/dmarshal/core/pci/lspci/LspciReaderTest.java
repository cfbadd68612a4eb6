package dev.dmarshal.core.pci.lspci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.EnhancedAllocationCapability;
import dev.dmarshal.core.pci.config.ExpansionRom;
import dev.dmarshal.core.pci.config.PciCapability;
import dev.dmarshal.core.pci.config.PcieCapability;
import dev.dmarshal.core.pci.config.ResetMethod;
import dev.dmarshal.core.pci.config.ResizableBarCapability;
import dev.dmarshal.core.pci.config.Resources;
import dev.dmarshal.core.pci.config.SriovCapability;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LspciReaderTest {

    private static final Sbdf CARD = new Sbdf(0, 1, 0, 0);

    private static ConfigSpace card() {
        return ConfigSpace.builder(256).ids(0x1234, 0x5678).bar(new Bar(0, Bar.Kind.MEMORY_64, true, 0x60_0000_0000L))
                .bar(new Bar(2, Bar.Kind.MEMORY_32, false, 0xf700_0000L)).bar(new Bar(4, Bar.Kind.IO, false, 0xe000)).build();
    }

    @Test
    void whatWasWrittenIsRead() {
        ConfigSpace big = ConfigSpace.builder(4096).ids(1, 2).raw(0xff0, 4, 0x12345678).build();
        ConfigSpace small = ConfigSpace.of(Arrays.copyOf(card().toBytes(), 64));
        Sbdf far = new Sbdf(0x10000, 0xe1, 0x1f, 7);
        String text = LspciWriter.write(CARD, "Something", big) + LspciWriter.write(far, "Else", small);
        LspciListing listing = LspciReader.read(text);
        assertThat(listing.skipped()).isEmpty();
        assertThat(listing.devices()).extracting(LspciDevice::address).containsExactly(CARD, far);
        assertThat(listing.devices()).extracting(LspciDevice::space).containsExactly(big, small);
        assertThat(listing.devices().get(1).title()).isEqualTo("Else");
    }

    @Test
    void textAroundTheDumpTellsSizesDriverAndGroup() {
        String dump = LspciWriter.write(CARD, "x", card()).substring("0000:01:00.0 x\n".length());
        String text = """
                > 01:00.0 Ethernet controller [0200]: Example [1234:5678] (rev 01)
                > \tNUMA node: 1
                > \tIOMMU group: 17
                > \tRegion 0: Memory at 6000000000 (64-bit, prefetchable) [size=32M]
                > \tMemory at f7000000 (32-bit, non-prefetchable) [disabled] [size=512]
                > \tI/O ports at e000 [size=32]
                > \tExpansion ROM at <unassigned> [disabled] [size=512K]
                > \tCapabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)
                > \t\tRegion 3: Memory at 0000006100000000 (64-bit, prefetchable)
                > \tKernel driver in use: vfio-pci
                > \tKernel modules: one, two
                """ + dump + "100: 00 11 zz\nffff: 00\n";
        LspciListing listing = LspciReader.read(text);
        LspciDevice device = listing.devices().getFirst();
        assertThat(device.address()).isEqualTo(CARD);
        assertThat(device.group()).hasValue(17);
        assertThat(device.numaNode()).hasValue(1);
        assertThat(device.driver()).contains("vfio-pci");
        assertThat(device.modules()).containsExactly("one", "two");
        assertThat(device.space()).isEqualTo(card());
        assertThat(device.resources().sizes()).containsOnly(java.util.Map.entry(0, 32L << 20), java.util.Map.entry(2, 512L), java.util.Map.entry(4, 32L),
                java.util.Map.entry(Resources.ROM, 512L << 10));
        assertThat(listing.skipped()).hasSize(1);
    }

    @Test
    void sysfsTellsSizesToo() {
        String text = """
                0x0000006000000000 0x0000006001ffffff 0x000000000014220c
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x00000000f7000000 0x00000000f7003fff 0x0000000000040200
                nonsense
                """;
        Resources resources = Resources.ofSysfs(text);
        assertThat(resources.size(0)).hasValue(0x2000000);
        assertThat(resources.size(1)).isEmpty();
        assertThat(resources.size(2)).hasValue(0x4000);
        assertThat(resources.size(3)).isEmpty();
    }

    /** Every decoder ends, whatever the bytes and whatever the text. */
    @Test
    void decodersEndOnAnyBytes() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        for (int i = 0; i < 400; i++) {
            Random random = new Random(seed + i);
            try {
                ConfigSpace space = mutated(random);
                decode(space);
                String text = LspciWriter.write(CARD, "t", space);
                assertThat(LspciReader.read(text).devices().getFirst().space()).isEqualTo(space);
                char[] broken = text.toCharArray();
                for (int k = 0; k < 30; k++) {
                    broken[random.nextInt(broken.length)] = (char) random.nextInt(1, 256);
                }
                LspciReader.read(new String(broken)).devices().forEach(device -> decode(device.space()));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("case fails with -Dseed=" + (seed + i), e);
            }
        }
    }

    private static ConfigSpace mutated(Random random) {
        int size = new int[] {64, 256, 4096}[random.nextInt(3)];
        byte[] bytes = card().toBytes();
        bytes = Arrays.copyOf(bytes, size);
        bytes[0x06] |= 0x10;
        bytes[0x34] = (byte) random.nextInt(256);
        for (int k = 0; k < size / (1 + random.nextInt(8)); k++) {
            int at = random.nextInt(size);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(0x15) : random.nextInt(256));
        }
        if (size > 256) {
            for (int at = 0x100; at < size; at += 0x40) {
                bytes[at] = (byte) random.nextInt(0x32);
                bytes[at + 1] = 0;
                bytes[at + 2] = (byte) random.nextInt(256);
                bytes[at + 3] = (byte) random.nextInt(256);
            }
        }
        return ConfigSpace.of(bytes);
    }

    private static void decode(ConfigSpace space) {
        CapabilityList list = space.capabilities();
        assertThat(list.all().stream().map(PciCapability::offset).distinct().count()).isEqualTo(list.all().size());
        for (PciCapability at : list.all()) {
            at.kind().ifPresent(kind -> kind.registers().forEach(at::read));
            if (at.is(CapabilityKind.RESIZABLE_BAR)) {
                assertThat(new ResizableBarCapability(at).entries().size()).isLessThanOrEqualTo(6);
            }
            if (at.is(CapabilityKind.ENHANCED_ALLOCATION)) {
                assertThat(new EnhancedAllocationCapability(at).entries().size()).isLessThanOrEqualTo(63);
            }
            if (at.is(CapabilityKind.SRIOV)) {
                assertThat(new SriovCapability(at).bars().size()).isLessThanOrEqualTo(6);
                new SriovCapability(at).routingOffsets(8);
            }
        }
        PcieCapability.of(list).ifPresent(pcie -> assertThat(pcie.registers()).isNotEmpty());
        Arrays.stream(ResetMethod.values()).forEach(method -> assertThat(method.of(list)).isNotNull());
        space.header().bars();
        ExpansionRom.of(space);
        space.header().bridge().ifPresent(bridge -> assertThat(bridge.ioWindow()).isNotNull());
        space.header().cardBus().ifPresent(bridge -> assertThat(bridge.windows()).isNotNull());
    }
}
