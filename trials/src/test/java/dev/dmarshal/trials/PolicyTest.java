package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.dmarshal.doctor.policy.DomainType;
import dev.dmarshal.doctor.policy.UnitPlan;
import dev.dmarshal.doctor.twin.TableMode;
import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Linux does with each group, predicted and then looked up on the real kernel: domain types and reserved regions. Two command lines always, 13 more with
 * {@code DMARSHAL_LONG=1} in the environment. Each that agrees leaves a note in {@code target/policy}; {@code DMARSHAL_LONG=resume} leaves those out that have
 * one, so that a run which was cut short goes on where it ended. {@code bench/policy} does so until a time is over.
 */
@ExtendWith(OnTheLab.class)
class PolicyTest {

    @ParameterizedTest
    @CsvSource({"linux-6.1, intel_iommu=on, DMA_FQ", "linux-6.12, intel_iommu=on iommu=pt, IDENTITY"})
    void typesAndRegionsAreThePredictedOnes(String kernel, String line, DomainType usual, Stand stand, @TempDir Path scratch) throws Exception {
        compare(kernel, line, usual, Map.of(), stand, scratch);
    }

    @ParameterizedTest
    @CsvSource({"linux-6.1, intel_iommu=on iommu=pt, IDENTITY", "linux-6.1, intel_iommu=on iommu.strict=1, DMA", "linux-6.1, intel_iommu=on iommu.strict=0,"
            + " DMA_FQ",
            "linux-6.1, 'intel_iommu=on,sm_on', DMA_FQ", "linux-6.1, 'intel_iommu=on,strict', DMA", "linux-6.1, intel_iommu=on iommu.passthrough=1, IDENTITY",
            "linux-6.12, intel_iommu=on, DMA_FQ", "linux-6.12, intel_iommu=on iommu.strict=1, DMA", "linux-6.12, intel_iommu=on iommu=pt iommu=nopt, DMA_FQ",
            "linux-6.12, 'intel_iommu=on,igfx_off', DMA_FQ"})
    @EnabledIfEnvironmentVariable(named = "DMARSHAL_LONG", matches = "1|resume")
    void soWithOtherCommandLines(String kernel, String line, DomainType usual, Stand stand, @TempDir Path scratch) throws Exception {
        compare(kernel, line, usual, Map.of(), stand, scratch);
    }

    @ParameterizedTest
    @CsvSource({"linux-6.1, intel_iommu=on iommu.strict=0, DMA", "linux-6.12, intel_iommu=on, DMA"})
    @EnabledIfEnvironmentVariable(named = "DMARSHAL_LONG", matches = "1|resume")
    void anEmulatedUnitInCachingModeIsStrict(String kernel, String line, DomainType usual, Stand stand, @TempDir Path scratch) throws Exception {
        compare(kernel, line, usual, Map.of("caching-mode", "on"), stand, scratch);
    }

    @ParameterizedTest
    @CsvSource({"linux-6.12, 'intel_iommu=on,sm_on', DMA_FQ"})
    @EnabledIfEnvironmentVariable(named = "DMARSHAL_LONG", matches = "1|resume")
    void scalableModeOnANewerEmulator(String kernel, String line, DomainType usual, Stand stand, @TempDir Path scratch) throws Exception {
        PolicyTrial trial = compare(kernel, line, usual, Map.of("x-scalable-mode", "on"), stand, scratch);
        assertThat(trial.predicted().units()).extracting(UnitPlan::mode).containsOnly(TableMode.SCALABLE_SECOND_STAGE);
    }

    private static PolicyTrial compare(String kernel, String line, DomainType usual, Map<String, String> iommu, Stand stand, Path scratch) throws Exception {
        Path note = Path.of("target", "policy", (kernel + " " + line + " " + iommu).replaceAll("[^A-Za-z0-9.]+", "-"));
        assumeFalse("resume".equals(System.getenv("DMARSHAL_LONG")) && Files.exists(note), () -> "agreed before: " + note);
        PolicyTrial trial = PolicyTrial.run(stand.newerMeans().program(), stand.stock(), kernel, line, iommu, scratch);
        System.out.println(kernel + " " + line + ": " + trial.shown());
        assertThat(trial.shown()).as("groups of the kernel").hasSizeGreaterThan(5).containsValue(usual);
        assertThat(trial.objections()).isEmpty();
        Files.createDirectories(note.getParent());
        Files.writeString(note, trial.shown() + "\n");
        return trial;
    }
}
