package dev.dmarshal.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The same fault behind every prefix that loggers write. */
class LinePrefixTest {

    private static final String FAULT = "DMAR: [DMA Read] Request device [01:00.0] fault addr 1000 [fault reason 06] PTE Read access is not set";

    private static Optional<LogTime> time(String prefix) {
        FaultEvent fault = Collected.of(prefix + FAULT).only();
        assertThat(fault.reason()).hasValue(6);
        return fault.time();
    }

    private static Optional<LogTime> boot(long nanos) {
        return Optional.of(new LogTime(LogTime.Clock.BOOT, nanos));
    }

    @Test
    void timesSinceBoot() {
        assertThat(time("[    1.234567] ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("<4>[    1.234567] ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("[    1.234567][    T7] ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("[    1.234567] [  C1] ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("[    1.234567] host kernel: ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("kern  :err   : [    1.234567] ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("Apr 25 09:37:53 host kernel: [    1.234567] ")).isEqualTo(boot(1_234_567_000L).map(time -> time));
        assertThat(time("\u001b[32m[    1.234567] \u001b[0m\u001b[31m")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("> [    1.234567] ")).isEqualTo(boot(1_234_567_000L));
        assertThat(time("\r[    1.234567] ")).isEqualTo(boot(1_234_567_000L));
    }

    @Test
    void wallTimes() {
        long instant = 1398415073L * 1_000_000_000L + 595_431_000L;
        assertThat(time("2014-04-25T09:37:53,595431+01:00 ")).contains(new LogTime(LogTime.Clock.WALL, instant));
        assertThat(time("2014-04-25T09:37:53.595431+0100 host kernel: ")).contains(new LogTime(LogTime.Clock.WALL, instant));
        assertThat(time("2014-04-25T08:37:53.595431Z ")).contains(new LogTime(LogTime.Clock.WALL, instant));
        assertThat(time("[Fri Apr 25 08:37:53 2014] ")).contains(new LogTime(LogTime.Clock.WALL, 1398415073L * 1_000_000_000L));
        assertThat(time("Apr 25 09:37:53 host kernel: ").orElseThrow().clock()).isEqualTo(LogTime.Clock.WALL_WITHOUT_YEAR);
        assertThat(time("Apr  5 09:37:53.123456 host kernel: ").orElseThrow().clock()).isEqualTo(LogTime.Clock.WALL_WITHOUT_YEAR);
    }

    @Test
    void prefixesWithoutTime() {
        assertThat(time("")).isEmpty();
        assertThat(time("<6>")).isEmpty();
        assertThat(time("[  +0.000012] ")).isEmpty();
        assertThat(time("[Apr25 09:37] ")).isEmpty();
        assertThat(time("    MESSAGE=")).isEmpty();
        assertThat(time("kernel: ")).isEmpty();
    }

    @Test
    void aMessageInsideALineIsFound() {
        Collected log = Collected.of("[    0.911111] pci 0000:00:14.0: Adding to[    0.912222] pci 0000:00:14.2: Adding to iommu group 5",
                "progress 10%\rprogress 20%\r[    3.000000] DMAR: IOMMU enabled");
        assertThat(log.messages).extracting(LogMessage::kind).containsExactly(MessageKind.DEVICE_OTHER, MessageKind.GROUP_ADD, MessageKind.IOMMU_ENABLED);
        assertThat(log.messages.get(1).field("group")).contains("5");
    }

    @Test
    void dmesgIsoTimesDoNotEatDrivers() {
        Collected log = Collected.of("2014-04-25T09:37:53,595431+01:00 vfio-pci 0000:01:00.0: not ready 65535ms after FLR; giving up",
                "2014-04-25T09:37:53,595431+01:00 Command line: intel_iommu=on");
        assertThat(log.messages).extracting(LogMessage::kind).containsExactly(MessageKind.RESET_NOT_READY, MessageKind.COMMAND_LINE);
        assertThat(log.messages.getFirst().device().orElseThrow()).hasToString("0000:01:00.0");
    }
}
