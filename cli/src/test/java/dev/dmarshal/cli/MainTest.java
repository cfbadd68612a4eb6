package dev.dmarshal.cli;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.page.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as its user runs it: arguments in, exit code and two streams out. */
class MainTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final String FAULT = "[    4.100000] DMAR: [DMA Write NO_PASID] Request device [03:00.0] fault addr 0xdeadb000 [fault reason 0x05] PTE"
            + " Write access is not set\n";

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aMistypedCommandIsAnsweredWithWhatWasMeant() {
        assertThat(run("surve")).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.USAGE))
                .satisfies(run -> assertThat(run.err()).contains("no such command: surve", "Did you mean: survey?"));
        assertThat(run("gorups", "x").err()).contains("Did you mean: groups?");
        assertThat(run("frobnicate").err()).contains("See: dmarshal --help").doesNotContain("Did you mean");
    }

    @Test
    void usageErrorsAreSixtyFour() {
        assertThat(run("doctor", "--nonsense").code()).isEqualTo(Exit.USAGE);
        assertThat(run("doctor", "--nonsense").err()).contains("--nonsense").contains("dmarshal doctor --help");
        assertThat(run("operate").code()).isEqualTo(Exit.USAGE);
        assertThat(run().code()).isEqualTo(Exit.USAGE);
        assertThat(run("explain").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(run("--help")).satisfies(run -> assertThat(run.code()).isZero()).satisfies(run -> assertThat(run.out()).contains("doctor")
                .contains("explain"));
        assertThat(run("doctor", "--help").out()).contains("SOURCE").contains("could not measure");
        assertThat(run("--version").out()).startsWith("dmarshal");
    }

    @Test
    void aMissingFileCouldNotBeMeasured() {
        Run run = run("doctor", folder.resolve("nowhere.log").toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.err()).contains("nowhere.log").contains("no such file");
    }

    @Test
    void anEmptyLogIsNotAHealthyOne() throws IOException {
        assertThat(run("doctor", file("empty.log", "").toString()).code()).isEqualTo(Exit.UNMEASURED);
    }

    @Test
    void aQuietLogIsFine() throws IOException {
        Run run = run("doctor", file("quiet.log", "[    1.000000] usb 1-1: new high-speed USB device number 2 using xhci_hcd\n").toString());
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("1 line, 0 faults");
    }

    @Test
    void binaryInputEndsInAClearWord() throws IOException {
        byte[] noise = new byte[4096];
        new java.util.Random(7).nextBytes(noise);
        Path file = Files.write(folder.resolve("noise.bin"), noise);
        Run run = run("doctor", file.toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("are no text").contains("nothing here to judge by");
    }

    @Test
    void aDamagedArchiveKeepsWhatWasReadBefore() throws IOException {
        Path whole = folder.resolve("log.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
            out.write(FAULT.repeat(2000).getBytes());
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.gz"), java.util.Arrays.copyOf(bytes, bytes.length - 20));
        Run run = run("doctor", cut.toString());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("03:00.0").contains("missing");
    }

    @Test
    void explainTakesALineOrTwo() {
        Run one = run("explain", FAULT.strip());
        assertThat(one.code()).isEqualTo(Exit.FINDINGS);
        assertThat(one.out()).contains("DMA write from 03:00.0").contains("reason 05h").contains("STOPPED HERE");
        Run two = run("explain", "dmar: DMAR:[DMA Read] Request device [05:00.0] fault addr 1000", "DMAR:[fault reason 06] PTE Read access is not set");
        assertThat(two.out()).contains("DMA read from 05:00.0").contains("reason 06h");
        assertThat(run("explain", "hello").code()).isEqualTo(Exit.UNMEASURED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rocketraid", "kdump", "fedora21", "xen-q35"})
    void jsonFitsItsSchema(String example) throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/doctor-1.json")));
        Run run = run("doctor", "--json", ROOT.resolve("examples").resolve(example).toString());
        assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
    }

    @Test
    void jsonOfAnAmdFaultFitsTheSchemaToo() throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/doctor-1.json")));
        Path log = file("amd.log", "[    9.100000] nvme 0000:04:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c address=0xffff1000 flags=0x0050]\n");
        Run run = run("doctor", "--json", log.toString());
        assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
        assertThat(run.out()).contains("\"amdEvent\" : \"IO_PAGE_FAULT\"");
    }
}
