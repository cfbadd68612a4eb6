package dev.dmarshal.host.params;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.XenVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** How a text is split into words. */
class CommandLineTest {

    private static final int ROUNDS = 3_000;
    private static final String ALPHABET = "  \t\"\"==,,-_.()@<;abinoptu01\n\0\u00e9\u2014";
    private static final List<String> WORDS = List.of("intel_iommu=", "iommu=", "on", "off", "pt", "vfio-pci.ids=", "pci=", "--", "no-", "dom0-iommu=",
            "quarantine=", "crashkernel=", "xen-pciback.hide=");

    @Test
    void takesQuotesOffAsTheKernelDoes() {
        CommandLine line = CommandLine.parse(Platform.LINUX, "  a=\"b c\" \"d=e f\" \"g h\" i=j=k --  l");
        assertThat(line.tokens()).extracting(Token::name).containsExactly("a", "d", "g h", "i", "--", "l");
        assertThat(line.tokens()).extracting(token -> token.value().orElse("-")).containsExactly("b c", "e f", "-", "j=k", "-", "-");
        assertThat(line.tokens()).extracting(Token::handedOn).containsExactly(false, false, false, false, false, true);
        assertThat(line.tokens()).extracting(Token::offset).containsExactly(2, 10, 18, 24, 30, 34);
    }

    @Test
    void xenKnowsNoQuotes() {
        CommandLine line = CommandLine.parse(Platform.XEN, "a=\"b c\"");
        assertThat(line.tokens()).extracting(Token::raw).containsExactly("a=\"b", "c\"");
        assertThat(line.tokens().getFirst().value()).isEqualTo(Optional.of("\"b"));
    }

    @Test
    void splittingWhatWasRenderedGivesTheSameWords() {
        forRandomLines((platform, text) -> {
            CommandLine line = CommandLine.parse(platform, text);
            CommandLine again = CommandLine.parse(platform, line.render());
            assertThat(again.render()).isEqualTo(line.render());
            assertThat(again.tokens()).extracting(Token::raw).isEqualTo(line.tokens().stream().map(Token::raw).toList());
            assertThat(again.tokens()).extracting(Token::name).isEqualTo(line.tokens().stream().map(Token::name).toList());
            assertThat(again.tokens()).extracting(Token::value).isEqualTo(line.tokens().stream().map(Token::value).toList());
            line.tokens().forEach(token -> assertThat(text.startsWith(token.raw(), token.offset())).isTrue());
        });
    }

    @Test
    void anyTextHasAReviewWithAVerdictForEachToken() {
        KernelVersion linux = KernelVersion.parse("5.2.0-el8").orElseThrow();
        XenVersion xen = XenVersion.parse("4.4.1").orElseThrow();
        forRandomLines((platform, text) -> {
            CommandLine line = CommandLine.parse(platform, text);
            ParameterReview review = ParameterReview.of(line, platform == Platform.LINUX ? linux : xen, BuildOptions.UNKNOWN);
            assertThat(review.tokens()).extracting(TokenReview::token).isEqualTo(line.tokens());
            assertThat(review.tokens()).allSatisfy(token -> assertThat(token.parts()).isNotEmpty());
        });
    }

    @Test
    void longLinesEnd() {
        String text = "intel_iommu=" + "on,igfx_of,".repeat(20_000) + " " + "x".repeat(200_000) + " " + "zz=1 ".repeat(20_000);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> assertThat(TableRows.review("linux", "6.1.0", "-", text).tokens())
                .hasSize(20_002));
    }

    private static void forRandomLines(java.util.function.BiConsumer<Platform, String> check) {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Platform platform = random.nextBoolean() ? Platform.LINUX : Platform.XEN;
            String text = randomLine(random);
            try {
                check.accept(platform, text);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", " + platform + " line <" + text + ">", e);
            }
        }
    }

    private static String randomLine(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            if (random.nextInt(3) == 0) {
                text.append(WORDS.get(random.nextInt(WORDS.size())));
            } else {
                text.append(random.nextInt(20) == 0 ? (char) random.nextInt(0x10000) : ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
        }
        return text.toString();
    }
}
