package dev.dmarshal.doctor.cause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps Xen from using its table, and which way out of a reserved region outside reserved memory there is, by what each Xen has and does by itself. */
class XenSetupTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "3.4.2  | iommu=1                            | firmware-update,xen-inclusive-mapping",
        "4.0.1  | iommu=1                            | firmware-update",
        "4.8.5  | iommu=1                            | firmware-update",
        "4.8.5  | iommu=1 iommu_inclusive_mapping=0  | firmware-update,xen-inclusive-mapping",
        "4.11.0 | iommu=1                            | xen-rmrr,firmware-update",
        "4.17.5 | iommu=1                            | xen-rmrr,firmware-update,xen-inclusive-mapping"
    })
    void waysOutOfAReservedRegion(String release, String line, String fixes) {
        Finding finding = RulesTest.diagnose("(XEN) Xen version " + release + " (a@b) (gcc) Tue Mar 5 10:00:00 UTC 2024\n(XEN) Command line: placeholder "
                + line
                + "\n(XEN) [VT-D] RMRR [7d800000,7d8fffff] not in reserved memory; need \"iommu_inclusive_mapping=1\"?\n").findings().stream()
                .filter(found -> found.label().equals("rmrr-not-reserved-xen")).findFirst().orElseThrow();
        assertThat(finding.fixes().stream().map(Fix::label)).containsExactly(fixes.split(","));
        assertThat(finding.why()).contains("maps the region for the devices that the table names");
    }

    /** The words of 4.1 (debug builds), of 4.17, and of a release that says no more than that it gave up. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "[VT-D]dmar.c:386: Invalid ACPI DMAR entry length: 0x0                    | CERTAIN | length zero",
        "[VT-D]Invalid ACPI DMAR entry length: 0                                  | CERTAIN | length zero",
        "[VT-D]Invalid ACPI DMAR entry length: 0x8                                | CERTAIN | shorter than its kind",
        "[VT-D]Zero: Invalid DMAR width                                           | CERTAIN | no address bits",
        "[VT-D]Overlapping RMRRs [7d800000,7d8fffff] and [7d8f0000,7d9fffff]      | CERTAIN | overlap",
        "[VT-D]dmar.c:603:  RMRR [7d8fffff,7d800000] is incorrect!                | CERTAIN | ends before it begins",
        "[VT-D]Only one INCLUDE_ALL device scope is allowed                       | CERTAIN | claim all the devices",
        "[VT-D]found ACPI_DMAR_DRHD:                                              | LIKELY  | a unit at address 0"
    })
    void whatStopsXenAtTheTable(String line, Confidence confidence, String words) {
        List<Finding> findings = RulesTest.diagnose("(XEN) Xen version 4.17.5 (a@b) (gcc) Tue Mar 5 10:00:00 UTC 2024\n(XEN) " + line.strip()
                + "\n(XEN) Failed to parse ACPI DMAR.  Disabling VT-d.\n(XEN) I/O virtualisation disabled\n").findings();
        assertThat(findings).filteredOn(found -> found.label().equals("xen-table-unread")).singleElement().satisfies(found -> {
            assertThat(found.why()).contains(words);
            assertThat(found.confidence()).isEqualTo(confidence);
        });
        assertThat(findings).filteredOn(found -> found.label().equals("remapping-off")).singleElement()
                .satisfies(found -> assertThat(found.title() + found.why()).contains("table is unusable").doesNotContain("Xen left it off"));
    }
}
