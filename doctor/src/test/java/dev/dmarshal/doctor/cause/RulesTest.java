package dev.dmarshal.doctor.cause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Severity;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule recognises what it must, and not its near misses. */
class RulesTest {

    static List<RuleLogs> rules() {
        return RuleLogs.read();
    }

    /** What the doctor says of a log. */
    static Diagnosis diagnose(String log) {
        return Doctor.examine(new Examination().log("test.log", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))).symptoms());
    }

    private static List<String> labels(String log) {
        return diagnose(log).findings().stream().map(Finding::label).toList();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void recognisesWhatItMustAndNotItsNearMisses(RuleLogs rule) {
        assertThat(rule.hits()).isNotEmpty().allSatisfy(log -> assertThat(labels(log)).as(log).contains(rule.label()));
        assertThat(rule.misses()).isNotEmpty().allSatisfy(log -> assertThat(labels(log)).as(log).doesNotContain(rule.label()));
    }

    static List<RuleLogs> variations() {
        return RuleLogs.variations();
    }

    @ParameterizedTest
    @MethodSource("variations")
    void namesTheCauseFirstInOtherWordsToo(RuleLogs reports) {
        assertThat(reports.hits()).isNotEmpty().allSatisfy(log -> assertThat(labels(log)).as(log).startsWith(reports.label()));
    }

    @Test
    void everyLabelHasLogs() {
        assertThat(rules().stream().map(RuleLogs::label)).containsExactlyInAnyOrderElementsOf(Causes.labels());
    }

    @Test
    void explainsWithEvidenceAndNamesNoHole() {
        List<Finding> findings = rules().stream().flatMap(rule -> Stream.concat(rule.hits().stream(),
                rule.misses().stream())).flatMap(log -> diagnose(log).findings().stream()).toList();
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.evidence()).as(finding.label()).isNotEmpty();
            assertThat(finding.title() + finding.why() + String.join("", finding.next())).as(finding.label()).doesNotContain("<what>", "<why>", "<name>",
                    "<device>", "{");
        });
    }

    @Test
    void aHealthyBootIsNoProblem() {
        String log = """
                [    0.000000] Linux version 6.8.12 (a@b) #1 SMP
                [    0.000000] Command line: ro quiet intel_iommu=on
                [    0.000000] DMI: Supermicro X11SCA/X11SCA-F, BIOS 1.4 08/21/2020
                [    0.010000] BIOS-e820: [mem 0x0000000000100000-0x000000006acfffff] usable
                [    0.100000] DMAR: DRHD base: 0x000000fed90000 flags: 0x0
                [    0.100000] DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap 1c0000c40660462 ecap 19e2ff0505e
                [    0.100000] DMAR: RMRR base: 0x0000006ad2e000 end: 0x0000006ad31fff
                [    0.200000] DMAR-IR: Queued invalidation will be enabled to support x2apic and Intr-remapping.
                [    0.200000] DMAR-IR: Enabled IRQ remapping in x2apic mode
                [    0.400000] pci 0000:00:02.0: [8086:3e9b] type 00 class 0x030000
                [    0.500000] pci 0000:00:02.0: Video device with shadowed ROM at [mem 0x000c0000-0x000dffff]
                [    0.600000] DMAR: IOMMU enabled
                [    0.900000] pci 0000:00:02.0: Adding to iommu group 1
                [    0.950000] DMAR: Intel(R) Virtualization Technology for Directed I/O
                [    2.000000] e1000e 0000:00:1f.6 eth0: MAC: 13, PHY: 12, PBA No: FFFFFF-0FF
                [    9.000000] pcieport 0000:00:1c.0: pciehp: Slot(4): Card not present
                """;
        assertThat(diagnose(log).findings()).noneMatch(finding -> finding.severity() != Severity.NOTE);
    }

    @Test
    void aProblemStandsBeforeWarningsAndNotes() {
        String log = """
                [    0.000000] Linux version 3.11.2 (a@b) #1 SMP
                [    0.000000] Command line: ro intel_iommu=pt
                [    0.000000] DMAR: [Firmware Bug]: No firmware reserved region can cover this RMRR [0x000000007a000000-0x000000007a0fffff], \
                contact BIOS vendor for fixes
                qemu-system-x86_64: -device vfio-pci,host=07:00.0: vfio 0000:07:00.0: group 21 is not viable
                """;
        List<Finding> findings = diagnose(log).findings();
        assertThat(findings.getFirst().label()).isEqualTo("group-not-viable");
        assertThat(findings).isSortedAccordingTo((a, b) -> a.severity().compareTo(b.severity()));
        assertThat(new TreeSet<>(findings.stream().map(Finding::label).toList())).contains("parameter-ignored", "rmrr-not-reserved");
    }

    @Test
    void aStormOfManyDevicesIsJudgedInReasonableTime() {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 6000; i++) {
            log.append(String.format("[%5d.000000] foo 0000:%02x:%02x.%d: ring time out, reset%n", i, i >> 8 & 0xff, i >> 3 & 0x1f, i & 7));
            log.append(String.format("[%5d.500000] DMAR: [DMA Write NO_PASID] Request device [%02x:%02x.%d] fault addr 0x%x [fault reason 0x05] PTE Write"
                    + " access is not set%n", i, i >> 8 & 0xff,
                    i >> 3 & 0x1f, i & 7, 0xe0000000L + i * 4096L));
        }
        assertThat(diagnose(log.toString()).findings()).isNotEmpty();
    }
}
