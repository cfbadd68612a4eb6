package dev.dmarshal.cli.passthrough;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** slots as its user runs it: the configuration of a Xen guest, and where the guest sees each device. */
class SlotsCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    @TempDir
    private Path folder;

    @Test
    void aConfigurationIsReadByTheRulesOfAVersion() throws IOException {
        Path config = folder.resolve("guest.cfg");
        Files.writeString(config, "name = 'g' # web\npci = [ 'fa:1a.0@a', # sound\n  'fa:1c.0,rdm_policy=relaxed' ]\n");
        Run today = run("slots", "--xen", "4.17", config.toString());
        assertThat(today.code()).as(today.out() + today.err()).isEqualTo(Exit.FINE);
        assertThat(today.out()).contains("0000:fa:1a.0 is 0a.0 in the guest").contains("0000:fa:1c.0 is 04.0 in the guest");
        Run early = run("slots", "--xen", "3.3", config.toString());
        assertThat(early.code()).isEqualTo(Exit.FINDINGS);
        assertThat(early.out().replaceAll("\\s+", " ")).contains("6 and 7 are for passthrough").contains("slot a cannot be asked for before 3.4")
                .contains("0000:fa:1c.0 is 06.0 in the guest");
    }

    @Test
    void theGuestsOwnDevicesAndItsKindCount() throws IOException {
        Path config = folder.resolve("guest.cfg");
        Files.writeString(config, "type = 'hvm'\nvga = 'none'\npci = [ 'fa:1a.1' ]\n");
        assertThat(run("slots", "--xen", "4.17", config.toString()).out()).contains("0000:fa:1a.1 is 03.0 in the guest");
        Files.writeString(config, "type = 'pv'\npci = [ 'fa:1a.1@5' ]\n");
        assertThat(run("slots", "--xen", "4.17", config.toString()).out()).contains("This is a PV guest").contains("0000:fa:1a.1 is 00.1 in the guest");
        Files.writeString(config, "type = 'pvh'\npci = [ 'fa:1a.1' ]\n");
        Run pvh = run("slots", "--xen", "4.17", config.toString());
        assertThat(pvh.out()).contains("not so: a PVH guest takes no PCI devices");
        assertThat(pvh.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run("slots", config.toString(), config.toString()).code()).as("one guest at a time").isEqualTo(Exit.USAGE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "3.4  | fa:1a.0-1    | 0 | 0000:fa:1a.1 is 05.0 in the guest",
        "4.0  | fa:1a.0-1@6  | 0 | 0000:fa:1a.1 is 06.1 in the guest",
        "4.17 | fa:1a.0-1@6  | 1 | an entry for each",
        "4.17 | fa:1a.*@6    | 0 | 0000:fa:1a.7 is 06.7 in the guest",
        "4.17 | name=nic     | 0 | name=nic is 04.0 in the guest which device has this name stands in xenstore",
        "4.17 | name=nic,vslot=7 | 0 | name=nic is 07.0 in the guest",
        "4.17 | name=nic,vslot=2 | 1 | virtual slot 2 is taken",
        "4.17 | name=nic,color=1 | 1 | xl knows no option color",
        "4.14 | name=nic     | 1 | name= since 4.15",
        "3.4  | name=nic     | 1 | xm knows no names",
        "4.17 | fa:1a.0,name=nic | 1 | a place or a name, not both",
        "4.17 | fa:1a.0@2    | 1 | virtual slot 2 is taken",
        "4.17 | fa:1a.0@0    | 0 | 0000:fa:1a.0 is 04.0 in the guest",
        "4.17 | fa:1a.9      | 1 | not so:"
    })
    void entriesOnTheirOwn(String xen, String entry, int code, String words) {
        Run run = run("slots", "--xen", xen, entry);
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(code);
        assertThat(run.out().replaceAll("\\s+", " ")).contains(words);
    }

    @Test
    void whatItIsNot() throws IOException {
        assertThat(run("slots").code()).isEqualTo(Exit.USAGE);
        assertThat(run("slots", "--xen", "new", "fa:1a.0").code()).isEqualTo(Exit.USAGE);
        assertThat(run("slots", folder.resolve("none.cfg").toString())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                .satisfies(run -> assertThat(run.err()).endsWith("none.cfg: no such file or directory\n"));
        assertThat(run("slots", folder.toString()).err()).contains(folder.toString());
        Path binary = Files.write(folder.resolve("binary.cfg"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(run("slots", binary.toString()).err()).contains("binary.cfg: is no text");
        Path bad = folder.resolve("bad.cfg");
        Files.writeString(bad, "import os\n");
        Run run = run("slots", bad.toString());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.err()).contains("bad.cfg");
    }

    @Test
    void whatIsWrittenInAWayThatXlDoesNotReadIsShownAsWritten() {
        assertThat(run("slots", "--xen", "4.17", "fa:1a.0, seize=1", "fa:1a.0").out()).contains("'fa:1a.0, seize=1'\n").contains("xl takes no blanks")
                .contains("0000:fa:1a.0 stands in an entry before this one");
        assertThat(run("slots", "--xen", "4.0", "0:fa:1a.7,1").out()).contains("0000:fa:1a.1 is 04.0").contains("0000:fa:1a.7 is 04.7");
        assertThat(run("slots", "").code()).isEqualTo(Exit.FINDINGS);
        assertThat(run("slots", "--xen", "4.17", "name=nic", "fa:1a.0").out()).as("a name takes a slot too").contains("0000:fa:1a.0 is 05.0");
        assertThat(run("slots", "bdf=fa:1a.0,vslot=5").code()).as("without Xen, as today's xl reads it").isEqualTo(Exit.FINE);
    }

    @Test
    void jsonKeepsToItsSchema() throws IOException {
        Run run = run("slots", "--json", "--xen", "4.17", "fa:1a.*@6", "fa:1c.0,color=1", "name=nic");
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/slots-1.json")));
        assertThat(schema.validate(run.out(), InputFormat.JSON)).as(run.out() + run.err()).isEmpty();
        assertThat(run.out()).contains("\"guest\" : \"06.7\"").contains("xl knows no option color");
    }
}
