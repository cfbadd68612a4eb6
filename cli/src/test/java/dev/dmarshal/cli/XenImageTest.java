package dev.dmarshal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Xen gives a NIC to a guest: its tables for the guest are found in the machine's memory and map the guest's memory and nothing of dom0's. */
class XenImageTest {
    private static final Duration LONG = Duration.ofSeconds(300);
    private static final SourceId NIC = SourceId.of(1, 0, 0);
    private static final int GUEST_MIB = 300;
    private static final String PLAY = """
            memory 2048
            cpu qemu64
            root xen
            xen dom0_mem=896M iommu=verbose,sharept=off loglvl=all guest_loglvl=all
            cmdline earlyprintk=xen
            second-kernel linux-6.1
            part pcie-root-port rp1 at=04.0
            part e1000e nic on=rp1
            offer xen-pciback xen-evtchn xen-gntdev xen-privcmd xen-netback xenfs
            """;
    private static final String TOOLS = """
            modprobe -a xenfs xen-evtchn xen-gntdev xen-privcmd xen-pciback
            mount -t xenfs xenfs /proc/xen
            mkdir -p /var/run/xen /var/log/xen /run/lock
            PATH=$PATH:/usr/lib/xen-4.17/bin
            xenstored --pid-file /var/run/xen/xenstored.pid
            xen-init-dom0
            xenconsoled --pid-file=/var/run/xen/xenconsoled.pid
            xl pci-assignable-add 01:00.0
            """;
    private static final String GUEST = """
            printf '%s\\n' 'name = "pv1"' 'type = "pv"' 'memory = 300' 'kernel = "/second/vmlinuz"' 'ramdisk = "/second/initrd"' 'extra = "console=hvc0"' \\
              "pci = ['01:00.0']" >/tmp/pv1.cfg
            xl create -p /tmp/pv1.cfg && xl list
            """;

    @Test
    void theGuestsTablesMapTheGuest(@TempDir Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        try (Machine machine = ImageMachines.start(PLAY, ram)) {
            machine.must(TOOLS, LONG);
            System.out.println(machine.must(GUEST, LONG));
            machine.qmp().execute("stop", Map.of());
            try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
                MemoryImage memory = file.machine().memory();
                List<UnitTables> units = TableLocator.locate(memory, List.of()).units();
                assertThat(units).hasSize(1);
                List<Attachment> attached = DeviceScan.scan(memory, units.getFirst()).attachments();
                attached.forEach(System.out::println);
                PageTree guest = attached.stream().filter(one -> one.device().equals(NIC)).findFirst().orElseThrow().tree().orElseThrow();
                PageTree dom0 = attached.stream().filter(one -> !one.device().equals(NIC)).findFirst().orElseThrow().tree().orElseThrow();
                assertThat(guest).isNotEqualTo(dom0);
                TreeSet<Long> own = new TreeSet<>(ImageMachines.pages(memory, units.getFirst(), List.of(guest)).values());
                TreeSet<Long> others = new TreeSet<>(ImageMachines.pages(memory, units.getFirst(), List.of(dom0)).values());
                System.out.println("guest " + own.size() + " pages, dom0 " + others.size());
                assertThat(own).hasSizeBetween(GUEST_MIB * 256 * 95 / 100, GUEST_MIB * 256 * 105 / 100);
                own.retainAll(others);
                assertThat(own).isEmpty();
            }
        }
    }
}
