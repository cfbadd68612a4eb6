package dev.dmarshal.host.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogSink;
import dev.dmarshal.host.Reading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveLogTest {

    private static final String FAULT = "DMAR: [DMA Write NO_PASID] Request device [02:00.0] fault addr 0x1000 [fault reason 0x05] PTE Write access is not set";

    private final BlockingQueue<FaultEvent> faults = new LinkedBlockingQueue<>();
    private final List<Long> lost = new ArrayList<>();
    private final LogSink sink = new LogSink() {
        @Override
        public void fault(FaultLine fault) {
            faults.add(fault.toEvent());
        }

        @Override
        public void message(LogMessage message) {
            // Only faults are counted here.
        }
    };

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private FaultEvent next() throws InterruptedException {
        FaultEvent event = faults.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("a fault within 20 s").isNotNull();
        return event;
    }

    /** Gives one record a read; an empty one stands for EPIPE. */
    private static InputStream device(String... records) {
        Deque<String> left = new ArrayDeque<>(List.of(records));
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                if (left.isEmpty()) {
                    return -1;
                }
                byte[] record = bytes(left.poll());
                if (record.length == 0) {
                    throw new IOException("Broken pipe");
                }
                System.arraycopy(record, 0, into, from, record.length);
                return record.length;
            }
        };
    }

    @Test
    void kernelRecordsBecomeLinesAndGapsAreCounted() throws Exception {
        LogSummary summary = LiveLog.read(new KernelRing(device("3,10,8490167,-;" + FAULT + "\n SUBSYSTEM=pci\n DEVICE=+pci:0000:02:00.0\n", "",
                "3,15,9000001,-;" + FAULT + "\n", "4,16,9000002,c;a line\n"), lost::add), sink);
        assertThat(summary.damage()).isEmpty();
        assertThat(next().time().orElseThrow().nanos()).isEqualTo(8_490_167_000L);
        assertThat(next().time().orElseThrow().nanos()).isEqualTo(9_000_001_000L);
        assertThat(faults).isEmpty();
        assertThat(lost).containsExactly(4L);
        assertThat(summary.totals().lines()).isEqualTo(3);
    }

    @Test
    void oddKernelRecordsDoNoHarm() {
        LogSummary summary = LiveLog.read(new KernelRing(device("no semicolon", ";", "x,y,z,-;" + FAULT, "1;2;3", "3,,99999999999999999999,-;" + FAULT),
                lost::add), sink);
        assertThat(summary.totals().lines()).isEqualTo(5);
        assertThat(faults).hasSize(2);
        assertThat(lost).isEmpty();
    }

    @Test
    void aLineIsGivenBeforeTheNextIsWaitedFor() throws Exception {
        try (PipedOutputStream out = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(out)) {
            Thread reader = Thread.ofVirtual().start(() -> LiveLog.read(in, sink));
            out.write(bytes(FAULT + "\n"));
            out.flush();
            assertThat(next().source().orElseThrow().toString()).isEqualTo("02:00.0");
            assertThat(reader.isAlive()).isTrue();
        }
    }

    @Test
    void entriesOfTheJournalAreGivenToo() throws Exception {
        String entry = "{\"__MONOTONIC_TIMESTAMP\":\"8490167\",\"MESSAGE\":\"" + FAULT + "\"}\n";
        LogSummary summary = LiveLog.read(new ByteArrayInputStream(bytes(entry + entry)), sink);
        assertThat(summary.encoding()).isEqualTo(LogEncoding.JOURNAL_JSON);
        assertThat(faults).hasSize(2);
        String export = "__CURSOR=s=1\n__MONOTONIC_TIMESTAMP=8490167\nMESSAGE=" + FAULT + "\n\n";
        assertThat(LiveLog.read(new ByteArrayInputStream(bytes(export)), sink).totals().faults()).isEqualTo(1);
    }

    @Test
    void aFileIsFollowedThroughGrowthTruncationAndRotation(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("log"), bytes(FAULT + "\n" + FAULT + "\n"));
        try (GrowingFile in = new GrowingFile(file)) {
            Thread reader = Thread.ofVirtual().start(() -> LiveLog.read(in, sink));
            next();
            next();
            Files.write(file, bytes(FAULT.replace("02:00.0", "03:00.0") + "\n"), StandardOpenOption.APPEND);
            assertThat(next().source().orElseThrow().toString()).isEqualTo("03:00.0");
            Files.write(file, bytes(FAULT.replace("02:00.0", "04:00.0") + "\n"));
            assertThat(next().source().orElseThrow().toString()).isEqualTo("04:00.0");
            Files.move(file, folder.resolve("log.1"));
            Files.write(file, bytes(FAULT.replace("02:00.0", "05:00.0") + "\n"));
            assertThat(next().source().orElseThrow().toString()).isEqualTo("05:00.0");
            reader.interrupt();
            reader.join();
        }
    }

    @Test
    void xensRingGivesWhatIsNewAndSaysWhenItWentRound() throws Exception {
        String first = "(XEN) one\n(XEN) two\n";
        String second = first + "(XEN) three\n";
        String third = "(XEN) three\n(XEN) four\n";
        String fourth = "(XEN) nine\n(XEN) ten\n";
        String old = "x".repeat(3000) + "\n";
        Deque<String> answers = new ArrayDeque<>(List.of(first, second, second, old + second.repeat(300) + third, fourth));
        XenConsole console = new XenConsole(() -> answers.isEmpty() ? new Reading.Denied<>("xl dmesg", "gone")
                : new Reading.Present<>("xl dmesg", bytes(answers.poll())), lost::add, 1);
        StringBuilder text = new StringBuilder();
        byte[] block = new byte[64];
        try {
            while (true) {
                text.append(new String(block, 0, console.read(block), StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("gone");
        }
        assertThat(text.toString()).startsWith(second).endsWith("(XEN) four\n" + fourth);
        assertThat(lost).containsExactly(1L);
    }
}
