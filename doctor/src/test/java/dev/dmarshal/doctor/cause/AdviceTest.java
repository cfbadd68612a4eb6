package dev.dmarshal.doctor.cause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.finding.Scope;
import dev.dmarshal.doctor.remedy.Remedies;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No advice lowers protection without its cost, and none without a narrower way before it. Over all remedies, and over all findings of the logs in {@code
 * rules.txt}.
 */
class AdviceTest {

    /** What takes protection away. */
    private static final Pattern LOWERS = Pattern.compile("intel_iommu=off|amd_iommu=off|iommu=off|iommu=pt|passthrough=1|pcie_acs_override"
            + "|allow_unsafe_interrupts|intremap=off"
            + "|unsafe_noiommu|igfx_off|echo identity|inclusive_mapping|map-inclusive");
    /** How a cost reads. */
    private static final Pattern COST = Pattern.compile("confin|reach|untranslated|forge|isolat|host over|corrupt|arbitrary|rely on|in-flight|all memory|any"
            + " interrupt");

    private static List<Fix> all() {
        return Remedies.table().labels().stream().map(label -> Remedies.table().fix(label, Map.of())).toList();
    }

    private static String text(Fix fix) {
        return fix.what() + " " + String.join(" ", fix.commands());
    }

    @Test
    void whatLowersProtectionSaysItsCost() {
        Stream<Fix> lowering = all().stream().filter(fix -> LOWERS.matcher(text(fix)).find());
        assertThat(lowering.filter(fix -> !mentionsAsMistake(fix))).isNotEmpty().allSatisfy(fix -> assertThat(fix.risk()).as(fix.label())
                .containsPattern(COST));
    }

    /** iommu-on and the like speak of iommu= without lowering anything. */
    private static boolean mentionsAsMistake(Fix fix) {
        return fix.label().equals("iommu-on") || fix.label().equals("correct-parameter");
    }

    @Test
    void theWholeHostIsUnprotectedOnlyByBlocksThatSaySo() {
        Pattern whole = Pattern.compile("intel_iommu=off|amd_iommu=off|iommu=pt|pcie_acs_override|intremap=off|unsafe_noiommu");
        assertThat(all()).filteredOn(fix -> whole.matcher(String.join(" ", fix.commands())).find()).allMatch(fix -> fix.scope() == Scope.HOST_UNPROTECTED);
        assertThat(all()).filteredOn(fix -> fix.scope() == Scope.HOST_UNPROTECTED).isNotEmpty()
                .allSatisfy(fix -> assertThat(fix.risk()).as(fix.label()).containsPattern(COST));
    }

    @Test
    void noFindingOffersTheBroadestWayFirst() {
        List<Finding> findings = RuleLogs.read().stream().flatMap(rule -> Stream.concat(rule.hits().stream(), rule.misses().stream()))
                .flatMap(log -> RulesTest.diagnose(log).findings().stream()).toList();
        assertThat(findings).hasSizeGreaterThan(80).allSatisfy(finding -> {
            List<Scope> scopes = finding.fixes().stream().map(Fix::scope).toList();
            assertThat(scopes).as(finding.label()).isSorted();
            if (scopes.contains(Scope.HOST_UNPROTECTED)) {
                // "Look" is not a way out: something that acts must stand before it.
                assertThat(scopes).as(finding.label()).anyMatch(scope -> scope != Scope.LOOK && scope != Scope.HOST_UNPROTECTED);
            }
        });
    }

    @Test
    void everyRemedyIsUsedOrKnownToBeUsedElsewhere() {
        List<String> named = Stream.concat(RuleLogs.read().stream().flatMap(rule -> rule.hits().stream()).flatMap(log -> RulesTest.diagnose(log).findings()
                .stream())
                .flatMap(finding -> finding.fixes().stream()).map(Fix::label), Stream.of("crash-kernel-iommu-off")).toList();
        assertThat(named).containsAll(Remedies.table().labels());
    }
}
