package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.cli.doctor.DiagnosisText;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.finding.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples, as their reader would run them: goldens for every word, and assertions for what must be said however it is worded. */
class ExamplesTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final Path GOLDENS = ROOT.resolve("cli/src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"rocketraid", "kdump", "fedora21", "xen-q35"})
    void saysWhatItSaid(String name) throws IOException {
        StringWriter text = new StringWriter();
        new DiagnosisText(new Page(100, false), List.of()).write(diagnose(name)).print(new PrintWriter(text));
        Path golden = GOLDENS.resolve(name + ".txt");
        if (System.getProperty("golden", "").equals("write")) {
            Files.writeString(golden, text.toString());
        }
        assertThat(golden).as("write it with -Dgolden=write").exists();
        assertThat(text.toString()).isEqualTo(Files.readString(golden));
    }

    @Test
    void theRaidCardsAnswerNamesTheUnownedRequester() {
        Diagnosis diagnosis = diagnose("rocketraid");
        Finding first = diagnosis.findings().getFirst();
        assertThat(first.label()).isEqualTo("requester-alias");
        assertThat(first.title()).contains("0000:01:00.0").contains("no PCI function known to the kernel owns");
        assertThat(first.why()).contains("no device on bus 01 was ever given a context table");
        List<Scope> scopes = first.fixes().stream().map(Fix::scope).toList();
        assertThat(scopes).isSorted().startsWith(Scope.LOOK, Scope.DEVICE).contains(Scope.SLOT, Scope.GROUP, Scope.DRIVER);
        Finding parameter = diagnosis.findings().stream().filter(finding -> finding.title().startsWith("intel_iommu=pt")).findFirst().orElseThrow();
        assertThat(parameter.why()).contains("ignored").contains("nothing is protected").contains("no device can be given to a guest");
        assertThat(diagnosis.findings()).anyMatch(finding -> finding.title().startsWith("iommu=on does nothing"));
    }

    @Test
    void theCrashKernelsAnswerNamesBothFaultsAndTheDriver() {
        Diagnosis diagnosis = diagnose("kdump");
        assertThat(diagnosis.findings().getFirst().label()).isEqualTo("kdump-handover");
        assertThat(diagnosis.unexplained()).isEmpty();
        assertThat(diagnosis.symptoms().faults()).hasSize(2);
        assertThat(diagnosis.findings()).anyMatch(finding -> finding.label().equals("kdump-driver") && finding.title().contains("hpsa"));
    }

    @Test
    void aHealthyHostHasNoTrouble() {
        Diagnosis diagnosis = diagnose("fedora21");
        assertThat(diagnosis.trouble()).isFalse();
        assertThat(diagnosis.findings()).extracting(Finding::label).containsExactly("vtd-on");
    }

    @Test
    void xensAnswerNamesDeviceModelFirmwareAndParameter() {
        assertThat(diagnose("xen-q35").findings()).extracting(Finding::label)
                .contains("device-model-without-passthrough", "rmrr-not-reserved-xen", "parameter-ignored");
    }

    private static Diagnosis diagnose(String name) {
        return Doctor.examine(new Examination().source(ROOT.resolve("examples").resolve(name)).symptoms());
    }
}
