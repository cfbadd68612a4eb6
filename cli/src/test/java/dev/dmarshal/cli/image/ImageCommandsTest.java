package dev.dmarshal.cli.image;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.TrainingHost;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry.TranslationType;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about memory images as their user runs them. */
class ImageCommandsTest {
    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final int RW = SecondStageTree.READ | SecondStageTree.WRITE;
    private static final long SIZE = 32 << 20;

    @TempDir
    private Path folder;
    private SparseMemory memory;
    private TableBuilder builder;
    private long root;
    private SecondStageTree tree;

    @BeforeEach
    void tables() {
        memory = new SparseMemory(SIZE);
        builder = new TableBuilder(memory, 0x80_0000);
        root = builder.page();
        tree = builder.secondStage(AddressWidth.BITS_48);
        tree.map(0xFFFF_0000L, 0x20_0000, 0x3000, RW);
        tree.map(0xFFFF_3000L, 0x40_0000, 0x1000, SecondStageTree.READ);
        attach(0x0010, 3, tree);
        SecondStageTree other = builder.secondStage(AddressWidth.BITS_48);
        other.map(0x1000, 0x60_0000, 0x1000, RW);
        attach(0x0300, 4, other);
        builder.context(root, 0x0018, ContextEntry.builder().present(true).translationType(TranslationType.PASS_THROUGH).addressWidth(AddressWidth.BITS_48)
                .domain(1).build());
    }

    private void attach(int device, int domain, SecondStageTree pages) {
        builder.context(root, device, ContextEntry.builder().present(true).translationType(TranslationType.UNTRANSLATED_ONLY).secondStage(pages.root())
                .addressWidth(AddressWidth.BITS_48).domain(domain).build());
    }

