package dev.dmarshal.doctor.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.remedy.Remedies;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProverTest {

    private static final String ALIAS = """
            [    0.400000] pci 0000:00:1c.0: [8086:a338] type 01 class 0x060400
            [    0.400000] pci 0000:00:1c.0: PCI bridge to [bus 01-02]
            [    0.410000] pci 0000:02:00.0: [1103:2640] type 00 class 0x010400
            [    0.420000] pci 0000:00:1f.2: [8086:a352] type 00 class 0x010601
            [    4.000000] DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0xffc40000 [fault reason 0x01] Present bit in root entry is clear
            """;

    private static Diagnosis diagnose(String log) {
        return Doctor.examine(new Examination().log("test.log", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))).symptoms());
    }

    private static String fault(String mode, String device, String address, int reason) {
        return "[   90.000000] DMAR: [DMA %s NO_PASID] Request device [%s] fault addr 0x%s [fault reason 0x%02x] words%n".formatted(mode, device, address,
                reason);
    }

    /** A finding of our own making about all faults of a log. */
    private static Proof prove(String label, String log, String... fixes) {
        Diagnosis diagnosis = diagnose(log);
        FindingBuilder finding = new FindingBuilder(label, "title").why("why").evidence(Evidence.that("it"));
        for (String fix : fixes) {
            finding.fix(Remedies.table().fix(fix, Map.of()));
        }
        Finding built = finding.build();
        Diagnosis own = new Diagnosis(diagnosis.symptoms(), List.of(built), List.of(), Map.of(built, diagnosis.symptoms().faults()));
        return new Prover(own).prove(built);
    }

    private static Proof.Fix of(Proof proof, String fix) {
        return proof.of(fix).orElseThrow().fix();
    }

    @Test
    void anUnknownRequesterIsReproducedToTheLastRegister() {
        Proved proved = Proved.of(diagnose(ALIAS));
        Proof proof = proved.proofs().getFirst();
        assertThat(proved.diagnosis().findings().getFirst().label()).isEqualTo("requester-alias");
        assertThat(proof.cause()).isEqualTo(Proof.Cause.REPRODUCED);
        Played played = proof.shown().getFirst();
        assertThat(played.reason()).contains(FaultReason.LRT_2);
        // FSTS: PPF, record 0. FRCD: F, write (T1 clear), reason 1, 01:00.0, the page.
        assertThat(played.fsts()).isEqualTo(0x2);
        assertThat(played.high()).isEqualTo(0x8000_0001_0000_0100L);
        assertThat(played.low()).isEqualTo(0xffc4_0000L);
    }

    @Test
    void whatDoesNotHelpTheUnknownRequesterIsLeftOut() {
        Proved proved = Proved.of(diagnose(ALIAS));
        Proof proof = proved.proofs().getFirst();
        assertThat(of(proof, "alias-quirk")).isEqualTo(Proof.Fix.GONE);
        assertThat(of(proof, "update-driver")).isEqualTo(Proof.Fix.REFUTED);
        assertThat(of(proof, "group-identity-domain")).isEqualTo(Proof.Fix.REFUTED);
        assertThat(of(proof, "other-slot")).isEqualTo(Proof.Fix.NOT_MODELLED);
        assertThat(proved.diagnosis().findings().getFirst().fixes()).extracting(Fix::label).contains("alias-quirk", "other-slot")
                .doesNotContain("update-driver", "group-identity-domain");
        assertThat(proof.of("update-driver").orElseThrow().words()).contains("reason 01h");
    }

    @Test
    void letsARequestThroughUncheckedAndSaysSo() {
        Proof proof = prove("requester-alias", ALIAS, "iommu-off", "iommu-pt");
        assertThat(of(proof, "iommu-off")).isEqualTo(Proof.Fix.GONE);
        assertThat(proof.of("iommu-off").orElseThrow().words()).contains("unchecked").contains("physical 0xffc40000");
        assertThat(of(proof, "iommu-pt")).as("an id without an entry has none in pass-through either").isEqualTo(Proof.Fix.REFUTED);
    }

    @Test
    void aRemovedDeviceLeavesItsBusesTableBehind() {
        String log = """
                [    0.900000] pci 0000:00:02.0: Adding to iommu group 1
                [   80.000000] pci 0000:00:02.0: Removing from iommu group 1
                """ + fault("Write", "00:02.0", "0", 2);
        Proof proof = prove("device-removed-active", log);
        assertThat(proof.cause()).isEqualTo(Proof.Cause.REPRODUCED);
        assertThat(proof.words()).contains("cleared");
        assertThat(prove("device-removed-active", fault("Write", "00:02.0", "0", 1)).cause()).isEqualTo(Proof.Cause.CONTRADICTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x30, 0x38, 0x3A, 0x40, 0x42, 0x50, 0x52, 0x58, 0x5A, 0x5B, 0x78, 0x7A, 0x7B})
    void everySpoiltStructureGivesItsOwnReason(int reason) {
        Proof proof = prove("tables-malformed", fault("Read", "00:02.0", "1a45aa9000", reason));
        assertThat(proof.cause()).as(proof.words()).isEqualTo(Proof.Cause.REPRODUCED);
    }

    @Test
    void aStateThatDoesNotGiveTheFaultIsContradicted() {
        Proof proof = prove("write-only-buffer-read", fault("Read", "03:00.0", "fffe1000", 2), "update-driver");
        assertThat(proof.cause()).isEqualTo(Proof.Cause.CONTRADICTED);
        assertThat(proof.words()).contains("does not give the fault of the log").contains("reason 06h");
        assertThat(of(proof, "update-driver")).as("a way out of what did not happen").isEqualTo(Proof.Fix.NOT_MODELLED);
    }

    @Test
    void someFaultsOfAFindingMayBeExplainedAndOthersNot() {
        Proof proof = prove("prefetch-past-end", fault("Read", "03:00.0", "fffe1000", 6) + fault("Read", "03:00.0", "fffe2000", 2));
        assertThat(proof.cause()).isEqualTo(Proof.Cause.PARTLY);
        assertThat(proof.shown()).hasSize(2);
    }

    @Test
    void saysWhenItCannotTell() {
        assertThat(prove("reset-not-ready", fault("Read", "03:00.0", "fffe1000", 6)).cause()).isEqualTo(Proof.Cause.NOT_MODELLED);
        assertThat(prove("stale-buffer-read", "[    9.000000] AMD-Vi: Event logged [IO_PAGE_FAULT device=03:00.0 domain=0x0001 address=0xfffe1000"
                + " flags=0x0000]\n")
                .cause()).isEqualTo(Proof.Cause.NOT_MODELLED);
        String unreadable = "[    9.000000] DMAR: [INTR-REMAP] Request device [03:00.0] fault index 0x2e [fault reason 0x23] words\n";
        assertThat(prove("tables-malformed", unreadable).cause()).as("no state of the twin spoils the interrupt table").isEqualTo(Proof.Cause.NOT_MODELLED);
    }

    @Test
    void interruptsOfAnotherRequesterAndWithoutAnEntry() {
        String log = "[    9.000000] DMAR: [INTR-REMAP] Request device [03:00.0] fault index 0x2e [fault reason 0x%02x] words%n";
        assertThat(prove("interrupt-entry-invalid", log.formatted(0x22)).cause()).isEqualTo(Proof.Cause.REPRODUCED);
        assertThat(prove("interrupt-source-rejected", log.formatted(0x26)).cause()).isEqualTo(Proof.Cause.REPRODUCED);
        assertThat(prove("interrupt-entry-invalid", log.formatted(0x26)).cause()).isEqualTo(Proof.Cause.CONTRADICTED);
        Proof old = prove("interrupt-compatibility-format", log.formatted(0x25), "remap-interrupts");
        assertThat(old.cause()).isEqualTo(Proof.Cause.REPRODUCED);
        assertThat(of(old, "remap-interrupts")).isEqualTo(Proof.Fix.GONE);
    }

    /** A device of dom0 at an address that the map calls a hole, on two versions, and at memory, strict and not. */
    @Test
    void xenMapsForDom0ByVersionAndParameters() {
        String lines = """
                (XEN) Xen version %s (a@b) (gcc) now
                (XEN) Command line: %s
                (XEN)  0000000000100000 - 000000007a000000 (usable)
                (XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:1d.0] fault addr %s
                (XEN) [VT-D]DMAR: reason 06 - PTE Read access is not set
                """;
        assertThat(prove("low-memory-legacy", lines.formatted("3.4.1", "iommu=1", "ed000"), "xen-inclusive-mapping", "xen-rmrr").words())
                .contains("as the system"
                + " makes them");
        assertThat(of(prove("low-memory-legacy", lines.formatted("3.4.1", "iommu=1", "ed000"), "xen-inclusive-mapping"), "xen-inclusive-mapping"))
                .isEqualTo(Proof.Fix.GONE);
        assertThat(prove("low-memory-legacy", lines.formatted("4.11.1", "iommu=1", "ed000")).words()).as("inclusive by default").contains("not mapped");
        assertThat(prove("low-memory-legacy", lines.formatted("4.17.3", "iommu=1", "ed000")).words()).as("and no more since 4.12")
                .contains("as the system makes them");
        assertThat(prove("dom0-memory-not-owned", lines.formatted("4.17.3", "dom0-iommu=strict", "21000000")).words()).contains("as the system makes them");
        assertThat(prove("dom0-memory-not-owned", lines.formatted("4.17.3", "iommu=1", "21000000")).words()).contains("not mapped");
    }
}
