package dev.dmarshal.doctor.kdump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.fault.LogScanner;
import dev.dmarshal.host.iommu.Answer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CrashAnalysisTest {

    private static final String CRASH_BOOT = """
            [    0.000000] Linux version %s (build@host) #1 SMP
            [    0.000000] Command line: root=/dev/sda2 irqpoll nr_cpus=1 reset_devices %s elfcorehdr=867716K
            """;
    private static final String COPIED = """
            [    0.200000] DMAR-IR: Copied IR table for dmar0 from previous kernel
            [    0.900000] DMAR: Translation already enabled - trying to copy translation structures
            [    0.910000] DMAR: Copied translation tables from previous kernel for dmar0
            """;

    private static CrashAnalysis analyze(String text) {
        CrashLog log = new CrashLog("log");
        LogScanner scanner = new LogScanner(log);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        scanner.scan(bytes, 0, bytes.length);
        return log.end(scanner.finish());
    }

    private static Answer answer(CrashAnalysis analysis, String label) {
        return analysis.checks().stream().filter(check -> check.label().equals(label)).findFirst().orElseThrow().answer();
    }

    @Test
    void aCopyWithoutFaultsIsFine() {
        CrashAnalysis analysis = analyze(CRASH_BOOT.formatted("6.1.0-18-amd64", "intel_iommu=on") + COPIED);
        assertThat(analysis.checks()).allSatisfy(check -> assertThat(check.answer()).as(check.label()).isEqualTo(Answer.PASS));
        assertThat(analysis.behaviour()).hasValue(Behaviour.COPY);
        assertThat(analyze(CRASH_BOOT.formatted("5.10.0-8-amd64", "intel_iommu=on") + COPIED).behaviour()).hasValue(Behaviour.COPY_MARKED);
    }

    @Test
    void onlyTheLastBootCounts() {
        String faulty = "[    5.000000] DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x1000 [fault reason 0x06] PTE Read access is not set\n";
        CrashAnalysis analysis = analyze("[    0.000000] Linux version 6.1.0-18-amd64 (build@host) #1 SMP\n" + faulty
                + "[   70.000000] Kernel panic - not syncing: sysrq triggered crash\n" + CRASH_BOOT.formatted("6.1.0-18-amd64", "") + COPIED);
        assertThat(analysis.faults()).isEmpty();
        assertThat(answer(analysis, "crash")).isEqualTo(Answer.PASS);
    }

    @Test
    void defectsAreNamedByTheirReasons() {
        String upper = "[    5.0] x\n[    5.000000] DMAR: [DMA Write NO_PASID] Request device [05:10.0] fault addr 0xfffff000 [fault reason 0x39] SM: Present"
                + " bit in root entry is clear\n";
        CrashAnalysis analysis = analyze(CRASH_BOOT.formatted("6.12.1", "intel_iommu=on,sm_on") + COPIED + upper);
        assertThat(analysis.faults()).singleElement().satisfies(judged -> assertThat(judged.meaning()).contains("from 10.0 on"));
        assertThat(answer(analysis, "faults")).isEqualTo(Answer.FAIL);
        String pasid = upper.replace("0x39", "0x59");
        assertThat(analyze(CRASH_BOOT.formatted("5.15.0", "") + COPIED + pasid).faults().getFirst().meaning()).contains("RID_PASID");
        assertThat(analyze(CRASH_BOOT.formatted("6.12.1", "") + COPIED + pasid).faults().getFirst().meaning()).doesNotContain("RID_PASID");
    }

    @Test
    void aFailedCopyAndVtdOffAreTold() {
        CrashAnalysis failed = analyze(CRASH_BOOT.formatted("6.1.0", "intel_iommu=on")
                + "[    0.900000] DMAR: Translation already enabled - trying to copy translation structures\n"
                + "[    0.910000] DMAR: Failed to copy translation tables from previous kernel for dmar0\n");
        assertThat(answer(failed, "translation")).isEqualTo(Answer.FAIL);
        assertThat(answer(failed, "interrupts")).isEqualTo(Answer.UNMEASURED);
        assertThat(answer(analyze(CRASH_BOOT.formatted("6.1.0", "") + "[    0.200000] DMAR-IR: Failed to copy IR table for dmar0 from previous kernel\n"),
                "interrupts")).isEqualTo(Answer.FAIL);
        CrashAnalysis off = analyze(CRASH_BOOT.formatted("6.1.0", "intel_iommu=off"));
        assertThat(answer(off, "translation")).isEqualTo(Answer.FAIL);
        assertThat(off.behaviour()).hasValue(Behaviour.IOMMU_OFF);
    }

    @Test
    void theOldBehaviourIsRecognisedByItsFaults() {
        CrashAnalysis analysis = analyze(CRASH_BOOT.formatted("3.10.0-229.el7.x86_64", "intel_iommu=on") + """
                [    1.873101] dmar: DRHD: handling fault status reg 102
                [    1.873105] dmar: DMAR:[DMA Read] Request device [01:00.0] fault addr fff80000
                [    1.873105] DMAR:[fault reason 01] Present bit in root entry is clear
                [    2.310446] dmar: INTR-REMAP: Request device [[61:00.0] fault index 42
                [    2.310446] INTR-REMAP:[fault reason 34] Present field in the IRTE entry is clear
                """);
        assertThat(analysis.behaviour()).hasValue(Behaviour.OFF_AND_ON);
        assertThat(analysis.faults()).hasSize(2);
        assertThat(analysis.faults().getFirst().meaning()).contains("goes on with what the crashed kernel told it");
    }

    @Test
    void whatIsNoCrashKernelsLogSaysSo() {
        assertThat(answer(analyze("nothing\n"), "crash-kernel")).isEqualTo(Answer.UNMEASURED);
        assertThat(answer(analyze("[    0.000000] Command line: root=/dev/sda2 intel_iommu=on\n"), "crash-kernel")).isEqualTo(Answer.FAIL);
        assertThat(answer(analyze("[    0.9] x\n[    0.900000] DMAR: Translation was enabled for dmar0 but we are not in kdump mode\n"), "crash-kernel"))
                .isEqualTo(Answer.FAIL);
    }
}