    private String image(String name) throws IOException {
        Path file = folder.resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long page : memory.pageAddresses()) {
                ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < 512; i++) {
                    bytes.putLong(memory.read64(page + i * 8L));
                }
                channel.write(bytes.flip(), page);
            }
            channel.write(ByteBuffer.allocate(1), SIZE - 1);
        }
        return file.toString();
    }

    private static void fits(String schema, String json) throws IOException {
        var checked = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/" + schema)));
        assertThat(checked.validate(json, InputFormat.JSON)).isEmpty();
    }

    @Test
    void aWalkEndsAtThePage() throws IOException {
        String image = image("ram");
        Run run = run("walk", image, "00:02.0", "0xffff1234");
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("RootEntry").contains("ContextEntry").contains("level 4").contains("level 1").contains("-> 0x201234, RW, 4 KiB page");
        assertThat(run("walk", "--rtaddr", "0x" + Long.toHexString(root), image, "00:02.0", "ffff1234").out()).contains("-> 0x201234")
                .contains("confidence told");
        fits("walk-1.json", run("walk", "--json", image, "00:02.0", "ffff1234").out());
    }

    @Test
    void aWalkEndsAtTheFaultThatHardwareReports() throws IOException {
        String image = image("ram");
        Run run = run("walk", "--write", image, "00:02.0", "ffff3000");
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("fault 05h LGN.2");
        assertThat(run("walk", image, "07:00.0", "0").out()).contains("fault 01h LRT.2");
        fits("walk-1.json", run("walk", "--json", image, "07:00.0", "0").out());
    }

    @Test
    void aWalkSaysWhatTheImageLacks() throws IOException {
        memory.write64(tree.entryAddress(0xFFFF_0000L, 2), SIZE + 0x1003);
        Run run = run("walk", image("ram"), "00:02.0", "ffff1234");
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("is not in the image (no memory there)").contains("fault 07h");
        fits("walk-1.json", run("walk", "--json", image("ram"), "00:02.0", "ffff1234").out());
    }

    @Test
    void mappingsAreListedAndFiltered() throws IOException {
        String image = image("ram");
        Run all = run("mappings", image);
        assertThat(all.code()).isEqualTo(Exit.FINE);
        assertThat(all.out()).contains("domain 3").contains("0x0000ffff0000 -> 0x000000200000      12 KiB  RW").contains("00:03.0 (domain 1): passes through")
                .contains("used by 03:00.0");
        assertThat(run("mappings", "--device", "03:00.0", image).out()).contains("0x000000001000 -> 0x000000600000").doesNotContain("ffff0000");
        assertThat(run("mappings", "--physical", "400000-400fff", image).out()).contains("0x0000ffff3000 -> 0x000000400000").doesNotContain("600000 ");
        assertThat(run("mappings", "--iova", "1000+10", image).out()).contains("0x000000001000").doesNotContain("0x0000ffff0000");
        assertThat(run("mappings", "--csv", image).out().lines().toList()).hasSize(5).anyMatch(row -> row.contains(",00:02.0,,3,page,second,")
                && row.endsWith(",4294901760,2097152,12288,true,true,false,false"));
        fits("mappings-1.json", run("mappings", "--json", image).out());
        assertThat(run("mappings", "--summary", image).out()).contains("2 runs, 16 KiB").doesNotContain("->");
        assertThat(run("mappings", "--device", "09:00.0", image).err()).contains("no unit looked at has an entry for 09:00.0");
    }

    /** QEMU has one unit: several are shown on tables built here, found by searching and by what debugfs says of each. */
    @Test
    void severalUnitsAreEachFoundAndTold() throws IOException {
        long second = builder.page();
        for (int device : new int[] {0x4100, 0x4200}) {
            SecondStageTree own = builder.secondStage(AddressWidth.BITS_48);
            own.map(0x1000, 0x50_0000 + device * 0x10L, 0x1000, RW);
            builder.context(second, device, ContextEntry.builder().present(true).translationType(TranslationType.UNTRANSLATED_ONLY)
                    .secondStage(own.root()).addressWidth(AddressWidth.BITS_48).domain((device >> 8 & 7) + 3).build());
        }
        String image = image("ram");
        assertThat(run("mappings", image).out()).contains("root@0x" + Long.toHexString(root), "root@0x" + Long.toHexString(second), "used by 41:00.0",
                "used by 00:02.0");
        Path debugfs = Files.writeString(folder.resolve("iommu_regset"), """
                IOMMU: dmar0 Register Base Address: fed90000
                RTADDR \t0x20\t0x%016x

                IOMMU: dmar1 Register Base Address: fed91000
                RTADDR \t0x20\t0x%016x
                """.formatted(root, second));
        List<String> rows = run("mappings", "--csv", "--registers", debugfs.toString(), image).out().lines().toList();
        assertThat(rows).anyMatch(row -> row.startsWith("dmar0,03:00.0,,4,page,")).anyMatch(row -> row.startsWith("dmar1,42:00.0,,5,page,"));
        assertThat(run("walk", "--registers", debugfs.toString(), image, "42:00.0", "1000").out()).contains("dmar0: legacy", "fault 01h", "dmar1: legacy",
                "-> 0x542000");
        // The same id on two units is no mistake.
        assertThat(run("audit", "--registers", debugfs.toString(), image).out()).contains("dmar1: legacy").doesNotContain("domain-two-trees");
    }

    @Test
    void anAuditFindsWhatIsWrong() throws IOException {
        SecondStageTree evil = builder.secondStage(AddressWidth.BITS_48);
        evil.map(0, 0, SIZE, RW);
        attach(0x0320, 3, evil);
        for (int i = 0; i < 6; i++) {
            Irte entry = i == 5 ? Irte.xapic(0x40, 1) : Irte.xapic(0x40 + i, 1).from(1, 0, 0x10);
            memory.write64(0x10_0000 + i * 16, entry.low());
            memory.write64(0x10_0000 + i * 16 + 8, entry.high());
        }
        String image = image("ram");
        Run run = run("audit", "--rmrr", "00:02.0=700000-700fff", image);
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("[reaches-remapping-tables]").contains("[pass-through]").contains("[identity-domain]").contains("[domain-two-trees]")
                .contains("[writable-and-shared]").contains("[irte-unvalidated]").contains("[rmrr-unmapped]").contains("4096 bytes of 0x700000-0x700fff")
                .contains("Not looked at: kernel code");
        fits("audit-1.json", run("audit", "--json", image).out());
    }

    @Test
    void aDiffShowsWhatChanged() throws IOException {
        String before = image("before");
        assertThat(run("diff", before, before)).satisfies(run -> assertThat(run.code()).isZero()).satisfies(run -> assertThat(run.out())
                .contains("No difference"));
        tree.unmap(0xFFFF_1000L, 0x1000);
        tree.map(0xFFFF_2000L, 0x70_0000, 0x1000, RW);
        tree.map(0x5000, 0x71_0000, 0x1000, RW);
        attach(0x0308, 9, builder.secondStage(AddressWidth.BITS_48));
        String after = image("after");
        Run run = run("diff", before, after);
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("03:01.0: was not attached; is translated, domain 9").contains("- 0x0000ffff1000").contains("+ 0x000000005000")
                .contains("~ 0x0000ffff2000").contains("0x202000 RW -> 0x700000 RW").contains("4 differences");
        fits("diff-1.json", run("diff", "--json", before, after).out());
    }

    @Test
    void wrongUseIsSixtyFourAndNoTablesAreUnmeasured() throws IOException {
        String image = image("ram");
        assertThat(run("walk", image, "00:02.0", "nonsense").code()).isEqualTo(Exit.USAGE);
        assertThat(run("walk", image, "00:02", "0").err()).contains("one function");
        assertThat(run("walk", image).code()).isEqualTo(Exit.USAGE);
        assertThat(run("mappings", "--layout", "moon", image).code()).isEqualTo(Exit.USAGE);
        assertThat(run("mappings", "--json", "--csv", image).err()).contains("one of --summary, --json, --csv");
        assertThat(run("mappings", folder.resolve("none").toString())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                .satisfies(run -> assertThat(run.err()).contains("no such file"));
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);
        assertThat(run("mappings", empty.toString()).err()).contains("no remapping tables found");
        assertThat(run("mappings", folder.toString()).code()).isEqualTo(Exit.UNMEASURED);
    }

    @Test
    void aHostTellsRegistersReservedMemoryAndTheCrashKernelsPlace() throws IOException {
        String image = image("ram");
        String plain = run("mappings", "--csv", image).out();
        memory.write64(0x7F_0000, 1);
        Path host = host("IOMMU: dmar0 Register Base Address: fed90000\nCAP  0x08  0x01d2008c222f0606\nECAP  0x10  0x0000000000f00f4a\nRTADDR  0x20  0x%016x\n"
                .formatted(root));
        Run walk = run("walk", "--host", host.toString(), image, "00:02.0", "ffff1234");
        assertThat(walk.out()).contains("-> 0x201234", "dmar0", "confidence told").doesNotContain("found by searching");
        Run mappings = run("mappings", "--csv", "--host", host.toString(), image);
        assertThat(mappings.code()).isEqualTo(Exit.FINE);
        assertThat(mappings.out().replace("dmar0,", "UNIT,")).isEqualTo(plain.replaceAll("(?m)^root@0x[0-9a-f]+,", "UNIT,"));
        Run audit = run("audit", "--host", host.toString(), image);
        assertThat(audit.out()).contains("[rmrr-unmapped]", "00:1c.0").doesNotContain("Not looked at: RMRRs");
        tree.map(0x5000, 0x71_0000, 0x1000, RW);
        assertThat(run("diff", "--host", host.toString(), image, image("later")).out()).contains("+ 0x000000005000", "1 differences");
        assertThat(run("walk", "--host", folder.resolve("nowhere").toString(), image, "00:02.0", "0")).satisfies(run -> assertThat(run.code())
                .isEqualTo(Exit.UNMEASURED)).satisfies(run -> assertThat(run.err()).contains("nowhere"));
    }

    @Test
    void aHostsLogTellsByTheEntriesThatItShows() throws IOException {
        long entry = memory.read64(root);
        Path host = host("");
        Files.createDirectories(host.resolve("var/log"));
        Path log = Files.writeString(folder.resolve("kern.log"), """
                [    1.0] DMAR: dmar3: reg_base_addr fed90000 ver 1:0 cap 1d2008c222f0606 ecap f00f4a
                [    9.1] DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0x1f000 [fault reason 0x06] PTE Read access is not set
                [    9.1] DMAR: Dump dmar3 table entries for IOVA 0x1f000
                [    9.1] DMAR: root entry: 0x%016x
                """.formatted(entry));
        Run run = run("walk", "--registers", log.toString(), image("ram"), "00:02.0", "ffff1234");
        assertThat(run.out()).contains("-> 0x201234", "dmar3", "1 root entry");
        assertThat(run.code()).isEqualTo(Exit.FINE);
    }

    private Path host(String registers) throws IOException {
        Path host = folder.resolve("host");
        TrainingHost.write(host);
        Files.createDirectories(host.resolve("sys/kernel/debug/iommu/intel"));
        Files.writeString(host.resolve("sys/kernel/debug/iommu/intel/iommu_regset"), registers);
        Files.createDirectories(host.resolve("sys/firmware/acpi/tables"));
        Files.write(host.resolve("sys/firmware/acpi/tables/DMAR"), new DmarBuilder().hostAddressBits(39)
                .add(new DmarStructure.Drhd(1, 0, 0, 0xfed9_0000L, List.of()))
                .add(new DmarStructure.Rmrr(0, 0x70_0000, 0x70_0FFF, List.of(DeviceScope.endpoint(0, 0x1c, 0)))).build());
        return host;
    }

    @Test
    void withoutTablesJsonIsStillJson() throws IOException {
        Path zeros = Files.write(folder.resolve("zeros"), new byte[1 << 16]);
        String name = zeros.toString();
        for (String[] command : new String[][] {{"audit", "--json", name}, {"mappings", "--json", name}, {"walk", "--json", name, "00:02.0", "0"},
            {"diff", "--json", name, name}}) {
            Run run = run(command);
            assertThat(run.code()).as(command[0]).isEqualTo(Exit.UNMEASURED);
            fits(command[0] + "-1.json", run.out());
            assertThat(run.err()).contains("no remapping tables found");
        }
        assertThat(run("audit", "--json", name).out()).contains("nothing is known of what devices can reach");
        assertThat(run("diff", "--json", name, name).out()).contains("\"complete\":false");
        assertThat(run("mappings", "--csv", name).out()).startsWith("unit,device").hasLineCount(1);
        assertThat(run("audit", name).out()).isEmpty();
    }

    @Test
    void imagesThatCannotBeUsedAreSaid() throws IOException {
        assertThat(run("audit", folder.toString()).err()).contains("is a directory");
        Path shortElf = Files.write(folder.resolve("short"), new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0});
        assertThat(run("mappings", shortElf.toString())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                .satisfies(run -> assertThat(run.err()).contains("short"));
        byte[] whole = Files.readAllBytes(Path.of(image("ram")));
        // The root table and what hangs on it lies at 8 MiB: the file ends in the middle of that.
        Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(whole, 0x80_2800));
        Run run = run("mappings", "--rtaddr", Long.toHexString(root), cut.toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("context-unreadable").contains("no memory there");
    }
}
