package dev.dmarshal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.cause.Causes;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which findings are about prerequisites of a guest's device. */
class PrerequisiteLinesTest {

    private static List<String> checks(String log) {
        return PrerequisiteLines.of(Doctor.examine(new Examination().log("a.log", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8))).symptoms()))
                .stream().map(line -> line.check() + " " + line.evidence().line().orElse("")).toList();
    }

    @Test
    void onlyLabelsThatACauseHas() {
        assertThat(Causes.labels()).containsAll(PrerequisiteLines.labels());
    }

    @Test
    void theLineIsTheOneOfTheLog() {
        assertThat(checks("modprobe: FATAL: Module pci-stub not found in directory /lib/modules/6.1.0\nFATAL: Module pciback not found.\n"))
                .containsExactlyInAnyOrder("pci-stub modprobe: FATAL: Module pci-stub not found in directory /lib/modules/6.1.0",
                        "pciback FATAL: Module pciback not found.");
        assertThat(checks("libxl: error: libxl_pci.c:729:pciback_dev_assign: Couldn't bind device to pciback!\n")).isEmpty();
    }
}
