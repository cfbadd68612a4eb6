package dev.dmarshal.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.SourceId;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Lines of every era, typed by hand. */
class FaultFormatsTest {

    private static final SourceId CARD = SourceId.of(1, 0, 0);

    private static void dma(FaultEvent fault, SourceId source, long address, int reason, Access access) {
        assertThat(fault.kind()).isEqualTo(FaultKind.DMA);
        assertThat(fault.source()).contains(source);
        assertThat(fault.address()).hasValue(address);
        assertThat(fault.reason()).hasValue(reason);
        assertThat(fault.access()).isEqualTo(access);
    }

    @Test
    void linuxTwoLinesOfTheForumThread() {
        Collected log = Collected.of(
                "2014-04-25T09:37:53.595431+01:00 kvmhost kernel:     8.490167] dmar: DRHD: handling fault status reg 2",
                "2014-04-25T09:37:53.595431+01:00 kvmhost kernel:     8.490171] dmar: DMAR:[DMA Read] Request device [01:00.0] fault addr 41a6aa000",
                "2014-04-25T09:37:53.595431+01:00 kvmhost kernel:     8.490171] DMAR:[fault reason 01] Present bit in root entry is clear");
        assertThat(log.messages).extracting(LogMessage::kind).containsExactly(MessageKind.FAULT_STATUS);
        dma(log.faults.getFirst(), CARD, 0x41a6aa000L, 1, Access.READ);
        assertThat(log.faults.getFirst().time().orElseThrow().clock()).isEqualTo(LogTime.Clock.BOOT);
        assertThat(log.faults.getFirst().segment()).isEmpty();
        assertThat(log.faults.getFirst().line()).isEqualTo(2);
    }

    @Test
    void linuxTwoLinesOfAnInterrupt() {
        FaultEvent fault = Collected.of("dmar: INTR-REMAP: Request device [[61:00.0] fault index 42",
                "INTR-REMAP:[fault reason 34] Present field in the IRTE entry is clear")
                .only();
        assertThat(fault.kind()).isEqualTo(FaultKind.INTERRUPT);
        assertThat(fault.index()).hasValue(0x42);
        assertThat(fault.reason()).hasValue(34);
        assertThat(fault.source()).contains(SourceId.of(0x61, 0, 0));
        assertThat(fault.address()).isEmpty();
    }

    @Test
    void linuxTwoLinesWithOtherProcessorsBetween() {
        Collected log = Collected.of("[    8.490171] DMAR: DMAR:[DMA Write] Request device [03:00.0] fault addr fff80000 ",
                "[    8.490172] usb 1-1: new high-speed USB device number 2 using ehci-pci",
                "[    8.490173] INTR-REMAP: Request device [[f0:1f.0] fault index 0",
                "[    8.490174] INTR-REMAP:[fault reason 37] Blocked a compatibility format interrupt request",
                "[    8.490175] DMAR:[fault reason 05] PTE Write access is not set");
        assertThat(log.faults).extracting(FaultEvent::reason).containsExactly(OptionalInt.of(37), OptionalInt.of(5));
        dma(log.faults.get(1), SourceId.of(3, 0, 0), 0xfff80000L, 5, Access.WRITE);
        assertThat(log.totals.halves()).isZero();
    }

    @Test
    void aHalfAloneIsGivenWithoutReason() {
        Collected log = Collected.of("DMAR:[DMA Read] Request device [01:00.0] fault addr 1000");
        assertThat(log.only().reason()).isEmpty();
        assertThat(log.totals.halves()).isEqualTo(1);
        assertThat(Collected.of("DMAR:[fault reason 02] Present bit in context entry is clear").totals.halves()).isEqualTo(1);
    }

    @Test
    void linuxOneLineDecimal() {
        dma(Collected.of("[    1.234567] DMAR: [DMA Write] Request device [00:12.0] fault addr 0 [fault reason 05] PTE Write access is not set").only(),
                SourceId.of(0, 0x12, 0), 0, 5, Access.WRITE);
        FaultEvent interrupt = Collected.of(
                "DMAR: [INTR-REMAP] Request device [f0:1f.7] fault index 2a [fault reason 37] Blocked a compatibility format interrupt request")
                .only();
        assertThat(interrupt.reason()).hasValue(37);
        assertThat(interrupt.index()).hasValue(0x2a);
    }

    @Test
    void linuxWithPasidDecimal() {
        FaultEvent none = Collected.of(
                "DMAR: [DMA Read] Request device [00:02.0] PASID ffffffff fault addr 6c800000 [fault reason 06] PTE Read access is not set").only();
        dma(none, SourceId.of(0, 2, 0), 0x6c800000L, 6, Access.READ);
        assertThat(none.pasid()).isEmpty();
        FaultEvent some = Collected.of(
                "DMAR: [DMA Read] Request device [6a:01.0] PASID 2 fault addr 7f81c968d000 [fault reason 113] SM: Present bit is clear")
                .only();
        assertThat(some.pasid()).hasValue(2);
        assertThat(some.reason()).hasValue(0x71);
    }

