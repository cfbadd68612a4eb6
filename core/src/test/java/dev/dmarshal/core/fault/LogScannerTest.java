package dev.dmarshal.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogScannerTest {

    private static final List<String> LINES = List.of("usb 1-1: new high-speed USB device number 2 using xhci_hcd",
            "dmar_fault: 12 callbacks suppressed", "DMAR: DRHD: handling fault status reg 2",
                    "dmar: DMAR:[DMA Read] Request device [01:00.0] fault addr 41a6aa000 ",
            "DMAR:[fault reason 01] Present bit in root entry is clear",
            "DMAR: [DMA Write NO_PASID] Request device [00:1f.2] fault addr 0xfffff000 [fault reason 0x05] PTE Write access is not set",
            "Linux version 6.1.0-13-amd64 (build@host) #1 SMP", "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable",
            "vfio-pci 0000:01:00.0: not ready 65535ms after FLR; giving up", "iommu: Default domain type: Translated", "M", "MA", "v", "vf", "mm", "\rmmu\r",
                    "",
            "nvme 0000:02:00.0: some text of its own", "audit: type=1400 audit(1713261234.1:2): comm=\"x\"",
            "(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:1a.0] fault addr bdf4000", "(XEN) [VT-D]DMAR: reason 05 - PTE Write access is not set");

    private static byte[] log(Random random, int lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            String line = random.nextInt(8) == 0 ? LINES.get(random.nextInt(LINES.size())) : LINES.getFirst();
            text.append(line).append(random.nextInt(50) == 0 ? "\r\n" : "\n");
            if (random.nextInt(2000) == 0) {
                text.append("x".repeat(LogScanner.LONGEST_LINE + random.nextInt(20_000)));
                text.append(random.nextBoolean() ? " DMAR: IOMMU enabled\n" : "\n");
            }
        }
        return text.append("[    1.000000] DMAR: IOMMU ena").toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void theResultDoesNotDependOnTheCuts() {
        SeededCases.run(60, random -> {
            byte[] log = log(random, 3000);
            long thorough = random.nextBoolean() ? -1 : random.nextInt(60_000);
            Collected whole = Collected.cut(log, random, log.length, thorough);
            Collected pieces = Collected.cut(log, random, 1 + random.nextInt(30_000), thorough);
            assertThat(pieces.all).isEqualTo(whole.all);
            assertThat(pieces.totals).isEqualTo(whole.totals);
        });
    }

    @Test
    void selectiveFindsEveryFaultThatThoroughFinds() {
        SeededCases.run(40, random -> {
            byte[] log = log(random, 3000);
            Collected thorough = Collected.cut(log, random, 8192, -1);
            Collected selective = Collected.cut(log, random, 8192, 0);
            assertThat(selective.faults).isEqualTo(thorough.faults);
            assertThat(selective.totals.lines()).isEqualTo(thorough.totals.lines());
            assertThat(selective.totals.suppressed()).isLessThanOrEqualTo(thorough.totals.suppressed());
        });
    }

    @Test
    void randomBytesNeverThrow() {
        SeededCases.run(200, random -> {
            byte[] log = new byte[random.nextInt(40_000)];
            random.nextBytes(log);
            ScanTotals totals = Collected.cut(log, random, 5000, random.nextInt(3) - 1).totals;
            assertThat(totals.bytes()).isEqualTo(log.length);
        });
    }

    @Test
    void mutatedLogsNeverThrow() {
        SeededCases.run(150, random -> {
            byte[] log = log(random, 300);
            for (int i = 0; i < 200; i++) {
                log[random.nextInt(log.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = Arrays.copyOf(log, random.nextInt(log.length));
            assertThat(Collected.cut(cut, random, 5000, -1).totals.bytes()).isEqualTo(cut.length);
        });
    }

    @Test
    void totalsSayWhatWasNotText() {
        Collected log = Collected.of("\0\0\0[    1.000000] DMAR: IOMMU enabled", "a\0b\u0001c", "dmar_fault: 812287 callbacks suppressed");
        assertThat(log.messages).extracting(LogMessage::kind).containsExactly(MessageKind.IOMMU_ENABLED, MessageKind.CALLBACKS_SUPPRESSED);
        assertThat(log.totals.binaryBytes()).isEqualTo(2);
        assertThat(log.totals.suppressed()).isEqualTo(812287);
        assertThat(log.totals.lowerBounds()).isTrue();
        assertThat(log.totals.unended()).isFalse();
        assertThat(log.totals.lines()).isEqualTo(3);
        assertThat(log.totals.unknownLines()).isEqualTo(1);
    }

    @Test
    void faultLinesAllocateNothing() throws ReflectiveOperationException {
        byte[] fault = "[    1.234567] DMAR: [DMA Write NO_PASID] Request device [00:1f.2] fault addr 0xfffff000 [fault reason 0x05] text\n"
                .repeat(2000).getBytes(StandardCharsets.US_ASCII);
        byte[] pair = "[    1.234567] dmar: DMAR:[DMA Read] Request device [01:00.0] fault addr 41a6aa000\n[    1.234567] DMAR:[fault reason 01] Present\n"
                .repeat(2000).getBytes(StandardCharsets.US_ASCII);
        byte[] amd = "[    1.234567] ahci 0000:03:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0011 address=0xfd8f0000 flags=0x0020]\n"
                .repeat(2000).getBytes(StandardCharsets.US_ASCII);
        long[] addresses = new long[1];
        LogScanner scanner = new LogScanner(new LogSink() {
            @Override
            public void fault(FaultLine fault) {
                addresses[0] += fault.address();
            }

            @Override
            public void message(LogMessage message) {
                throw new AssertionError(message);
            }
        });
        // By reflection, since the module under test does not read java.management.
        Object threads = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
        Method allocated = Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
        long self = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 60; i++) {
            long before = (long) allocated.invoke(threads, self);
            scanner.scan(fault, 0, fault.length);
            scanner.scan(pair, 0, pair.length);
            scanner.scan(amd, 0, amd.length);
            least = Math.min(least, (long) allocated.invoke(threads, self) - before);
        }
        assertThat(addresses[0]).isNotZero();
        // 6000 faults: the few hundred bytes are the buffers' views, a constant for each call.
        assertThat(least).isLessThan(1000);
    }
}
