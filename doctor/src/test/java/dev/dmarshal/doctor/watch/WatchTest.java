package dev.dmarshal.doctor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.fault.LogScanner;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.doctor.watch.Notice.Change;
import dev.dmarshal.doctor.watch.Notice.End;
import dev.dmarshal.doctor.watch.Notice.Loss;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final long SECOND = 1_000_000_000L;

    private long now = 5 * SECOND;
    private final List<Notice> said = new ArrayList<>();
    private final Watch watch = new Watch("log", () -> now, said::add);
    private final LogScanner scanner = new LogScanner(watch);

    private void line(String text) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        scanner.scan(bytes, 0, bytes.length);
    }

    private static String fault(String device, long address) {
        return "DMAR: [DMA Write NO_PASID] Request device [" + device + "] fault addr 0x" + Long.toHexString(address)
                + " [fault reason 0x05] PTE Write access is not set";
    }

    private <T> List<T> said(Class<T> kind) {
        return said.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void startsOnceAndEndsWhenItIsQuiet() {
        line("[   10.000000] " + fault("02:00.0", 0x1000));
        line("[   10.100000] " + fault("02:00.0", 0x1000));
        now += Watch.QUIET_NANOS - 1;
        watch.tick();
        assertThat(said).hasSize(1);
        now++;
        watch.tick();
        assertThat(said).hasSize(2);
        Notice.Started started = (Notice.Started) said.getFirst();
        assertThat(started.round()).isEqualTo(1);
        assertThat(started.faults().says()).isEqualTo("DMA write from 02:00.0 at 0x1000: reason 05h, " + started.faults().reason().orElseThrow().meaning());
        Notice.Ended ended = (Notice.Ended) said.getLast();
        assertThat(ended.why()).isEqualTo(End.QUIET);
        assertThat(ended.faults().count()).isEqualTo(2);
        assertThat(ended.lower().lowerBound()).isFalse();
        line("[   90.000000] " + fault("02:00.0", 0x2000));
        assertThat(said(Notice.Started.class).getLast().round()).isEqualTo(2);
        assertThat(said(Notice.Started.class).getLast().faults().count()).isEqualTo(1);
    }

    @Test
    void anOldLogEndsItsPatternsByItsOwnClock() {
        line("[   10.000000] " + fault("02:00.0", 0x1000));
        line("[   30.000000] " + fault("03:00.0", 0x1000));
        assertThat(said(Notice.Ended.class)).singleElement().satisfies(ended -> {
            assertThat(ended.faults().source().orElseThrow().toString()).isEqualTo("02:00.0");
            assertThat(ended.why()).isEqualTo(End.QUIET);
        });
    }

    @Test
    void changesAreMoreAndWider() {
        for (int i = 0; i < 100; i++) {
            line("[   10.000000] " + fault("02:00.0", 0x1000));
        }
        assertThat(said(Notice.Changed.class)).extracting(Notice.Changed::how).containsExactly(Change.MORE, Change.MORE);
        for (int i = 0; i < 40; i++) {
            line("[   10.000000] " + fault("02:00.0", 0x1000 * (i + 1L)));
        }
        assertThat(said(Notice.Changed.class)).extracting(Notice.Changed::how).containsExactly(Change.MORE, Change.MORE, Change.SEVERAL, Change.MANY);
        assertThat(said(Notice.Changed.class).getLast().faults().highest()).hasValue(0x11_000);
    }

    @Test
    void anotherReasonDirectionOrKindIsAnotherPattern() {
        line(fault("02:00.0", 0x1000));
        line(fault("02:00.0", 0x1000).replace("Write NO", "Read NO"));
        line(fault("02:00.0", 0x1000).replace("0x05", "0x06"));
        line("DMAR: [INTR-REMAP] Request device [02:00.0] fault index 0x2a [fault reason 0x22] Present field in the IRTE entry is clear");
        assertThat(said(Notice.Started.class)).hasSize(4);
        assertThat(said).hasSize(4);
    }

    @Test
    void whatTheKernelLeavesOutBelongsToTheOnlyPatternOrIsShared() {
        line("[   10.000000] " + fault("02:00.0", 0x1000));
        line("[   11.000000] dmar_fault: 421 callbacks suppressed");
        line("[   12.000000] net_ratelimit: 99 callbacks suppressed");
        line("[   12.000000] " + fault("03:00.0", 0x1000));
        line("[   13.000000] dmar_fault: 79 callbacks suppressed");
        WatchTotals totals = watch.finish();
        assertThat(totals.rateLimit()).isEqualTo(500);
        assertThat(totals.lowerBound()).isTrue();
        assertThat(said(Notice.Lost.class)).extracting(Notice.Lost::what).containsOnly(Loss.RATE_LIMIT);
        assertThat(said(Notice.Lost.class)).extracting(Notice.Lost::count).as("the second waits for the interval, and is said in the end")
                .containsExactly(421L, 79L);
        assertThat(said(Notice.Ended.class)).extracting(Notice.Ended::lower).containsExactlyInAnyOrder(new Notice.LeftOut(421, 79, false),
                new Notice.LeftOut(0, 79, false));
        assertThat(said.getLast()).isEqualTo(new Notice.Summary(totals));
    }

    @Test
    void lostLinesAndOverflownRecordsMakeLowerBounds() {
        line("[   10.000000] " + fault("02:00.0", 0x1000));
        line("[   10.000000] DMAR: DRHD: handling fault status reg 2");
        assertThat(watch.totals().lowerBound()).isFalse();
        line("[   10.000000] DMAR: DRHD: handling fault status reg 3");
        watch.lost(17);
        line("[   10.500000] ** 5 printk messages dropped **");
        WatchTotals totals = watch.finish();
        assertThat(totals.overflows()).isEqualTo(1);
        assertThat(totals.logLost()).isEqualTo(22);
        assertThat(said(Notice.Ended.class)).singleElement().satisfies(ended -> assertThat(ended.lower().losses()).isTrue());
    }

    @Test
    void anotherBootEndsAll() {
        line("[   10.000000] " + fault("02:00.0", 0x1000));
        line("[    0.000000] Linux version 6.1.0-18-amd64 (build@host) #1 SMP");
        assertThat(said(Notice.Ended.class)).singleElement().satisfies(ended -> assertThat(ended.why()).isEqualTo(End.BOOT));
    }

    @Test
    void aMillionFaultsOfManyPatternsAreBoundedAndSaySo() {
        Set<String> requesters = new HashSet<>();
        for (int i = 0; i < 1_000_000; i++) {
            int id = i * 7919 & 0xffff;
            String device = new SourceId(id).toString();
            requesters.add(device);
            line("[   10.000000] " + fault(device, i * 4096L));
            now += 10_000;
        }
        assertThat(watch.remembered()).hasSize(Watch.MOST_PATTERNS);
        assertThat(requesters).hasSize(65_536);
        WatchTotals totals = watch.finish();
        assertThat(totals.faults()).isEqualTo(1_000_000);
        assertThat(totals.evicted()).isGreaterThan(60_000);
        assertThat(totals.active()).isZero();
        assertThat(totals.heldBack()).isPositive();
        // 10 s at 10 a second after the burst, and a line a second on what was held back.
        assertThat(said.size()).isLessThan(Limiter.BURST + 10 * Limiter.PER_SECOND + 20);
        long started = said(Notice.Started.class).size() + said(Notice.HeldBack.class).stream().mapToLong(Notice.HeldBack::started).sum();
        assertThat(started).as("every start is said or counted as held back").isEqualTo(totals.patterns());
    }

    @Test
    void aStormOfOnePatternIsAFewLines() {
        for (int i = 0; i < 1_000_000; i++) {
            line("[   10.000000] " + fault("02:00.0", (i & 0xffff) * 4096L));
            now += 10_000;
        }
        watch.finish();
        assertThat(said).hasSize(1 + 2 + 6 + 1 + 1);
        assertThat(said(Notice.Ended.class).getFirst().faults().count()).isEqualTo(1_000_000);
    }

    @Test
    void metricsAreInPrometheusTextForm() {
        line(fault("02:00.0", 0x1000));
        line(fault("02:00.0", 0x1000));
        line("AMD-Vi: Event logged [IO_PAGE_FAULT device=03:00.0 domain=0x0001 address=0x1000 flags=0x0000]");
        String text = Exposition.of(watch);
        assertThat(text).contains("dmarshal_faults_total 3\n", "dmarshal_fault_patterns_active 2\n",
                "device=\"0000:02:00.0\",segment_said=\"false\",access=\"write\",reason=\"5\",event=\"\",pasid_said=\"false\"} 2\n", "event=\"IO_PAGE_FAULT\"");
        assertThat(text.lines().filter(line -> !line.startsWith("#"))).allMatch(line -> line.matches("[a-z_]+(\\{([a-z_]+=\"[^\"\\\\]*\",?)*})? [0-9]+"));
        Set<String> series = new HashSet<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> assertThat(series.add(line.substring(0, line.lastIndexOf(' ')))).as(line).isTrue());
    }
}
