package dev.dmarshal.host.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogSink;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.host.Reading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class LogReaderTest {

    private static final String FAULT = "[    1.000000] DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x41a6aa000 [fault reason 0x06] text\n";

    @TempDir
    private Path folder;

    private final List<FaultEvent> faults = new ArrayList<>();
    private final List<LogMessage> messages = new ArrayList<>();
    private final LogSink sink = new LogSink() {
        @Override
        public void fault(FaultLine fault) {
            faults.add(fault.toEvent());
        }

        @Override
        public void message(LogMessage message) {
            messages.add(message);
        }
    };

    private LogSummary read(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("log"), bytes);
        int before = faults.size();
        Reading<LogSummary> reading = LogReader.read(file, sink);
        assertThat(reading).isInstanceOf(Reading.Present.class);
        LogSummary summary = ((Reading.Present<LogSummary>) reading).value();
        int found = faults.size();
        Reading<LogSummary> stream = LogReader.read("-", new ByteArrayInputStream(bytes), sink);
        assertThat(((Reading.Present<LogSummary>) stream).value()).isEqualTo(summary);
        assertThat(faults.size() - found).isEqualTo(found - before);
        return summary;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] xz(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options())) {
            xz.write(plain);
        }
        return out.toByteArray();
    }

    @Test
    void theSameLogInEveryPacking() throws IOException {
        byte[] plain = FAULT.repeat(50).getBytes(StandardCharsets.US_ASCII);
        assertThat(read(plain).encoding()).isEqualTo(LogEncoding.TEXT);
        assertThat(read(gzip(plain)).encoding()).isEqualTo(LogEncoding.GZIP);
        assertThat(read(Zstd.compress(plain)).encoding()).isEqualTo(LogEncoding.ZSTD);
        assertThat(read(xz(plain)).encoding()).isEqualTo(LogEncoding.XZ);
        assertThat(faults).hasSize(8 * 50);
    }

    @Test
    void damageEndsReadingAndKeepsWhatWasFound() throws IOException {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 5000; i++) {
            text.append("noise ").append(random.nextLong()).append('\n').append(FAULT);
        }
        byte[] plain = text.toString().getBytes(StandardCharsets.US_ASCII);
        for (byte[] packed : List.of(gzip(plain), Zstd.compress(plain), xz(plain))) {
            faults.clear();
            LogSummary summary = read(Arrays.copyOf(packed, packed.length * 3 / 4));
            assertThat(summary.damage()).isPresent();
            if (summary.encoding() != LogEncoding.XZ) {
                assertThat(summary.totals().faults()).isPositive();
            }
        }
        for (byte[] magic : List.of(new byte[] {0x1f, (byte) 0x8b}, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, 
                new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0})) {
            assertThat(read(magic).damage()).isPresent();
        }
        assertThat(read("LPKSHHRH".getBytes(StandardCharsets.US_ASCII)).damage()).isPresent();
    }

    @Test
    void journalJson() throws IOException {
        String entries = """
                {"__MONOTONIC_TIMESTAMP":"99","_SOURCE_MONOTONIC_TIMESTAMP":"8490171","_TRANSPORT":"kernel","MESSAGE":"DMAR: IOMMU enabled","X":["a",{"b":1}]}
                {"MESSAGE":[68,77,65,82,58,32,73,79,77,77,85,32,101,110,97,98,108,101,100]}
                {"MESSAGE":null}
                {"MESSAGE":"two\\nDMAR: IOMMU enabled"}
                """;
        assertThat(read(entries.getBytes(StandardCharsets.UTF_8)).damage()).isEmpty();
        assertThat(messages).hasSize(6).extracting(LogMessage::kind).containsOnly(MessageKind.IOMMU_ENABLED);
        assertThat(messages.getFirst().time()).contains(new LogTime(LogTime.Clock.BOOT, 8_490_171_000L));
        messages.clear();
        read("{\"__REALTIME_TIMESTAMP\":\"1700000000123456\",\"MESSAGE\":\"DMAR: IOMMU enabled\"}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(messages).isNotEmpty().extracting(LogMessage::time)
                .containsOnly(Optional.of(new LogTime(LogTime.Clock.WALL, 1_700_000_000_123_456_000L)));
        assertThat(read((entries + "{\"MESSAGE\":\"cut").getBytes(StandardCharsets.UTF_8)).damage()).isPresent();
    }

    @Test
    void largeFilesAreReadSelectivelyAndLoseNoFault() throws IOException {
        StringBuilder text = new StringBuilder("Linux version 6.1.0 (a@b) #1\n");
        String noise = "[    2.000000] systemd[1]: Started Session 1 of user root.\n";
        int wanted = 0;
        while (text.length() < LogReader.THOROUGH_BYTES + (1 << 20)) {
            text.append(noise.repeat(200)).append(FAULT);
            wanted++;
        }
        Path file = Files.writeString(folder.resolve("large"), text);
        LogSummary summary = ((Reading.Present<LogSummary>) LogReader.read(file, sink)).value();
        assertThat(faults).hasSize(wanted);
        assertThat(summary.totals().skippedLines()).isPositive();
        assertThat(summary.totals().lines()).isEqualTo(1 + 201L * wanted);
        assertThat(faults.getLast().line()).isEqualTo(1 + 201L * wanted);
    }

    @Test
    void aLaterBootInALargeFileIsNoticed() throws IOException {
        StringBuilder text = new StringBuilder("Linux version 6.1.0 (a@b) #1\n");
        String noise = "[    2.000000] systemd[1]: Started Session 1 of user root.\n";
        while (text.length() < LogReader.THOROUGH_BYTES + (1 << 20)) {
            text.append(noise.repeat(500));
        }
        text.append("[    0.000000] Linux version 6.12.3 (a@b) #1\n[    0.000000] Command line: root=/dev/sda1 intel_iommu=on\n").append(noise.repeat(9000));
        Path file = Files.writeString(folder.resolve("boots"), text);
        assertThat(LogReader.read(file, sink)).isInstanceOf(Reading.Present.class);
        assertThat(messages).extracting(LogMessage::kind).containsExactly(MessageKind.LINUX_VERSION, MessageKind.LINUX_VERSION, MessageKind.COMMAND_LINE);
    }

    @Test
    void benchLogsHoldTheFaultsTheySay() throws IOException {
        Path sparse = folder.resolve("sparse");
        long wanted = BenchLogs.write(sparse, LogReader.THOROUGH_BYTES + (1 << 20), 1000, 1);
        assertThat(LogReader.read(sparse, sink)).isInstanceOf(Reading.Present.class);
        assertThat(faults).hasSize((int) wanted);
        Path dense = folder.resolve("dense");
        wanted += BenchLogs.write(dense, 1 << 20, 1, 2);
        assertThat(LogReader.read(dense, sink)).isInstanceOf(Reading.Present.class);
        assertThat(faults).hasSize((int) wanted);
    }

    @Test
    void whatCannotBeOpenedIsSaid() {
        assertThat(LogReader.read(folder.resolve("none"), sink)).isInstanceOf(Reading.Absent.class);
        assertThat(LogReader.read(folder, sink)).isInstanceOf(Reading.Malformed.class);
    }
}
