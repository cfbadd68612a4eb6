package dev.dmarshal.cli.watch;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.doctor.watch.Watch;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal watch} as its user runs it, on logs of the test's own making. */
class WatchCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    @TempDir
    private Path folder;

    private static String fault(int second, String device, long address) {
        return "[   " + second + ".000000] DMAR: [DMA Write NO_PASID] Request device [" + device + "] fault addr 0x" + Long.toHexString(address)
                + " [fault reason 0x05] PTE Write access is not set\n";
    }

    private String log() throws IOException {
        String text = fault(10, "02:00.0", 0x1000) + fault(10, "02:00.0", 0x2000) + "[   11.000000] dmar_fault: 33 callbacks suppressed\n"
                + "[   11.000000] DMAR: DRHD: handling fault status reg 3\n" + fault(11, "02:00.0", 0x3000)
                + "[   40.000000] DMAR: [INTR-REMAP] Request device [03:00.0] fault index 0x2a [fault reason 0x22] Present field in the IRTE entry is clear\n";
        return Files.writeString(folder.resolve("log"), text).toString();
    }

    @Test
    void saysALineForEachThingThatHappens() throws IOException {
        Run run = run("watch", "--from", log());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines.get(0)).startsWith("[10.000 s after boot] NEW DMA write from 02:00.0 at 0x1000: reason 05h");
        assertThat(lines.get(1)).startsWith("[10.000 s after boot] CHANGED (no more just one address) DMA write from 02:00.0 at 0x1000 to 0x2000");
        assertThat(lines.get(2)).isEqualTo("[11.000 s after boot] LEFT OUT 33 fault lines, by the kernel's rate limit");
        assertThat(lines.get(3)).startsWith("[11.000 s after boot] OVERFLOW");
        assertThat(lines.get(4)).startsWith("[11.000 s after boot] ENDED (none for 10 s)")
                .endsWith(", 3 times; a lower bound: 33 lines left out are most likely of it, others were lost unseen");
        assertThat(lines.get(5)).startsWith("[40.000 s after boot] NEW interrupt from 03:00.0, index 0x2a: reason 22h");
        assertThat(lines.get(6)).contains("ENDED (the watch ends)");
        assertThat(lines.get(7)).isEqualTo("SUMMARY 4 faults in 2 patterns, 33 fault lines left out by the kernel, 1 overflows of fault records");
        assertThat(lines).hasSize(8);
    }

    @Test
    void eachLineOfJsonFollowsTheSchema() throws IOException {
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(ROOT.resolve("docs/schema/watch-1.json")));
        Run run = run("watch", "--json", "--from", log());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(8).allSatisfy(line -> assertThat(schema.validate(line, InputFormat.JSON)).as(line).isEmpty());
        assertThat(schema.validate(lines.getFirst().replace("started", "ended"), InputFormat.JSON)).as("the schema can fail").isNotEmpty();
        assertThat(lines.getFirst()).contains("\"event\":\"started\"", "\"device\":\"0000:02:00.0\"", "\"reason\":5", "\"round\":1");
    }

    @Test
    void refusesWhatItCannotDo() throws IOException {
        assertThat(run("watch", "--from", folder.resolve("none").toString())).satisfies(run -> {
            assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
            assertThat(run.err()).contains("no such file");
        });
        assertThat(run("watch", "--from", folder.toString()).err()).contains("is a directory");
        assertThat(run("watch", "--from", Files.createFile(folder.resolve("empty")).toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("watch", "--follow").code()).isEqualTo(Exit.USAGE);
        assertThat(run("watch", "--xen", "--from", "x").code()).isEqualTo(Exit.USAGE);
        assertThat(run("watch", "--from", log(), "--metrics", "70000")).satisfies(run -> {
            assertThat(run.code()).isEqualTo(Exit.USAGE);
            assertThat(run.err()).contains("no port: 70000");
        });
        assertThat(run("watch", "--metrics", "x").code()).isEqualTo(Exit.USAGE);
        String quiet = Files.writeString(folder.resolve("quiet"), "[    1.000000] nothing to see\n").toString();
        assertThat(run("watch", "--from", quiet)).isEqualTo(new Run(Exit.FINE, "SUMMARY 0 faults in 0 patterns" + System.lineSeparator(), ""));
    }

    @Test
    void metricsAreServedOnLoopbackOnly() throws Exception {
        Watch watch = new Watch("log", System::nanoTime, notice -> {
        });
        try (MetricsServer server = MetricsServer.start(0, watch)) {
            assertThat(InetAddress.getByName(URI.create(server.address()).getHost()).isLoopbackAddress()).isTrue();
            HttpURLConnection answer = ask(server.address(), "GET");
            assertThat(answer.getResponseCode()).isEqualTo(200);
            assertThat(answer.getContentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
            assertThat(new String(answer.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("dmarshal_faults_total 0\n");
            assertThat(ask(server.address().replace("/metrics", "/other"), "GET").getResponseCode()).isEqualTo(404);
            assertThat(ask(server.address(), "POST").getResponseCode()).isEqualTo(405);
        }
    }

    private static HttpURLConnection ask(String address, String method) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
        connection.setRequestMethod(method);
        return connection;
    }
}
