package dev.dmarshal.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.Candidate.RootTable;
import dev.dmarshal.core.tables.Kinship;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.tables.Zone;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real crash with VT-d on: the memory holds the tables of both kernels, and they are told apart. */
class CrashImageTest {
    private static final Duration LONG = Duration.ofSeconds(240);
    private static final String PLAY = """
            memory 1024
            cmdline intel_iommu=on crashkernel=320M iommu.strict=1 trace_event=iommu:map,iommu:unmap trace_buf_size=16M
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1
            load e1000e
            """;

    @Test
    void bothKernelsTablesAreFound(@TempDir Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        try (Machine machine = ImageMachines.start(PLAY, ram)) {
            machine.must("ifconfig eth0 10.0.0.1 up; sleep 2", LONG);
            machine.must("kexec -p /second/vmlinuz --initrd=/second/initrd --append=\"console=ttyS0,115200 intel_iommu=on irqpoll nr_cpus=1 reset_devices\"",
                    LONG);
            TraceEvents old = new TraceEvents(new String(machine.get("/sys/kernel/tracing/trace"), StandardCharsets.UTF_8));
            String iomem = new String(machine.get("/proc/iomem"), StandardCharsets.UTF_8);
            machine.reboot("echo c >/proc/sysrq-trigger", LONG);
            assertThat(machine.must("dmesg", LONG)).contains("Copied translation tables from previous kernel");
            machine.qmp().execute("stop", Map.of());
            try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
                MemoryImage memory = file.machine().memory();
                TableSearch.Result found = TableLocator.search(memory, 2);
                List<RootTable> roots = found.roots().stream().filter(root -> root.confidence() == Confidence.HIGH).toList();
                assertThat(roots).hasSize(2);
                for (RootTable root : roots) {
                    assertThat(ImageMachines.differences(ImageMachines.pages(memory, root.tables()), old.pages())).as("root table %x", root.address()).isEmpty();
                }
                Zone reserved = crashKernel(iomem);
                Kinship known = Kinship.among(memory, roots, Optional.of(reserved)).getFirst();
                assertThat(known.sure()).isTrue();
                assertThat(known.newer().address()).isBetween(reserved.first(), reserved.last());
                assertThat(known.older().address()).isLessThan(reserved.first());
                Kinship inferred = Kinship.among(memory, roots, Optional.empty()).getFirst();
                assertThat(inferred.sure()).isFalse();
                assertThat(inferred.newer()).isEqualTo(known.newer());
                assertThat(ImageMachines.told(file.machine())).extracting(unit -> unit.rootTable().orElseThrow())
                        .containsExactly(known.older().address(), known.newer().address());
                List<InterruptTable> interrupts = found.interrupts().stream().filter(table -> table.confidence() == Confidence.HIGH).toList();
                assertThat(interrupts).hasSize(2);
                System.out.println("old kernel's root table 0x%x, crash kernel's 0x%x, both with %d pages as traced; %s".formatted(known.older().address(),
                        known.newer().address(), old.pages().size(), inferred.evidence()));
            }
        }
    }

    private static Zone crashKernel(String iomem) {
        Matcher line = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) : Crash kernel").matcher(iomem);
        assertThat(line.find()).isTrue();
        return new Zone("crash kernel", Long.parseLong(line.group(1), 16), Long.parseLong(line.group(2), 16), "stale-tables");
    }
}
