package dev.dmarshal.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.cli.Main;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kernel's mappings, page by page, in the memory of its running machine and in dumps of it: equal to what its own trace events say. */
class LiveImageTest {
    private static final Duration LONG = Duration.ofSeconds(180);
    private static final String PLAY = """
            memory 512
            cmdline intel_iommu=on iommu.strict=1 trace_event=iommu:map,iommu:unmap trace_buf_size=16M
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1
            load e1000e
            """;

    @Test
    void aRealKernelsMappingsAreThoseOfItsTrace(@TempDir Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        try (Machine machine = ImageMachines.start(PLAY, ram)) {
            machine.must("ifconfig eth0 10.0.0.1 up; sleep 1; ifconfig eth0 down; sleep 1; ifconfig eth0 up; sleep 2", LONG);
            TraceEvents truth = new TraceEvents(new String(machine.get("/sys/kernel/tracing/trace"), StandardCharsets.UTF_8));
            machine.qmp().execute("stop", Map.of());
            assertThat(truth.maps()).isGreaterThan(256);
            assertThat(truth.unmaps()).isGreaterThan(256);
            assertThat(ImageMachines.differences(ImageMachines.pages(ram, new RawLayout.Qemu(true), List.of()), truth.pages())).isEmpty();
            System.out.println(machine.kernelRelease() + ": " + truth.maps() + " maps, " + truth.unmaps() + " unmaps, " + truth.pages().size()
                    + " pages left; the image has exactly these");
            try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
                List<UnitTables> units = ImageMachines.told(file.machine());
                assertThat(units).hasSize(1);
                assertThat(units.getFirst().interruptRegister()).isPresent();
                assertThat(ImageMachines.differences(ImageMachines.pages(file.machine().memory(), units.getFirst()), truth.pages())).isEmpty();
            }
            Path elf = folder.resolve("core");
            machine.qmp().execute("dump-guest-memory", Map.of("paging", false, "protocol", "file:" + elf), LONG);
            assertThat(ImageMachines.differences(ImageMachines.pages(elf, new RawLayout.From(0), List.of()), truth.pages())).isEmpty();
            for (String format : DumpFormats.of(machine)) {
                Path dump = folder.resolve(format);
                machine.qmp().execute("dump-guest-memory", Map.of("paging", false, "protocol", "file:" + dump, "format", format), LONG);
                assertThat(ImageMachines.differences(ImageMachines.pages(dump, new RawLayout.From(0), List.of()), truth.pages())).as(format).isEmpty();
            }
            Path saved = folder.resolve("saved");
            machine.qmp().execute("pmemsave", Map.of("val", 0, "size", 512L << 20, "filename", saved.toString()), LONG);
            assertThat(ImageMachines.differences(ImageMachines.pages(saved, new RawLayout.From(0), List.of()), truth.pages())).isEmpty();
            machine.qmp().execute("cont", Map.of());
            mapped(machine, saved, truth.pages());
            twoTimes(machine, saved, ram, truth.pages());
        }
    }

    /** What pmemsave wrote, with the running kernel's own list of what is memory. */
    private static void mapped(Machine machine, Path saved, Map<Long, Long> truth) throws Exception {
        Path iomem = Files.write(saved.resolveSibling("iomem"), machine.get("/proc/iomem"));
        RawLayout layout = new RawLayout.Listed(RawLayout.ranges(Files.readString(iomem)), false);
        assertThat(ImageMachines.differences(ImageMachines.pages(saved, layout, List.of()), truth)).isEmpty();
        assertThat(run("mappings", "--summary", "--layout", "map=" + iomem, saved.toString()).code()).isEqualTo(Exit.FINE);
    }

    /** The memory saved before and the memory of the guest that runs on: the differences are those between its traces, and after that none. */
    private static void twoTimes(Machine machine, Path before, Path live, Map<Long, Long> then) throws Exception {
        machine.must("ifconfig eth0 down; sleep 2", LONG);
        Map<Long, Long> now = new TraceEvents(new String(machine.get("/sys/kernel/tracing/trace"), StandardCharsets.UTF_8)).pages();
        Run run = run("diff", "--json", before.toString(), live.toString());
        assertThat(run.code).as(run.err).isEqualTo(Exit.FINDINGS);
        TreeMap<Long, Long> removed = new TreeMap<>();
        TreeMap<Long, Long> added = new TreeMap<>();
        Matcher change = Pattern.compile("\"kind\":\"(removed|added)\",\"iova\":\"0x([0-9a-f]+)\",\"bytes\":(\\d+),\"was\":(?:null|\"0x([0-9a-f]+) \\w+\"),"
                + "\"is\":(?:null|\"0x([0-9a-f]+) \\w+\")").matcher(run.out);
        while (change.find()) {
            boolean gone = change.group(1).equals("removed");
            for (long at = 0; at < Long.parseLong(change.group(3)); at += 4096) {
                (gone ? removed : added).put(Long.parseLong(change.group(2), 16) + at, Long.parseLong(change.group(gone ? 4 : 5), 16) + at);
            }
        }
        TreeMap<Long, Long> left = new TreeMap<>(then);
        left.keySet().removeAll(removed.keySet());
        left.putAll(added);
        assertThat(removed.size()).isGreaterThan(100);
        assertThat(ImageMachines.differences(left, now)).isEmpty();
        assertThat(run("diff", live.toString(), live.toString())).satisfies(same -> assertThat(same.code).isEqualTo(Exit.FINE));
        System.out.println("between two times of a running guest: " + removed.size() + " pages unmapped, " + added.size() + " mapped, as traced");
    }

    private record Run(int code, String out, String err) {
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Run(code, out.toString(), err.toString());
    }

    @Test
    void scalableModeWithAFirstStage(@TempDir Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        String play = PLAY + "kernel linux-6.12\niommu x-scalable-mode=on x-flts=on aw-bits=48 caching-mode=off\n";
        try (Machine machine = ImageMachines.start(play.replace("intel_iommu=on", "intel_iommu=on,sm_on"), ram, true)) {
            machine.must("ifconfig eth0 10.0.0.1 up; sleep 1; ifconfig eth0 down; sleep 1; ifconfig eth0 up; sleep 2", LONG);
            assertThat(machine.must("dmesg", LONG)).contains("Enable scalable mode");
            TraceEvents truth = new TraceEvents(new String(machine.get("/sys/kernel/tracing/trace"), StandardCharsets.UTF_8));
            machine.qmp().execute("stop", Map.of());
            try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
                List<UnitTables> units = TableLocator.locate(file.machine().memory(), List.of()).units();
                assertThat(units).hasSize(1).first().satisfies(unit -> assertThat(unit.scalable()).isTrue());
                assertThat(ImageMachines.told(file.machine())).extracting(UnitTables::rootRegister).containsExactly(units.getFirst().rootRegister());
                var attached = DeviceScan.scan(file.machine().memory(), units.getFirst()).attachments();
                assertThat(attached).anyMatch(one -> one.tree().map(PageTree::firstStage).orElse(false));
                assertThat(ImageMachines.differences(ImageMachines.pages(file.machine().memory(), units.getFirst()), truth.pages())).isEmpty();
                assertThat(truth.maps()).isGreaterThan(256);
                System.out.println("%s in scalable mode: %d maps, %d unmaps, %d pages left in %s; the image has exactly these".formatted(machine.kernelRelease(),
                        truth.maps(), truth.unmaps(), truth.pages().size(), attached.getFirst().tree().orElseThrow()));
            }
        }
    }
}
