package dev.dmarshal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.Doctor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CauseClassesTest {

    /** The taxonomy of the corpus. */
    private static final Set<String> TAXONOMY = Set.of("requester-alias", "hidden-function", "driver-dma-bug", "userspace-dma", "device-dma-bug", "dma-width",
            "iommu-driver-bug",
            "emulator-bug", "active-handover", "kdump-handover", "rmrr-locked", "rmrr-unmapped", "firmware-table", "firmware-runtime", "chipset-erratum",
                    "intremap-compat", "irte-invalid",
            "ats-broken", "reset-broken", "group-member", "group-acs", "driver-owns", "bar-owned", "iommu-off", "param-wrong", "container-view", "msi-limits",
                    "hardware-fault", "benign",
            "unknown");

    @Test
    void everyLabelHasAClassOfTheTaxonomy() {
        assertThat(CauseClasses.all().keySet()).containsAll(Doctor.labels());
        assertThat(CauseClasses.all().values()).isSubsetOf(TAXONOMY);
    }

    @Test
    void everyClassOfTheTaxonomyHasALabel() {
        assertThat(CauseClasses.all().values()).containsAll(TAXONOMY);
    }

    @Test
    void readsALabelAndJudgesAnswers(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("label.json"), """
                {"id": "7", "other": {"a": [1, 2]}, "established_cause": "a \\"cause\\"", "confidence": "likely", "cause_class": "iommu-off",
                 "also_acceptable": ["firmware-table"], "answerable_from_report": true, "fix": null}
                """);
        Label label = Label.read(file);
        assertThat(label).isEqualTo(new Label("likely", true, "iommu-off", List.of("firmware-table"), "a \"cause\""));
        assertThat(label.takes("firmware-table")).isTrue();
        assertThat(label.takes("benign")).isFalse();
    }
}