    @Test
    void linuxHexadecimal() {
        dma(Collected.of("DMAR: [DMA Read NO_PASID] Request device [0x00:0x02.0] fault addr 0x9d800000 [fault reason 0x06] PTE Read access is not set").only(),
                SourceId.of(0, 2, 0), 0x9d800000L, 6, Access.READ);
        FaultEvent pasid = Collected.of(
                "DMAR: [DMA Write PASID 0x1f] Request device [6a:01.0] fault addr 0x7f0000001000 [fault reason 0x71] Present bit is clear")
                .only();
        dma(pasid, SourceId.of(0x6a, 1, 0), 0x7f0000001000L, 0x71, Access.WRITE);
        assertThat(pasid.pasid()).hasValue(0x1f);
        FaultEvent segment = Collected.of(
                "DMAR: [DMA Write NO_PASID] Request device [0001:80:14.7] fault addr 0xffffffff000 [fault reason 0x39] Unknown").only();
        assertThat(segment.segment()).hasValue(1);
        dma(segment, SourceId.of(0x80, 0x14, 7), 0xffffffff000L, 0x39, Access.WRITE);
    }

    @Test
    void xenOfEveryAge() {
        FaultEvent old = Collected.of("(XEN) [VT-D]DMAR:[DMA Read] Request device [02:00.1] fault addr 8f2c1000, iommu reg = ffff82c3fff57000",
                "(XEN) DMAR:[fault reason 0ah] non-zero reserved fields in RTP").only();
        assertThat(old.dialect()).isEqualTo(Dialect.XEN_VTD);
        dma(old, SourceId.of(2, 0, 1), 0x8f2c1000L, 0x0a, Access.READ);
        FaultEvent recent = Collected.of("(XEN) [2024-05-03 10:29:00.123] [VT-D]DMAR:[DMA Write] Request device [0000:00:1a.0] fault addr bdf4000",
                "(XEN) [2024-05-03 10:29:00.124] [VT-D]DMAR: reason 05 - PTE Write access is not set on iommu:1").only();
        assertThat(recent.segment()).hasValue(0);
        dma(recent, SourceId.of(0, 0x1a, 0), 0xbdf4000L, 5, Access.WRITE);
        FaultEvent interrupt = Collected.of("(XEN) [VT-D]INTR-REMAP: Request device [0000:f0:1f.0] fault index 25",
                "(XEN) [VT-D]INTR-REMAP: reason 22 - Present field in the IRTE entry is clear")
                .only();
        assertThat(interrupt.reason()).hasValue(0x22);
        assertThat(Collected.of("(XEN) [VT-D]UNKNOWN: Request device [0000:03:00.0] fault addr 1000",
                "(XEN) [VT-D]UNKNOWN: reason 39 - Unknown").only().reason()).hasValue(0x39);
    }

    @Test
    void amdOfEveryKind() {
        FaultEvent driver = Collected.of(
                "[   12.000001] ahci 0000:03:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0011 address=0xfd8f0000 flags=0x0020]").only();
        assertThat(driver.dialect()).isEqualTo(Dialect.LINUX_AMD_VI);
        assertThat(driver.driver()).contains("ahci");
        assertThat(driver.source()).contains(SourceId.of(3, 0, 1));
        assertThat(driver.domain()).hasValue(0x11);
        assertThat(driver.access()).isEqualTo(Access.WRITE);
        FaultEvent plain = Collected.of("AMD-Vi: Event logged [IO_PAGE_FAULT device=05:00.0 domain=0x0000 address=0x00000000fee00000 flags=0x0008]").only();
        assertThat(plain.kind()).isEqualTo(FaultKind.INTERRUPT);
        assertThat(plain.address()).isEqualTo(OptionalLong.of(0xfee00000L));
        FaultEvent unit = Collected.of("iommu ivhd0: AMD-Vi: Event logged [IOTLB_INV_TIMEOUT device=0000:0a:00.0 address=0x40a1d0]").only();
        assertThat(unit.kind()).isEqualTo(FaultKind.UNIT);
        assertThat(unit.amdEvent()).contains("IOTLB_INV_TIMEOUT");
        FaultEvent xen = Collected.of("(XEN) AMD-Vi: IO_PAGE_FAULT: 0000:0b:00.3 d1 addr 00000000bdf0a000 flags 0x8 I").only();
        assertThat(xen.dialect()).isEqualTo(Dialect.XEN_AMD_VI);
        assertThat(xen.domain()).hasValue(1);
        FaultEvent oldXen = Collected.of("(XEN) AMD-Vi: IO_PAGE_FAULT: domain = 3, device id = 0x0140, fault address = 0xfdf8020000, flags = 0x8").only();
        assertThat(oldXen.source()).contains(new SourceId(0x140));
    }

    @Test
    void whatIsNoRequesterIdIsKeptAsSaid() {
        FaultEvent fault = Collected.of("DMAR: [DMA Read] Request device [00:20.0] fault addr 1000 [fault reason 06] PTE Read access is not set").only();
        assertThat(fault.source()).isEmpty();
        assertThat(fault.oddSource()).contains("00:20.0");
        assertThat(Collected.of("DMAR: [DMA Read] Request device [01:00.0] fault addr 1000 [fault reason 250] Unknown").only().reason()).hasValue(250);
    }
}
