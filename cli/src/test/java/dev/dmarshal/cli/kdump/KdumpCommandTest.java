package dev.dmarshal.cli.kdump;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal kdump} as its user runs it. */
class KdumpCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final String EXAMPLE = ROOT.resolve("examples/kdump/crash-kernel.log").toString();

    @TempDir
    private Path folder;

    private static void follows(String schema, String json) throws IOException {
        var valid = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/" + schema + ".json")));
        assertThat(valid.validate(json, InputFormat.JSON)).isEmpty();
        assertThat(valid.validate(json.replace("\"schema\" : 1", "\"schema\" : 99"), InputFormat.JSON)).as("the schema can fail").isNotEmpty();
    }

    @Test
    void simulatesAMadeUpServer() throws IOException {
        Run run = run("kdump", "simulate", "--synthetic");
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out().replaceAll("\\s+", " ")).contains("10 DMA faults, reason 01h (Present bit in root entry is clear)",
                "2 interrupts blocked, reason 22h", "262144 bytes WRITTEN INTO THE CRASH KERNEL", "Linux since 6.0 [commit 0c5f6c0d8201]");
        assertThat(run("kdump", "simulate", "--scalable").out()).contains("reason 59h", "reason 39h");
        follows("kdump-simulate-1", run("kdump", "simulate", "--scalable", "--json").out());
    }

    @Test
    void analyzesTheExample() throws IOException {
        Run run = run("kdump", "analyze", EXAMPLE);
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("DMA read from 01:00.0 at 0xfff80000: reason 01h", "before the series (Linux before 4.2)");
        follows("kdump-analyze-1", run("kdump", "analyze", "--json", EXAMPLE).out());
    }

    @Test
    void checksAHostOfWhichLittleIsKnown() throws IOException {
        Files.createDirectories(folder.resolve("proc"));
        Files.writeString(folder.resolve("proc/cmdline"), "root=/dev/sda2 crashkernel=256M\n");
        Run run = run("kdump", "check", folder.toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("crashkernel=256M is on the command line", "not everything could be measured");
        follows("kdump-check-1", run("kdump", "check", "--json", folder.toString()).out());
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        assertThat(run("kdump").code()).isEqualTo(Exit.USAGE);
        assertThat(run("kdump", "dump").code()).isEqualTo(Exit.USAGE);
        assertThat(run("kdump", "analyze").code()).isEqualTo(Exit.USAGE);
        assertThat(run("kdump", "simulate", "--synthetic", folder.toString()).code()).isEqualTo(Exit.USAGE);
        assertThat(run("kdump", "analyze", folder.resolve("none").toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("kdump", "analyze", EXAMPLE, folder.resolve("none").toString())).satisfies(run -> {
            assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
            assertThat(run.err()).contains("no such file");
        });
        assertThat(run("kdump", "simulate", folder.toString())).satisfies(run -> {
            assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
            assertThat(run.err()).contains("--synthetic");
        });
        assertThat(run("kdump", "analyze", "--help").out()).contains("VMCORE");
    }
}
