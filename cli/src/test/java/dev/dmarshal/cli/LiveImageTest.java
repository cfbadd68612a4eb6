package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        }
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
