package dev.dmarshal.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Main;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.fault.Access;
import dev.dmarshal.core.fault.Dialect;
import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.lab.rehearsal.Rehearsal;
import dev.dmarshal.lab.rehearsal.Rehearsed;
import dev.dmarshal.lab.rehearsal.StandIn;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What {@code dmarshal lab rehearse} prints of a rehearsal; rehearsals themselves are in trials. */
class RehearsalReportTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    private static FaultEvent fault() {
        return new FaultEvent(Dialect.values()[0], FaultKind.DMA, OptionalInt.empty(), Optional.of(new SourceId(0x0200)), Optional.empty(), Access.READ,
                OptionalLong.of(0x1000), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(6), Optional.empty(), OptionalInt.empty(),
                        OptionalInt.empty(),
                Optional.empty(), Optional.empty(), 7);
    }

    private static Rehearsal rehearsal(boolean remapped) {
        Sbdf port = new Sbdf(0, 0, 1, 0);
        Sbdf card = new Sbdf(0, 5, 0, 0);
        StandIn forPort = new StandIn(PciFunction.at(port), "pcie-root-port", Optional.of("p00-01-0"));
        StandIn forCard = new StandIn(PciFunction.at(card).with(FunctionIds.of(0x10de, 0x1eb8)), "vmxnet3", Optional.of("p05-00-0"));
        OptionalInt group = remapped ? OptionalInt.of(1) : OptionalInt.empty();
        return new Rehearsal("6.1.0-1", "7.2", Duration.ofMillis(4600), "intel_iommu=on", List.of("left out: quiet"), remapped ? List.of("dmar0") : List.of(),
                remapped,
                List.of(new Rehearsed(forPort, Optional.of(port), group, Optional.of("DMA-FQ"), Optional.of("pcieport")),
                        new Rehearsed(forCard, Optional.of(new Sbdf(0, 2, 0, 0)), group, Optional.empty(), Optional.empty())),
                remapped ? List.of("here together: a b; computed for the host: a") : List.of(), remapped ? List.of(fault(), fault()) : List.of(),
                List.of("0001:00:00.0: not mirrored: PCI segment 1"));
    }

    @Test
    void textSaysWhatHappened() {
        StringWriter text = new StringWriter();
        new RehearsalText(new Page(100, false), rehearsal(true)).page("host.tar.zst").print(new PrintWriter(text));
        assertThat(text.toString()).contains("Linux 6.1.0-1 on QEMU 7.2 came up in 4.6 s", "- left out: quiet", "DMA is remapped (dmar0); interrupts are"
                + " remapped.",
                "group 1 (DMA-FQ)", "0000:00:01.0: pcie-root-port, driver pcieport", "0000:05:00.0 10de:1eb8: vmxnet3 at 0000:02:00.0, no driver",
                "- here together: a b; computed for the host: a", "- dma read of 02:00.0 at 0x1000: reason 0x6", "(2 times)", "- 0001:00:00.0: not mirrored");
        assertThat(rehearsal(true).asComputed()).isFalse();
    }

    @Test
    void aKernelThatDoesNotRemapIsNoSuccess() {
        StringWriter text = new StringWriter();
        new RehearsalText(new Page(50, false), rehearsal(false)).page("host.tar.zst").print(new PrintWriter(text));
        assertThat(text.toString()).contains("Nothing: the kernel drives no remapping", "no group").doesNotContain("These are the groups");
        assertThat(text.toString().lines()).allMatch(line -> line.length() <= 50);
        assertThat(rehearsal(false).asComputed()).isFalse();
    }

    @Test
    void jsonFitsItsSchema() throws Exception {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/rehearsal-1.json")));
        for (boolean remapped : new boolean[] {true, false}) {
            StringWriter json = new StringWriter();
            RehearsalJson.write("host.tar.zst", rehearsal(remapped), json);
            assertThat(schema.validate(json.toString(), InputFormat.JSON)).isEmpty();
            assertThat(json.toString()).contains("\"standInAddress\" : \"0000:02:00.0\"");
        }
    }

    @Test
    void wrongArgumentsAreSaid() {
        StringWriter err = new StringWriter();
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        assertThat(Main.run(new String[] {"lab", "rehearse"}, nowhere, new PrintWriter(err, true))).isEqualTo(Exit.USAGE);
        assertThat(Main.run(new String[] {"lab", "rehearse", "/no/such/file"}, nowhere, new PrintWriter(err, true))).isEqualTo(Exit.UNMEASURED);
        assertThat(err.toString()).contains("CAPTURE", "/no/such/file");
    }
}
