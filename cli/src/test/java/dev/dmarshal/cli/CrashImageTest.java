package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.tables.Candidate.RootTable;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables.Confidence;
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

/** A real crash with VT-d on: the memory holds the tables of both kernels, and they are told apart. */
class CrashImageTest {
    private static final Duration LONG = Duration.ofSeconds(240);
    private static final String PLAY = """
            memory 1024
            cmdline intel_iommu=on crashkernel=320M iommu.strict=1 trace_event=iommu:map,iommu:unmap trace_buf_size=16M
            crash-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1
            load e1000e
            """;

    @Test
    void bothKernelsTablesAreFound(@TempDir Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        try (Machine machine = ImageMachines.start(PLAY, ram)) {
            machine.must("ifconfig eth0 10.0.0.1 up; sleep 2", LONG);
            machine.must("kexec -p /crash/vmlinuz --initrd=/crash/initrd --append=\"console=ttyS0,115200 intel_iommu=on irqpoll nr_cpus=1 reset_devices\"", LONG);
            TraceEvents old = new TraceEvents(new String(machine.get("/sys/kernel/tracing/trace"), StandardCharsets.UTF_8));
            String iomem = new String(machine.get("/proc/iomem"), StandardCharsets.UTF_8);
            machine.reboot("echo c >/proc/sysrq-trigger", LONG);
            System.out.println(iomem);
            System.out.println(machine.must("dmesg | grep -i dmar; cat /proc/iomem; ls -l /proc/vmcore", LONG));
            machine.qmp().execute("stop", Map.of());
            try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
                TableSearch.Result found = TableLocator.search(file.machine().memory(), 2);
                found.roots().forEach(System.out::println);
                found.interrupts().forEach(System.out::println);
                List<RootTable> sure = found.roots().stream().filter(root -> root.confidence() != Confidence.LOW).toList();
                for (RootTable root : sure) {
                    var pages = ImageMachines.pages(file.machine().memory(), root.tables());
                    System.out.println(root.address() + " maps " + pages.size() + " of " + old.pages().size() + " equal " + pages.equals(old.pages()));
                }
            }
        }
    }
}
