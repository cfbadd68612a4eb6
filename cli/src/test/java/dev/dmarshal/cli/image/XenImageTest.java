package dev.dmarshal.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.image.SavedMachine;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.EntryText;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.SeenEntries;
import dev.dmarshal.host.image.TableLocator;
import dev.dmarshal.lab.machine.Machine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Xen gives a NIC to a guest: its tables for the guest are found in the machine's memory, map what Xen itself says that they map, page by page, and nothing that
 * dom0 can reach. Without {@code dom0-iommu=strict} Xen lets dom0's devices reach all memory, the guest's too.
 */
class XenImageTest {
    private static final Duration LONG = Duration.ofSeconds(300);
    private static final SourceId NIC = SourceId.of(1, 0, 0);
    private static final int GUEST_MIB = 128;
    /** Pages that a guest shares with dom0 from the start: its console and its store. */
    private static final int SHARED = 4;
    private static final String PLAY = """
            memory 2048
            cpu qemu64
            root xen
            xen dom0_mem=896M iommu=verbose,sharept=off dom0-iommu=strict conring_size=8M loglvl=all guest_loglvl=all
            cmdline quiet
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
            printf '%s\\n' 'name = "pv1"' 'type = "pv"' 'memory = 128' 'kernel = "/second/vmlinuz"' 'ramdisk = "/second/initrd"' 'extra = "console=hvc0"' \\
              "pci = ['01:00.0']" >/tmp/pv1.cfg
            xl create -p /tmp/pv1.cfg
            xl dmesg -c >/dev/null
            xl debug-keys o
            sleep 1
            xl dmesg >/tmp/tables
            xl dmesg -c >/dev/null
            xl debug-keys V
            sleep 1
            xl dmesg >/tmp/interrupts
            """;

    /** Xen keeps a level more than this unit walks. */
    private static final Pattern LEVELS = Pattern.compile("table has (\\d) levels");
    /** A line of Xen's key o: tables nest, and so does the indentation. */
    private static final Pattern LINE = Pattern.compile("\\(XEN\\) (?:\\[[^]]*\\] )?( *)dfn: ([0-9a-f]+) mfn: ([0-9a-f]+) r");

    @Test
    void theGuestsTablesMapTheGuest(@TempDir Path folder) throws Exception {
        Path ram = folder.resolve("ram");
        try (Machine machine = ImageMachines.start(PLAY, ram)) {
            machine.must(TOOLS, LONG);
            machine.must(GUEST, LONG);
            String told = new String(machine.get("/tmp/tables"), StandardCharsets.UTF_8);
            String interrupts = new String(machine.get("/tmp/interrupts"), StandardCharsets.UTF_8);
            machine.qmp().execute("stop", Map.of());
            try (ImageFile file = ImageFile.open(List.of(ram), new RawLayout.Qemu(true))) {
                MemoryImage memory = file.machine().memory();
                List<UnitTables> units = TableLocator.locate(memory, List.of()).units();
                assertThat(units).hasSize(1);
                List<Attachment> attached = DeviceScan.scan(memory, units.getFirst()).attachments();
                PageTree guest = attached.stream().filter(one -> one.device().equals(NIC)).findFirst().orElseThrow().tree().orElseThrow();
                PageTree dom0 = attached.stream().filter(one -> !one.device().equals(NIC)).findFirst().orElseThrow().tree().orElseThrow();
                Map<Long, Long> pages = ImageMachines.pages(memory, units.getFirst(), List.of(guest));
                assertThat(ImageMachines.differences(pages, pages(told))).isEmpty();
                assertThat(pages.size()).isBetween(GUEST_MIB * 256 * 95 / 100, GUEST_MIB * 256 * 105 / 100);
                TreeSet<Long> shared = new TreeSet<>(ImageMachines.pages(memory, units.getFirst(), List.of(dom0)).values());
                int dom0Pages = shared.size();
                shared.retainAll(Set.copyOf(pages.values()));
                assertThat(shared.size()).isLessThanOrEqualTo(SHARED);
                holdInterrupts(file.machine(), units.getFirst(), interrupts);
                System.out.println("Xen: the guest's tables map %d pages, exactly those that Xen prints; dom0's map %d pages, %d of them the guest's".formatted(
                        pages.size(), dom0Pages, shared.size()));
            }
        }
    }

    /** What key V prints are the entries of the table that searching finds, all of them, and by them the table is known. */
    private static void holdInterrupts(SavedMachine machine, UnitTables searched, String printed) {
        List<SeenEntries> seen = EntryText.read(printed);
        assertThat(seen).as(printed).hasSize(1);
        UnitTables unit = TableLocator.locate(machine, List.of(), seen).units().getFirst();
        assertThat(unit.rootTable()).isEqualTo(searched.rootTable());
        assertThat(unit.interruptRegister()).isPresent();
        InterruptTable found = TableLocator.search(machine.memory(), 2).interrupts().getFirst();
        assertThat(found.register()).isEqualTo(unit.interruptRegister().getAsLong());
        assertThat(seen.getFirst().interrupts()).hasSize(found.present());
        System.out.println("Xen's key V printed " + found.present() + " interrupt entries, which are those of the table at 0x"
                + Long.toHexString(found.address()));
    }

    private static Map<Long, Long> pages(String told) {
        Matcher depth = LEVELS.matcher(told);
        assertThat(depth.find()).isTrue();
        int levels = Integer.parseInt(depth.group(1));
        Map<Long, Long> pages = new TreeMap<>();
        Matcher line = LINE.matcher(told);
        while (line.find()) {
            long count = 1L << 9 * (levels - 1 - line.group(1).length());
            for (long i = 0; i < count; i++) {
                pages.put(Long.parseLong(line.group(2), 16) + i << 12, Long.parseLong(line.group(3), 16) + i << 12);
            }
        }
        return pages;
    }
}
