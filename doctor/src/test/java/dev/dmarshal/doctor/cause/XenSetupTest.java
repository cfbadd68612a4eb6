package dev.dmarshal.doctor.cause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which way out of a reserved region outside reserved memory there is, by what each Xen has and does by itself. */
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
        Finding finding = RulesTest.diagnose("(XEN) Xen version " + release + " (a@b) (gcc) Tue Mar 5 10:00:00 UTC 2024\n(XEN) Command line: placeholder " + line
                + "\n(XEN) [VT-D] RMRR [7d800000,7d8fffff] not in reserved memory; need \"iommu_inclusive_mapping=1\"?\n").findings().stream()
                .filter(found -> found.label().equals("rmrr-not-reserved-xen")).findFirst().orElseThrow();
        assertThat(finding.fixes().stream().map(Fix::label)).containsExactly(fixes.split(","));
        assertThat(finding.why()).contains("maps the region for the devices that the table names");
    }
}
