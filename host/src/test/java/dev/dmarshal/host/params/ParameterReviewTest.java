package dev.dmarshal.host.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What tokens do, and what is in force, against tables written by hand from the sources that the catalogue names. */
class ParameterReviewTest {

    @TestFactory
    Stream<DynamicTest> verdicts() {
        List<String[]> rows = TableRows.of("verdicts.txt");
        assertThat(rows).hasSizeGreaterThan(120);
        return rows.stream().map(row -> DynamicTest.dynamicTest(String.join(" | ", row), () -> {
            Verdict verdict = find(TableRows.review(row[0], row[1], "-", row[2]), row[3]);
            assertThat(word(verdict)).as("verdict %s", verdict).isEqualTo(row[4]);
            if (!".".equals(row[5])) {
                assertThat(detail(verdict)).isEqualTo(row[5]);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> inForce() {
        return TableRows.of("in-force.txt").stream().map(row -> DynamicTest.dynamicTest(String.join(" | ", row), () -> {
            InForce force = TableRows.review(row[0], row[1], row[2], row[3]).inForce();
            String states = Stream.of(force.dmaRemapping(), force.identityByDefault(), force.strictInvalidation(), force.interruptRemapping(),
                    force.graphicsExcluded()).map(ParameterReviewTest::letter).collect(Collectors.joining(" "));
            assertThat(states).as("%s", force).isEqualTo(row[4]);
        }));
    }

    @Test
    void namesTheTokenThatDecides() {
        InForce force = TableRows.review("linux", "6.1.0", "-", "quiet intel_iommu=on iommu=pt").inForce();
        assertThat(force.dmaRemapping().token().map(Token::raw)).contains("intel_iommu=on");
        assertThat(force.identityByDefault().token().map(Token::raw)).contains("iommu=pt");
        assertThat(force.interruptRemapping().token()).isEmpty();
        assertThat(force.interruptRemapping().reason()).isNotBlank();
    }

    @Test
    void saysThatVendorKernelsMayDiffer() {
        Verdict verdict = find(TableRows.review("linux", "3.10.0-1160.el7.x86_64", "-", "iommu.strict=1"), "iommu.strict=1");
        assertThat(verdict).isInstanceOfSatisfying(Verdict.IgnoredByThisKernel.class,
                ignored -> assertThat(ignored.caveat().orElse("")).contains("vendor kernel"));
    }

    @Test
    void saysThatPatchedKernelsReadTheAcsOverride() {
        Verdict verdict = find(TableRows.review("linux", "6.8.12-4-pve", "-", "pcie_acs_override=downstream"), "pcie_acs_override=downstream");
        assertThat(verdict).isInstanceOfSatisfying(Verdict.IgnoredByThisKernel.class, ignored -> assertThat(ignored.caveat()).isPresent());
    }

    @Test
    void refusesToMixPlatforms() {
        CommandLine line = CommandLine.parse(Platform.XEN, "iommu=1");
        KernelVersion linux = KernelVersion.parse("6.1.0").orElseThrow();
        assertThatThrownBy(() -> ParameterReview.of(line, linux, BuildOptions.UNKNOWN)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Verdict find(ParameterReview review, String piece) {
        for (TokenReview token : review.tokens()) {
            for (PartReview part : token.parts()) {
                String written = part.part().map(value -> token.token().name() + "=" + value).orElse(token.token().name());
                if (written.equals(piece)) {
                    return part.verdict();
                }
            }
        }
        throw new AssertionError("no such piece: " + piece + " in " + review.tokens());
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Known known -> known.caveat().isPresent() ? "doubtful" : "known";
            case Verdict.KnownButOverridden _ -> "overridden";
            case Verdict.Misspelt _ -> "misspelt";
            case Verdict.NotAboutPassthrough _ -> "none";
            case Verdict.IgnoredByThisKernel ignored -> switch (ignored.why()) {
                case NEVER_EXISTED -> "never";
                case NOT_YET -> "notyet";
                case NO_LONGER -> "gone";
                case UNKNOWN_VALUE -> "badvalue";
                case HANDED_ON -> "handedon";
            };
        };
    }

    private static String detail(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Known known -> known.row().protection().name();
            case Verdict.KnownButOverridden overridden -> overridden.by().raw();
            case Verdict.Misspelt misspelt -> misspelt.suggestion();
            case Verdict.NotAboutPassthrough _ -> "";
            case Verdict.IgnoredByThisKernel ignored -> ignored.instead().orElse("");
        };
    }

    private static String letter(Setting setting) {
        return Optional.of(setting.state()).map(state -> switch (state) {
            case YES -> "y";
            case NO -> "n";
            case UNKNOWN -> "?";
        }).orElseThrow();
    }
}
